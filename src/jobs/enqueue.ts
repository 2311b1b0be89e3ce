import { type Kysely, sql, type Transaction } from 'kysely';
import { fromKysely, type PgBoss } from 'pg-boss';
import { jsonText } from '../db/json.ts';
import type { Schema } from '../db/schema.ts';
import { isWaiting, URGENT, WORK } from './boss.ts';
import { groupOf } from './group.ts';
import { alsoKept, type JobFrom, type SentJob, sending } from './job-scope.ts';
import { orderedId } from './ordered-id.ts';

export interface NewJob {
  readonly kind: string;
  readonly payload: unknown;
  readonly retryDelaySeconds: number;
  readonly key?: string;
  readonly delaySeconds?: number;
  readonly coalesce?: boolean;
  /** Of the webhook that asks for it, ISO 8601. */
  readonly receivedAt?: string;
  readonly urgent?: boolean;
}

/** What is stored of a job; the key is pg-boss's `singletonKey`. */
export interface JobData extends SentJob {
  readonly kind: string;
  readonly payload: unknown;
  /** A newer one of its kind and key makes it superfluous. */
  readonly coalesce?: boolean;
}

/** The same of what another program may have written: what cannot be read is of no kind that anybody handles. */
export function readJobData(data: unknown): JobData {
  const { kind, from = {}, also = [] } = (data ?? {}) as Partial<JobData>;
  const isOurs = typeof kind === 'string' && isObject(from) && Array.isArray(also) && also.every(isObject);
  return isOurs ? (data as JobData) : { kind: 'unknown', payload: undefined };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

export function enqueueJob(
  boss: PgBoss,
  transaction: Transaction<Schema> | undefined,
  job: NewJob,
): Promise<void> {
  return sending(job.kind, job, (from) => insertJob(boss, transaction, job, from));
}

async function insertJob(
  boss: PgBoss,
  transaction: Transaction<Schema> | undefined,
  job: NewJob,
  from: JobFrom,
): Promise<void> {
  const id = orderedId();
  await boss.send(WORK, JSON.parse(dataOf(job, from)), {
    id,
    // Every job needs one: one of its own is one that it shares with nobody.
    singletonKey: job.key ?? id,
    ...groupOf(job.payload),
    ...(job.urgent ? { priority: URGENT } : {}),
    ...(job.delaySeconds === undefined ? {} : { startAfter: job.delaySeconds }),
    ...retriesOf(job),
    ...(transaction === undefined ? {} : { db: fromKysely(transaction) }),
  });
}

export function retriesOf({ retryDelaySeconds }: Pick<NewJob, 'retryDelaySeconds'>) {
  // With a delay of 0, backing off would begin at a second all the same.
  return { retryDelay: retryDelaySeconds, retryBackoff: retryDelaySeconds > 0 };
}

/**
 * Puts the job in the place of the first one of its kind and key that has not begun, and drops others like it;
 * a new one if there is none. In its place, so that a steady burst cannot push it back for ever, and under a new
 * id, so that a process that still believes to hold the old one cannot end the new.
 */
export function enqueueCoalesced(boss: PgBoss, transaction: Transaction<Schema>, job: NewJob): Promise<void> {
  return sending(job.kind, job, async (from) => {
    const isReplaced = job.key !== undefined && (await replaceWaiting(transaction, job, from));
    if (!isReplaced) await insertJob(boss, transaction, job, from);
  });
}

async function replaceWaiting(
  transaction: Transaction<Schema>,
  job: NewJob,
  from: JobFrom,
): Promise<boolean> {
  // Without it, two that come at the same time would both see nothing that waits, and both add a job.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${WORK} ${job.kind} ${job.key}`}, 0))`.execute(
    transaction,
  );
  const { rows } = await sql`
    with waiting as (
      select id, data from pgboss.job
      where ${isWaiting} and singleton_key = ${job.key}
        and data->>'kind' = ${job.kind}
      order by state desc, created_on, id
      for update
    ), dropped as (
      delete from pgboss.job where name = ${WORK} and id in (select id from waiting offset 1)
    ), also as (
      select jsonb_agg(one) as list from (
        select one from waiting, jsonb_array_elements(
          jsonb_build_array(data->'from') || coalesce(data->'also', '[]'::jsonb)
        ) as one where jsonb_typeof(one) = 'object' limit ${alsoKept}
      ) as kept
    )
    update pgboss.job set
      id = ${orderedId()}, state = 'created', retry_count = 0,
      data = ${dataOf(job, from)}::text::jsonb
        || (select jsonb_strip_nulls(jsonb_build_object('also', list)) from also),
      started_on = null, output = null,
      start_after = least(start_after, now() + ${job.delaySeconds ?? 0} * interval '1 second')
    where name = ${WORK} and id = (select id from waiting limit 1)
    returning id`.execute(transaction);
  return rows.length > 0;
}

/** Whether a newer job makes it pointless to try this one again, which the newer one would have to wait for. */
export async function isSuperseded(
  kysely: Kysely<Schema>,
  { kind, coalesce }: JobData,
  key: string,
): Promise<boolean> {
  if (!coalesce) return false;
  const { rows } = await sql`
    select 1 from pgboss.job
    where ${isWaiting} and singleton_key = ${key} and state = 'created'
      and data->>'kind' = ${kind} and data->>'coalesce' = 'true'
    limit 1`.execute(kysely);
  return rows.length > 0;
}

function dataOf({ kind, payload, coalesce }: NewJob, from: JobFrom): string {
  const asked = Object.keys(from).length > 0 ? { from } : {};
  return jsonText({ kind, payload, ...(coalesce ? { coalesce } : {}), ...asked } satisfies JobData);
}
