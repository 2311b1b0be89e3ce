import type { EventPayloadMap } from '@octokit/webhooks-types';
import type { Account } from '../model/account.ts';
import type { App, Installation } from '../model/app.ts';
import type { Repository } from '../model/repository.ts';

export type EventName = Exclude<keyof EventPayloadMap, 'ping'>;

/** The parts of a payload that are the same for every event, and are added on the way out. */
type Common = 'repository' | 'organization' | 'installation' | 'sender';
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K & keyof T> : never;
/** What an event says of itself. */
export type EventBody<N extends EventName> = Without<EventPayloadMap[N], Common>;

/** Whom an event is about, which decides who is told. */
export interface Audience {
  readonly sender: Account;
  readonly repository?: Repository;
  readonly organisation?: Account;
  /** Only this App is told, as of a check run that is asked for again. */
  readonly app?: App;
  /** Only this installation is told, and its whole record is in the payload. */
  readonly installation?: Installation;
}

/**
 * Tells every App that listens. The body is made only when somebody does, and at once, so that it says how things
 * were when it happened and not how they are when it is delivered.
 */
export type Announce = <N extends EventName>(
  name: N,
  audience: Audience,
  body: () => EventBody<N> | Promise<EventBody<N>>,
) => Promise<void>;
