/**
 * What the work in hand concerns: it goes with the work, through every await, so that each line of the log, each entry
 * of the audit record and each job that follows from it can name it, without every function passing it on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Which webhook work was asked for by, directly or by a job that led to another. */
export interface Origin {
  /** GitHub's `X-GitHub-Delivery`; `sweep ...` where the sweep found what no webhook told of. */
  readonly delivery: string;
  /** GitHub's name of the event. */
  readonly event: string;
  /** Login of who did what it tells of, as GitHub says. */
  readonly sender?: string;
  /** Ids of those that asked for the same, and for which this was done at once. */
  readonly also?: readonly string[];
}

/** All of it goes into the lines of the log, but for the origin, of which the delivery does. */
export interface Scope {
  readonly origin?: Origin;
  readonly job?: string;
  readonly kind?: string;
  /** `owner/name` */
  readonly repository?: string;
  readonly pullRequest?: number;
  readonly stack?: string;
  readonly run?: string;
}

const scopes = new AsyncLocalStorage<Scope>();
const nothing: Scope = {};

/** What the work in hand concerns. */
export function scope(): Scope {
  return scopes.getStore() ?? nothing;
}

/** Does work that concerns this, besides what the work in hand concerns already. */
export function within<T>(more: Scope, work: () => T): T {
  return scopes.run({ ...scope(), ...more }, work);
}
