import type { Clock } from '../../../base/clock.ts';
import type { Answer } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Random } from '../random.ts';
import type { Element } from '../xml.ts';

/** Passes a call on, to the faults further in and at last to the target. */
export type Next = (call: Call) => Promise<Answer>;

export type Handle = (call: Call, next: Next) => Promise<Answer>;

/** What one rule does to the calls that pass. */
export interface Interception {
  /** Only the calls that the rule matches. */
  readonly matched?: Handle;
  /** Every call, outside `matched`: for what shows later, in calls other than the one that began it. */
  readonly always?: Handle;
}

/** What a fault may use besides the call. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted when the proxy stops: nobody waits any longer. */
  readonly stopped: AbortSignal;
  /**
   * Asks the target itself, past all faults, as the client that made `origin`.
   * @throws when it does not answer with success
   */
  ask(origin: Call, action: string, parameters?: Readonly<Record<string, string>>): Promise<Element>;
}

/** One way in which a cloud misbehaves, or in which it is stricter than its emulator. */
export interface Fault<Settings> {
  /** Makes the interception of one rule, with a memory of its own. */
  create(settings: Settings, world: World): Interception;
}
