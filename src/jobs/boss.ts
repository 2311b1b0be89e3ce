import { sql } from 'kysely';
import { fromPglite, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';

/** All kinds are in one queue of pg-boss, so that a key's order holds over kinds. */
export const WORK = 'slipway';
/** What was given up. Nobody takes jobs from it: it is there to be looked at. */
export const ASIDE = 'slipway-aside';
/** The priority of what does not wait for a place. */
export const URGENT = 1;

// Written out as pg-boss's indices have it: there may be a hundred times as many jobs that are done, of late.
export const isWaiting = sql`name = ${WORK} and state < 'active' and not blocked and policy = 'key_strict_fifo'`;
export const isActive = sql`name = ${WORK} and state = 'active' and policy = 'key_strict_fifo'`;
/** All that is not done, and what was given up. */
export const isOpen = sql`name in (${WORK}, ${ASIDE}) and (
  (state < 'active' and not blocked) or (state = 'active' and policy = 'key_strict_fifo')
)`;

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * Starts pg-boss on the database, without its workers: `take.ts` takes the jobs. Workers look again
 * only when their poll is due, half a second later, also for the next job of the key that they have just done;
 * and each polls on its own, at several milliseconds a poll on PGlite.
 */
export async function openBoss(database: Database, log: Pick<Logger, 'warn' | 'error'>): Promise<PgBoss> {
  const boss = new PgBoss({
    ...(database.kind === 'embedded'
      ? { db: fromPglite(database.pglite), backend: 'pglite' as const }
      : { connectionString: database.url, max: 4, application_name: 'slipway-jobs' }),
    // Its schedules count in minutes; `schedule.ts` has its own.
    schedule: false,
    // What is done and what is too old is deleted so often; it would be once a day.
    maintenanceIntervalSeconds: HOUR / 2,
  });
  boss.on('error', (error) => log.error({ err: error }, 'the job queue had an error'));
  boss.on('warning', ({ message }) => log.warn(`the job queue warns: ${message}`));
  await boss.start();
  await boss.createQueue(WORK, {
    policy: 'key_strict_fifo',
    // Which jobs are retried, and when they are given up, is decided in `dispatcher.ts`: a job that pg-boss
    // itself fails for good blocks its key until somebody looks.
    retryLimit: 1_000_000,
    retryBackoff: true,
    retryDelayMax: 300,
    // Long applies are kept alive by their heartbeat (`claims.ts`), not by this.
    expireInSeconds: 23 * HOUR,
    // What is done keeps nothing: but a recurring one keeps its period (`schedule.ts`).
    deleteAfterSeconds: HOUR,
    // What waits is not lost because nobody worked on it for a while.
    retentionSeconds: 90 * DAY,
  });
  await boss.createQueue(ASIDE, { policy: 'standard' });
  // Fills pg-boss's own cache, so that it does not ask for it on the outer connection while we are inside a
  // transaction on the only one that PGlite has.
  for (const name of [WORK, ASIDE]) await boss.findJobs(name, { id: '00000000-0000-0000-0000-000000000000' });
  return boss;
}
