/**
 * How fast AWS may be called, one API action at a time, learned from what it throttles. AWS gives every action of an
 * account and region a bucket of tokens that fills at a steady rate, and says neither how large it is nor how full
 * (EC2's 'Request throttling' names the sizes that an account begins with; others use the same account too). So an
 * action is called freely until AWS throttles it, and from then on as fast as AWS has shown to allow: faster by a
 * little with each call that gets through, slower by more with each that does not. What AWS would let through while
 * we are too slow stays in its bucket and is used when we are too fast: over a long run nothing is lost.
 *
 * This is instead of the SDK's backoff. There every call waits alone, and longer each time, while the bucket fills;
 * and its adaptive mode slows all actions of a client down for one that is throttled.
 */
import type { Clock } from '../../base/clock.ts';
import { openWait } from '../waiting.ts';
import { isThrottled, NotRepeated } from './aws-error.ts';

export interface CallRates {
  /**
   * Calls `send` when it is the action's turn, and again while AWS throttles it. Rejects as `send` does, and with
   * the throttling when for a minute nothing of this action got through.
   *
   * @param action `EC2.CreateSubnet`
   */
  run<T>(action: string, send: () => Promise<T>): Promise<T>;
  /** Who waits for a turn now does not get it, but this as the failure. */
  dismiss(reason: unknown): void;
}

/** What AWS's buckets fill with where we know nothing better, in calls a second: EC2's documented categories. */
const firstGuess = (action: string) => (/\.(Describe|Get|List|Head|Search)/.test(action) ? 20 : 5);
/** Of the rate, for a call that got through: while the first guess holds, to find out soon how much more there is. */
const fasterAtFirst = 0.03;
/** Of the rate, for a second in which calls get through: at 5 a second one call in twenty is throttled. */
const fasterPerSecond = 0.06;
/** For one that was throttled; and for the next one, when none in between got through. */
const slower = 0.8;
const muchSlower = 0.5;
/** A call in five seconds. The slowest documented bucket of EC2 (VPC endpoints) gives 0.3 a second. */
const slowest = 0.2;
/** AWS's buckets hold what comes in five or ten seconds; so much may be sent at once after a pause. */
const heldSeconds = 5;
/** Of one action. More under way would only be more that is throttled when the bucket is found empty. */
const mostAtOnce = 16;
const patienceMs = 60_000;

export function callRates(clock: Clock): CallRates {
  const actions = new Map<string, Action>();
  return {
    run(action, send) {
      let known = actions.get(action);
      if (!known) {
        known = openAction(action, clock);
        actions.set(action, known);
      }
      return known.run(send);
    },
    dismiss(reason) {
      for (const action of actions.values()) action.dismiss(reason);
    },
  };
}

interface Action {
  run<T>(send: () => Promise<T>): Promise<T>;
  dismiss(reason: unknown): void;
}

/** The bucket that we take AWS's to be. */
interface Bucket {
  /** Calls a second. */
  rate: number;
  tokens: number;
  filledAt: number;
}

interface Turn {
  /** @param paced whether it had to wait for a token, and so whether its fate says something of the rate */
  begin(paced: boolean): void;
  refuse(reason: unknown): void;
}

function openAction(name: string, clock: Clock): Action {
  const guess = firstGuess(name);
  /** None until AWS throttles the action for the first time. */
  let bucket: Bucket | undefined;
  /** How often the rate was lowered: of calls that were sent at the same rate, the first that fails lowers it. */
  let lowered = 0;
  let gotThroughSince = false;
  let underWay = 0;
  let isFilling = false;
  let letThroughAt = Number.NEGATIVE_INFINITY;
  const waiting: Turn[] = [];
  let dismissed: NotRepeated | undefined;
  const now = () => clock.now().getTime();

  const admit = () => {
    while (!isFilling && waiting.length > 0 && underWay < mostAtOnce) {
      const pause = bucket ? msToNextToken(bucket, now()) : 0;
      if (pause > 0) {
        isFilling = true;
        void clock.sleep(pause).then(() => {
          isFilling = false;
          // Not asked again whether it is full: timers may come a moment early.
          if (waiting.length > 0 && underWay < mostAtOnce) admitNext(true);
          admit();
        });
      } else admitNext(false);
    }
  };
  const admitNext = (paced: boolean) => {
    if (bucket) bucket.tokens -= 1;
    underWay += 1;
    waiting.shift()!.begin(paced);
  };
  const turn = (isAgain: boolean) =>
    new Promise<boolean>((begin, refuse) => {
      // New calls may come all the same: to take back what is half done.
      if (isAgain && dismissed) {
        refuse(dismissed);
        return;
      }
      // First come, first served: also when AWS turned it away.
      if (isAgain) waiting.unshift({ begin, refuse });
      else waiting.push({ begin, refuse });
      admit();
    });
  const wasThrottled = (paced: boolean, sentAfter: number) => {
    if (!bucket) {
      bucket = { rate: guess, tokens: 0, filledAt: now() };
      lowered += 1;
      return;
    }
    fill(bucket, now());
    bucket.tokens = Math.min(bucket.tokens, 0);
    // One that was not paced met an empty bucket that others had emptied: of the rate that says nothing.
    if (!paced || sentAfter < lowered) return;
    bucket.rate = Math.max(bucket.rate * (gotThroughSince ? slower : muchSlower), slowest);
    lowered += 1;
    gotThroughSince = false;
  };
  const gotThrough = () => {
    if (!bucket) return;
    gotThroughSince = true;
    const isFirstGuess = lowered === 1;
    bucket.rate *=
      1 + (isFirstGuess ? fasterAtFirst : Math.min(fasterPerSecond / bucket.rate, fasterAtFirst));
  };

  return {
    async run(send) {
      let throttledSince: number | undefined;
      const wait = openWait(clock);
      for (;;) {
        if (bucket) wait.isFor(`AWS to take more calls of ${name}, which it throttles`);
        const paced = await turn(throttledSince !== undefined).finally(wait.over);
        const sentAfter = lowered;
        try {
          const answer = await send();
          letThroughAt = now();
          if (paced) gotThrough();
          return answer;
        } catch (error) {
          if (!isThrottled(error)) {
            letThroughAt = now();
            throw error;
          }
          throttledSince ??= now();
          wasThrottled(paced, sentAfter);
          if (now() - Math.max(throttledSince, letThroughAt) > patienceMs) throw error;
        } finally {
          underWay -= 1;
          admit();
        }
      }
    },
    dismiss(reason) {
      dismissed = new NotRepeated(reason);
      for (const one of waiting.splice(0)) one.refuse(dismissed);
    },
  };
}

function fill(bucket: Bucket, now: number): void {
  // Clocks are set back, too.
  const come = (Math.max(0, now - bucket.filledAt) / 1000) * bucket.rate;
  bucket.tokens = Math.min(bucket.tokens + come, Math.max(bucket.rate * heldSeconds, 1));
  bucket.filledAt = now;
}

function msToNextToken(bucket: Bucket, now: number): number {
  fill(bucket, now);
  return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) / bucket.rate) * 1000);
}
