import { sql } from 'kysely';
import type { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import type { Database } from '../db/database.ts';
import { isWaiting, WORK } from './boss.ts';
import { type JobData, retriesOf } from './enqueue.ts';
import { orderedId } from './ordered-id.ts';
import type { Handler } from './queue.ts';

export interface Schedules {
  add(kind: string, seconds: number, payload: unknown): void;
  start(): void;
  stop(): Promise<void>;
}

export interface ScheduleOptions {
  readonly boss: PgBoss;
  readonly database: Database;
  readonly handlers: Readonly<Record<string, Handler<unknown>>>;
  readonly log: Pick<Logger, 'error'>;
  readonly clock: Clock;
  wake(): void;
}

/**
 * Recurring jobs. Every process tries in every period, and the database lets one through: periods are counted
 * from 1970 by its clock. None is added while the last one still waits.
 */
export function createSchedules(options: ScheduleOptions): Schedules {
  const { boss, database, handlers, log, clock, wake } = options;
  const stopping = new AbortController();
  const schedules: (() => Promise<void>)[] = [];
  const loops: Promise<void>[] = [];
  let started = false;

  async function repeat(kind: string, seconds: number, payload: unknown): Promise<void> {
    while (!stopping.signal.aborted) {
      await enqueue(kind, seconds, payload).catch((error) =>
        log.error({ kind, err: error }, 'a recurring job could not be enqueued'),
      );
      await clock.sleep(seconds * 1000, stopping.signal).catch(() => {});
    }
  }

  async function enqueue(kind: string, seconds: number, payload: unknown): Promise<void> {
    const key = `schedule ${kind}`;
    const { rows } = await sql`
      select 1 from pgboss.job
      where ${isWaiting} and singleton_key = ${key} limit 1`.execute(database.kysely);
    if (rows.length > 0) return;
    await boss.send(WORK, { kind, payload } satisfies JobData, {
      id: orderedId(),
      singletonKey: key,
      singletonSeconds: seconds,
      // Until its period is over it keeps others from having one in it.
      deleteAfterSeconds: 2 * seconds,
      ...retriesOf({ retryDelaySeconds: handlers[kind]?.retryDelaySeconds ?? 1 }),
    });
    wake();
  }

  return {
    add(kind, seconds, payload) {
      const begin = () => repeat(kind, seconds, payload);
      schedules.push(begin);
      if (started) loops.push(begin());
    },
    start() {
      started = true;
      for (const begin of schedules) loops.push(begin());
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
