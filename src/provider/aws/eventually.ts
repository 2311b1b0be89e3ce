/** Waiting for AWS: what was just made is not seen at once, and what is being made takes its time. */
import type { Clock } from '../../base/clock.ts';
import { SlipwayError } from '../../base/error.ts';
import { openWait } from '../waiting.ts';
import { errorCode, isNotFound, isOutcomeUnknown } from './aws-error.ts';

/** The part of a `ProviderContext` that waiting needs. */
export interface Waiting {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** How long a resource may stay unseen after its create: AWS's own clients wait about as long. */
const notYetMs = 60_000;
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/**
 * Calls `attempt` until it does not fail with 'not yet'; the last failure is thrown after a minute.
 *
 * @param isNotYet NotFound where absent: of what was made a moment ago it does not mean 'gone'
 */
export async function eventually<T>(
  waiting: Waiting,
  attempt: () => Promise<T>,
  isNotYet: (error: unknown) => boolean = isNotFound,
): Promise<T> {
  return pausing(waiting, notYetMs, async (pause) => {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!isNotYet(error) || !(await pause(refusedWith(error)))) throw error;
      }
    }
  });
}

/** What is waited for where AWS refuses for now. */
export function refusedWith(error: unknown): string {
  return `AWS to take a call that it refuses for now: ${errorCode(error) ?? 'it does not say why'}`;
}

/**
 * Polls until `probe` gives something.
 *
 * @param what `instance i-123 to run`, for the error
 * @throws SlipwayError `cloud-slow` after `withinMs`
 */
export async function until<T>(
  waiting: Waiting,
  what: string,
  withinMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  const found = await untilOrNot(waiting, what, withinMs, probe);
  if (found !== undefined) return found;
  throw new SlipwayError('cloud-slow', {
    summary: `AWS did not get ${what} within ${Math.round(withinMs / 1000)} s`,
    remedy: "Look at it in AWS's console, then apply again: Slipway goes on where it stopped.",
  });
}

/** As `until`, but running out of time is an answer. `what` may be asked again after each probe. */
export async function untilOrNot<T>(
  waiting: Waiting,
  what: string | (() => string),
  withinMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T | undefined> {
  return pausing(waiting, withinMs, async (pause) => {
    for (;;) {
      const found = await probe();
      if (found !== undefined || !(await pause(typeof what === 'string' ? what : what()))) return found;
    }
  });
}

/** How long a create whose answer was lost may take to be seen, before it is taken not to have happened. */
const lostCreateMs = 10_000;
const sendsOfOneCreate = 5;

/**
 * Creates exactly one thing with an API that has no client token. When the answer is lost (5xx, cut, timed out)
 * `find` looks for what was made, by the intent tag or a natural key, before the call is sent again; so it does when
 * AWS says that the thing is there already, which a lost first call may have made.
 */
export async function createOnce<T>(
  waiting: Waiting,
  send: () => Promise<T>,
  find: () => Promise<T | undefined>,
  isNotYet: (error: unknown) => boolean = isNotFound,
): Promise<T> {
  for (let sent = 1; ; sent++) {
    try {
      return await eventually(waiting, send, isNotYet);
    } catch (error) {
      const isLost = isOutcomeUnknown(error);
      if (!isLost && !isAlreadyThere(error)) throw error;
      const made = await untilOrNot(waiting, 'AWS to show what a lost call made', lostCreateMs, find);
      if (made !== undefined) return made;
      if (!isLost || sent === sendsOfOneCreate) throw error;
    }
  }
}

function isAlreadyThere(error: unknown): boolean {
  return /Duplicate$|\.Conflict$|Already(Exists(Exception)?|Associated|OwnedByYou)$|^Duplicate(\w+Name|Listener)$|^PriorityInUse$/.test(
    errorCode(error) ?? '',
  );
}

/** Whether there is time for another attempt, after a pause. The last attempt is at the very end. */
type Pause = (what: string) => Promise<boolean>;

async function pausing<T>(
  waiting: Waiting,
  withinMs: number,
  work: (pause: Pause) => Promise<T>,
): Promise<T> {
  const { clock, signal } = waiting;
  const endsAt = clock.now().getTime() + withinMs;
  const wait = openWait(clock);
  let length = firstPauseMs;
  try {
    return await work(async (what) => {
      const left = endsAt - clock.now().getTime();
      if (left <= 0) return false;
      wait.isFor(what);
      await clock.sleep(Math.min(length, left), signal);
      length = Math.min(Math.round(length * 1.5), longestPauseMs);
      return true;
    });
  } finally {
    wait.over();
  }
}
