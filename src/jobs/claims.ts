import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { isActive, WORK } from './boss.ts';
import { orderedId } from './ordered-id.ts';

/** One process's hold of a job: `attempt` tells it from an earlier or later hold of the same job. */
export interface Claim {
  readonly id: string;
  readonly attempt: number;
}

/** How often a process says that it still works on its jobs. */
export const HEARTBEAT_MS = 2000;
/** Without a word for so long, it is taken for dead. pg-boss itself would wait ten seconds at least. */
const DEAD_AFTER_SECONDS = 8;

/** Says that these are still worked on, and returns the ids of those that are no longer ours. */
export async function touchClaims(
  kysely: Kysely<Schema>,
  claims: readonly Claim[],
): Promise<readonly string[]> {
  if (claims.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    update pgboss.job set heartbeat_on = now()
    where ${isActive}
      and (id::text || ':' || retry_count) in (${sql.join(claims.map(({ id, attempt }) => `${id}:${attempt}`))})
    returning id`.execute(kysely);
  const ours = new Set(rows.map(({ id }) => id));
  return claims.map(({ id }) => id).filter((id) => !ours.has(id));
}

/**
 * Makes the jobs of dead processes available, at once and as another attempt, so that a job that kills its
 * process is given up in the end. Returns how many there were.
 */
export function reclaimDead(kysely: Kysely<Schema>): Promise<number> {
  return reclaim(kysely, sql`heartbeat_on < now() - ${DEAD_AFTER_SECONDS} * interval '1 second'`);
}

/** The same for all jobs, when this process starts as the only one that can have the database. */
export function reclaimAll(kysely: Kysely<Schema>): Promise<number> {
  return reclaim(kysely, sql`true`);
}

async function reclaim(kysely: Kysely<Schema>, dead: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await sql`
    update pgboss.job set
      state = 'retry', start_after = now(), heartbeat_on = null,
      output = jsonb_build_object('message', 'The process that had this job ended or stalled')
    where ${isActive} and ${dead}`.execute(kysely);
  return Number(numAffectedRows ?? 0);
}

/** Gives a job back as if it had not been taken. A new id, so that what still runs of it cannot end it. */
export async function handBack(kysely: Kysely<Schema>, { id, attempt }: Claim): Promise<void> {
  await sql`
    update pgboss.job set
      id = ${orderedId()}, state = 'created', start_after = now(), started_on = null, heartbeat_on = null
    where name = ${WORK} and state = 'active' and id = ${id} and retry_count = ${attempt}`.execute(kysely);
}
