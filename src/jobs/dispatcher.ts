import { setTimeout as delay } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import type { JobOutcome } from '../base/metrics.ts';
import type { Database } from '../db/database.ts';
import { diskFull } from '../db/disk-room.ts';
import { setAside } from './aside.ts';
import { WORK } from './boss.ts';
import { type Claim, HEARTBEAT_MS, handBack, reclaimAll, reclaimDead, touchClaims } from './claims.ts';
import { isSuperseded } from './enqueue.ts';
import { inJob, webhookOf } from './job-scope.ts';
import type { Handler } from './queue.ts';
import { readSchemaMark } from './schema-mark.ts';
import { type Places, type TakenJob, takeJobs } from './take.ts';
import { untilAborted } from './until-aborted.ts';

export interface Dispatcher {
  wake(): void;
  start(): Promise<void>;
  stop(gracefulMs: number): Promise<void>;
}

export interface DispatcherOptions {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly handlers: Readonly<Record<string, Handler<unknown>>>;
  readonly log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  readonly clock: Clock;
  readonly places: Places;
  /** Of the tables that this program knows. */
  readonly schema: string;
  /** Told once that a newer program has changed them; this process takes no jobs any more. */
  readonly onOutdated?: (() => void) | undefined;
  /** Told of each job that this process has ended with. */
  readonly onEnd?: ((job: EndedJob) => void) | undefined;
}

/** A job that a process is done with, for now or for good. */
export interface EndedJob {
  readonly kind: string;
  readonly outcome: JobOutcome;
  /** Seconds from when it could have begun until it did. */
  readonly waited: number;
  readonly seconds: number;
  /** Which webhook asked for it, and how many seconds after that it began; where it had not been tried before. */
  readonly webhook?: { readonly event: string; readonly seconds: number };
  /** What it failed with. */
  readonly error?: unknown;
}

/** How a job ended here, and with which error. */
type Ended = readonly [outcome: JobOutcome, error?: unknown];

interface Running {
  readonly job: TakenJob;
  readonly claim: Claim;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** What others have enqueued, and what has become due, is found so late at most. */
const POLL_MS = 500;
const ending = new Error('this process has to end');
/** For a handler to notice that it was aborted. */
const ABORT_MS = 1000;

/** Takes jobs as there is room for them, calls their handlers and settles them. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { database, boss, handlers, log, clock, places, schema, onEnd, onOutdated } = options;
  const { kysely } = database;
  const running = new Map<string, Running>();
  const stopping = new AbortController();
  // Apart from `stopping`: the jobs that a stop waits for have to be kept meanwhile.
  const letGo = new AbortController();
  let taking: Promise<void> = Promise.resolve();
  let watching: Promise<void> = Promise.resolve();
  let unreadable = false;
  let isOver = false;
  let woken = false;
  let wakeUp: (() => void) | undefined;

  function wake(): void {
    woken = true;
    wakeUp?.();
  }

  async function keepTaking(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false;
      try {
        if (database.kind === 'embedded' && !database.hasRoom()) throw diskFull();
        const ours = [...running.values()].map(({ job }) => job);
        const jobs = await takeJobs(kysely, ours, places, schema);
        unreadable = false;
        for (const job of jobs) begin(job);
      } catch (error) {
        // Once, and not twice a second while a server is away.
        if (!unreadable) log.error({ err: error }, 'the job queue cannot be read; it is tried again');
        unreadable = true;
      }
      if (!woken && !stopping.signal.aborted) await sleepUntilWoken();
    }
  }

  async function sleepUntilWoken(): Promise<void> {
    const timer = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => {
        wakeUp = resolve;
      }),
      clock.sleep(POLL_MS, timer.signal).catch(() => {}),
    ]);
    wakeUp = undefined;
    timer.abort();
  }

  async function watchClaims(): Promise<void> {
    while (!letGo.signal.aborted) {
      await clock.sleep(HEARTBEAT_MS, letGo.signal).catch(() => {});
      await beat().catch((error) => log.error({ err: error }, 'the jobs of this process could not be kept'));
    }
  }

  async function beat(): Promise<void> {
    const claims = [...running.values()].map(({ claim }) => claim);
    for (const id of await touchClaims(kysely, claims)) {
      running.get(id)?.abort.abort(new Error('another process has taken this job over'));
    }
    if (!stopping.signal.aborted && (await readSchemaMark(kysely)) !== schema) {
      log.warn('a newer version of Slipway has changed the database: this process takes no more jobs');
      stopping.abort();
      wake();
      onOutdated?.();
    }
    // After our own were touched, so that a stall of this process does not look like its death to itself.
    const count = await reclaimDead(kysely);
    if (count === 0) return;
    log.warn({ count }, 'jobs of a process that died are taken over');
    wake();
  }

  function begin(job: TakenJob): void {
    const claim = { id: job.id, attempt: job.retryCount };
    const abort = new AbortController();
    const began = clock.now().getTime();
    const ended = inJob(job, () => run(job, claim, abort.signal))
      .then(([outcome, error]) => {
        const waited =
          Math.max(0, began - Math.max(job.createdOn.getTime(), job.startAfter.getTime())) / 1000;
        const seconds = (clock.now().getTime() - began) / 1000;
        const webhook = job.retryCount === 0 ? webhookOf(job.data, began) : undefined;
        onEnd?.({
          kind: job.data.kind,
          outcome,
          waited,
          seconds,
          ...(webhook ? { webhook } : {}),
          ...(error === undefined ? {} : { error }),
        });
      })
      .catch((error) => log.error({ ...about(job), err: error }, 'a job could not be settled'))
      .finally(() => {
        running.delete(job.id);
        // For the next one of its key, and because there is room again.
        wake();
      });
    running.set(job.id, { job, claim, abort, ended });
  }

  async function run(job: TakenJob, claim: Claim, signal: AbortSignal): Promise<Ended> {
    const { kind, payload } = job.data;
    const handler = handlers[kind];
    if (!handler) return giveUp(job, undefined, new Error(`there is no handler for '${kind}'`));
    // More attempts than its handler could have refused: it was its process that died, each time.
    if (job.retryCount > handler.retries) return giveUp(job, handler, lastError(job));
    try {
      const handled = handler.handle(payload, signal);
      await (handler.leavesOff ? untilAborted(handled, signal) : handled);
    } catch (error) {
      // It was given back without waiting for it.
      if (isOver) return ['handed-back'];
      if (signal.aborted) {
        await handBack(kysely, claim);
        return ['handed-back'];
      }
      if (await isSuperseded(kysely, job.data, job.singletonKey)) {
        log.info({ ...about(job), err: error }, 'a job failed, and a newer one takes its place');
        await boss.complete(WORK, job, { message: messageOf(error) });
        return ['superseded', error];
      }
      if (job.retryCount >= handler.retries) return giveUp(job, handler, error);
      log.warn({ ...about(job), err: error }, 'a job failed and will be tried again');
      await boss.fail(WORK, job, { message: messageOf(error) });
      return ['retried', error];
    }
    if (isOver) return ['handed-back'];
    await boss.complete(WORK, job);
    return ['done'];
  }

  /** Gives the job up: it is kept to be looked at, and what waits behind it goes on. */
  async function giveUp(
    job: TakenJob,
    handler: Handler<unknown> | undefined,
    error: unknown,
  ): Promise<Ended> {
    const { payload } = job.data;
    log.error({ ...about(job), err: error }, 'a job is given up and set aside');
    try {
      await handler?.onExhausted?.(payload, error);
    } catch (cause) {
      log.error({ ...about(job), err: cause }, 'that a job was given up could not be told');
    }
    await setAside(kysely, { id: job.id, attempt: job.retryCount }, messageOf(error));
    return ['aside', error];
  }

  async function stop(gracefulMs: number): Promise<void> {
    stopping.abort();
    wake();
    await taking;
    for (const { job, abort } of running.values())
      if (handlers[job.data.kind]?.leavesOff) abort.abort(ending);
    const allEnded = () => Promise.all([...running.values()].map(({ ended }) => ended));
    await Promise.race([allEnded(), delay(gracefulMs, undefined, { ref: false })]);
    for (const { abort } of running.values()) abort.abort(ending);
    await Promise.race([allEnded(), delay(ABORT_MS, undefined, { ref: false })]);
    letGo.abort();
    await watching;
    isOver = true;
    for (const { claim } of running.values()) await handBack(kysely, claim);
  }

  return {
    wake,
    stop,
    async start() {
      const count = await (database.kind === 'embedded' ? reclaimAll(kysely) : reclaimDead(kysely));
      if (count > 0) log.warn({ count }, 'jobs that an earlier process left are taken over');
      taking = keepTaking();
      watching = watchClaims();
    },
  };
}

function about(job: TakenJob) {
  return { job: job.id, kind: job.data.kind, key: job.singletonKey, attempt: job.retryCount + 1 };
}

function lastError(job: TakenJob): Error {
  const { message } = (job.output ?? {}) as { message?: unknown };
  return new Error(typeof message === 'string' ? message : 'The process that had this job ended');
}

function messageOf(error: unknown): string {
  if (error instanceof SlipwayError) return `${error.message} (${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
