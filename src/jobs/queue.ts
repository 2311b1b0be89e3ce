/**
 * jobs/ runs work later, in order and until it is done, whatever happens to the process. In: a kind and a payload,
 * from an edge that has just stored why. Out: a call of the kind's handler, by whichever process is free. It does
 * not know what the work is: workflow/ does.
 *
 * What handlers can rely on, and what not:
 * - Jobs with the same key run one after the other, in the order in which they were enqueued, over all kinds and
 *   all processes. Jobs with different keys, or without one, run side by side, as far as there are places; who gets
 *   the next one is decided in `take.ts`, by repository and installation and not by age.
 * - A job may run twice, also at the same time: when its process stalls or dies it is given to another one. So
 *   a handler must be able to find its work half done or done; what must not happen twice takes a stack's lock.
 * - A handler that throws is called again after a delay that doubles each time, and jobs behind it wait. After
 *   its last retry `onExhausted` is called and the job is set aside, and the jobs behind it go on.
 */
import type { Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import type { QueueDepth } from '../base/metrics.ts';
import type { Database } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import { openBoss } from './boss.ts';
import { createDispatcher, type EndedJob } from './dispatcher.ts';
import { enqueueCoalesced, enqueueJob } from './enqueue.ts';
import {
  type AsideJob,
  asideJobs,
  type BlockedKey,
  blockedKeys,
  queueDepths,
  queueStats,
  type Stats,
} from './report.ts';
import { createSchedules } from './schedule.ts';
import { readSchemaMark } from './schema-mark.ts';
import { type Places, placesOf } from './take.ts';

/** Payload by kind. Payloads are JSON, and hold no secret. */
// biome-ignore lint/suspicious/noExplicitAny: interfaces have no index signature, so nothing narrower fits.
export type Payloads = Record<string, any>;

export interface Handler<Payload> {
  /** `signal` is aborted when this process has to end, or when another one has taken the job over. */
  handle(payload: Payload, signal: AbortSignal): Promise<void>;
  /** How often it is called again after it threw or its process died. */
  readonly retries: number;
  /** Before the first retry; doubles each time, up to five minutes. Whole seconds; 0 is at once, always. */
  readonly retryDelaySeconds: number;
  /**
   * It is left off at once when this process has to end, whatever it waits for: nobody waits for it, and whoever begins
   * it anew finds the same to do.
   */
  readonly leavesOff?: true;
  /** Called once all retries are spent, to tell people. What it throws is logged. */
  onExhausted?(payload: Payload, error: unknown): Promise<void>;
}

/** A literal record: one handler a kind. */
export type Handlers<P extends Payloads> = { readonly [Kind in keyof P]: Handler<P[Kind]> };

export interface EnqueueOptions {
  /** What must not happen at the same time: a pull request, a stack. Without one the job waits for nobody. */
  readonly key?: string;
  /** Not before so many seconds from now. A delayed job takes its place in its key's order when it is due. */
  readonly delaySeconds?: number;
  /**
   * The newest wins: takes the place of a job of this kind and key that has not begun, with its own payload and
   * fresh retries. One that has begun goes on, but is not tried again when it fails. Only with a key.
   */
  readonly coalesce?: boolean;
  /** When the webhook was received that asks for it, ISO 8601. */
  readonly receivedAt?: string;
  /** Goes before all others, and begins where there is no place left. Only for what takes a moment. */
  readonly urgent?: boolean;
}

export interface Queue<P extends Payloads> {
  enqueue<Kind extends keyof P & string>(
    kind: Kind,
    payload: P[Kind],
    options?: EnqueueOptions,
  ): Promise<void>;
  /** As part of a transaction: the job is there exactly if it commits. Call `wake` after that. */
  enqueueIn<Kind extends keyof P & string>(
    transaction: Transaction<Schema>,
    kind: Kind,
    payload: P[Kind],
    options?: EnqueueOptions,
  ): Promise<void>;
  /** Looks for work now rather than at the next poll, half a second later at most. */
  wake(): void;
  /** A job of this kind in every period of so many seconds, one over all processes. */
  every<Kind extends keyof P & string>(kind: Kind, seconds: number, payload: P[Kind]): void;
  /** Begins to call handlers. */
  start(): Promise<void>;
  /**
   * Takes no more jobs, waits so long for those that run, then aborts them and gives them back for another
   * process to begin anew. The queue cannot be used after that.
   */
  stop(options: { readonly gracefulMs: number }): Promise<void>;
  stats(): Promise<Stats>;
  /** The same by kind, with the age of the oldest; kinds and states of which there are none are left out. */
  depths(): Promise<readonly QueueDepth[]>;
  /** Keys that wait for a job that failed and will be tried again. */
  blocked(): Promise<readonly BlockedKey[]>;
  /** The jobs that were given up, newest first. They are kept for thirty days. */
  aside(limit: number): Promise<readonly AsideJob[]>;
}

export interface QueueOptions<P extends Payloads> {
  readonly handlers: Handlers<P>;
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  readonly clock: Clock;
  /** How many jobs this process runs at the same time; ten unless told. */
  readonly places?: Places;
  /** Told of each job that this process has ended with. */
  readonly onEnd?: (job: EndedJob) => void;
  /** Told once that a newer program has changed the database: this process takes no more jobs, and has to end. */
  readonly onOutdated?: () => void;
}

/** Makes the queue's tables if they are not there. Enqueueing works at once, handlers run after `start`. */
export async function createQueue<P extends Payloads>(
  database: Database,
  options: QueueOptions<P>,
): Promise<Queue<P>> {
  const { log, clock, places = placesOf(10), onEnd, onOutdated } = options;
  const handlers: Readonly<Record<string, Handler<unknown>>> = options.handlers;
  const boss = await openBoss(database, log);
  const schema = await readSchemaMark(database.kysely);
  const dispatcher = createDispatcher({
    database,
    boss,
    handlers,
    log,
    clock,
    places,
    schema,
    onEnd,
    onOutdated,
  });
  const schedules = createSchedules({ boss, database, handlers, log, clock, wake: dispatcher.wake });
  return {
    async enqueue(kind, payload, options = {}) {
      const job = { kind, payload, retryDelaySeconds: retryDelay(kind), ...options };
      if (options.coalesce) {
        await database.kysely
          .transaction()
          .execute((transaction) => enqueueCoalesced(boss, transaction, job));
      } else {
        await enqueueJob(boss, undefined, job);
      }
      dispatcher.wake();
    },
    async enqueueIn(transaction, kind, payload, options = {}) {
      const job = { kind, payload, retryDelaySeconds: retryDelay(kind), ...options };
      if (options.coalesce) await enqueueCoalesced(boss, transaction, job);
      else await enqueueJob(boss, transaction, job);
    },
    wake: dispatcher.wake,
    every: (kind, seconds, payload) => schedules.add(kind, seconds, payload),
    async start() {
      await dispatcher.start();
      schedules.start();
    },
    async stop({ gracefulMs }) {
      await schedules.stop();
      await dispatcher.stop(gracefulMs);
      await boss.stop({ graceful: false });
    },
    stats: () => queueStats(database),
    depths: () => queueDepths(database),
    blocked: () => blockedKeys(database),
    aside: (limit) => asideJobs(database, limit),
  };

  function retryDelay(kind: string): number {
    return handlers[kind]?.retryDelaySeconds ?? 1;
  }
}
