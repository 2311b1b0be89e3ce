import { sql } from 'kysely';
import type { QueueDepth } from '../base/metrics.ts';
import type { Database } from '../db/database.ts';
import { ASIDE, isOpen, WORK } from './boss.ts';

/** Whoever wrote it: one that this program cannot read has none. */
const kind = sql`coalesce(data->>'kind', 'unknown')`;

/** How many jobs there are, over all processes. */
export interface Stats {
  /** Could begin now, were there a free process and nobody ahead with the same key. */
  readonly waiting: number;
  /** Asked for a later time. */
  readonly delayed: number;
  readonly active: number;
  /** Failed, and will be tried again. */
  readonly retrying: number;
  /** Given up. */
  readonly aside: number;
}

/** A key that waits for a job that failed and will be tried again. */
export interface BlockedKey {
  readonly key: string;
  readonly kind: string;
  /** How often it failed so far. */
  readonly failures: number;
  readonly error: string;
  /** ISO 8601 */
  readonly nextTryAt: string;
  /** How many jobs wait behind it. */
  readonly waiting: number;
}

/** A job that was given up. */
export interface AsideJob {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly payload: unknown;
  readonly error: string;
  /** When it was given up, ISO 8601. */
  readonly at: string;
}

/** A job that can be taken, as soon as there is a place for it and nobody ahead with its key; or is. */
export interface QueuedJob {
  readonly id: string;
  readonly state: 'active' | 'waiting' | 'delayed';
  readonly kind: string;
  readonly key: string;
  /** Since when it is in this state; of what is delayed, when that ends. ISO 8601. */
  readonly at: string;
}

export async function queueStats(database: Database): Promise<Stats> {
  const { rows } = await sql<Stats>`
    select
      count(*) filter (where name = ${WORK} and state = 'created' and start_after <= now()) as waiting,
      count(*) filter (where name = ${WORK} and state = 'created' and start_after > now()) as delayed,
      count(*) filter (where name = ${WORK} and state = 'active') as active,
      count(*) filter (where name = ${WORK} and state = 'retry') as retrying,
      count(*) filter (where name = ${ASIDE}) as aside
    from pgboss.job where ${isOpen}`.execute(database.kysely);
  return rows[0]!;
}

export async function queueDepths(database: Database): Promise<readonly QueueDepth[]> {
  const { rows } = await sql<QueueDepth>`
    select kind, state, count(*)::integer as jobs,
      greatest(0, extract(epoch from now() - min(since)))::float as "oldestSeconds"
    from (
      select ${kind} as kind,
        case
          when name = ${ASIDE} then 'aside'
          when state = 'retry' then 'retrying'
          when state = 'active' then 'active'
          when start_after > now() then 'delayed'
          else 'waiting'
        end as state,
        case when state = 'active' then started_on else greatest(created_on, start_after) end as since
      from pgboss.job where ${isOpen}
    ) as job group by 1, 2 order by 1, 2`.execute(database.kysely);
  return rows;
}

export async function blockedKeys(database: Database): Promise<readonly BlockedKey[]> {
  const { rows } = await sql<Omit<BlockedKey, 'nextTryAt'> & { nextTryAt: Date }>`
    select
      j.singleton_key as key, ${kind} as kind, j.retry_count + 1 as failures,
      coalesce(j.output->>'message', '') as error, j.start_after as "nextTryAt",
      (select count(*) from pgboss.job b
        where b.name = j.name and b.singleton_key = j.singleton_key and b.state = 'created') as waiting
    from pgboss.job j where j.name = ${WORK} and j.state = 'retry'
    order by j.created_on, j.id`.execute(database.kysely);
  return rows.map((row) => ({ ...row, nextTryAt: row.nextTryAt.toISOString() }));
}

export async function asideJobs(database: Database, limit: number): Promise<readonly AsideJob[]> {
  const { rows } = await sql<Omit<AsideJob, 'at'> & { at: Date }>`
    select
      id, ${kind} as kind, coalesce(singleton_key, '') as key, data->'payload' as payload,
      coalesce(output->>'message', '') as error, start_after as at
    from pgboss.job
    where name = ${ASIDE} order by start_after desc, id desc limit ${limit}`.execute(database.kysely);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** Those that are worked on, and those that wait, the oldest first. */
export async function queuedJobs(database: Database, limit: number): Promise<readonly QueuedJob[]> {
  const { rows } = await sql<Omit<QueuedJob, 'at'> & { at: Date }>`
    select
      id, ${kind} as kind, singleton_key as key,
      case when state = 'active' then 'active' when start_after > now() then 'delayed' else 'waiting' end as state,
      case when state = 'active' then started_on else greatest(created_on, start_after) end as at
    from pgboss.job
    where name = ${WORK} and state in ('created', 'active')
    order by state desc, created_on, id limit ${limit}`.execute(database.kysely);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** Whether any queue was ever kept here: it is made when Slipway is first started on the database. */
export async function hasQueue(database: Database): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('pgboss.job') is not null as there`.execute(database.kysely);
  return rows[0]?.there === true;
}
