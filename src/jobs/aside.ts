import { type Kysely, sql } from 'kysely';
import { SlipwayError } from '../base/error.ts';
import { jsonText } from '../db/json.ts';
import type { Schema } from '../db/schema.ts';
import { ASIDE, WORK } from './boss.ts';
import type { Claim } from './claims.ts';

/** How long a job that was given up is kept. */
export const ASIDE_DAYS = 30;

/**
 * Takes a job that was given up out of its key's order, and keeps it: the same row in the other queue, with all that
 * putting it back takes.
 */
export async function setAside(kysely: Kysely<Schema>, { id, attempt }: Claim, error: string): Promise<void> {
  await sql`
    update pgboss.job set
      name = ${ASIDE}, policy = 'standard', state = 'created', singleton_on = null,
      start_after = now(), keep_until = now() + ${ASIDE_DAYS} * interval '1 day', heartbeat_on = null,
      output = ${jsonText({ message: error })}::text::jsonb
    where name = ${WORK} and state = 'active' and id = ${id} and retry_count = ${attempt}`.execute(kysely);
}

/** What became of a job that was to be put back. */
export type PutBack = 'waiting' | 'superseded';

/**
 * Puts jobs that were set aside back, with fresh retries, before all of their key that came after them; all of them
 * where no ids are given. Once, whoever asks for it at the same time. One that a newer one has made superfluous is
 * dropped.
 *
 * @throws SlipwayError `job-missing` where one of the ids is not aside (any more), and then does nothing
 */
export async function putBack(
  kysely: Kysely<Schema>,
  ids: readonly string[] | undefined,
): Promise<readonly { readonly id: string; readonly outcome: PutBack }[]> {
  return kysely.transaction().execute(async (transaction) => {
    const { rows: dropped } = await sql<{ id: string }>`
      delete from pgboss.job aside
      where name = ${ASIDE} and ${those(ids)} and data->>'coalesce' = 'true' and exists (
        select 1 from pgboss.job newer
        where newer.name = ${WORK} and newer.singleton_key = aside.singleton_key and newer.state < 'active'
          and newer.data->>'kind' = aside.data->>'kind' and newer.data->>'coalesce' = 'true'
      )
      returning id`.execute(transaction);
    const { rows: back } = await sql<{ id: string }>`
      update pgboss.job set
        name = ${WORK}, policy = 'key_strict_fifo', singleton_key = coalesce(singleton_key, id::text),
        state = 'created', retry_count = 0, started_on = null, output = null,
        start_after = now(), keep_until = now() + interval '90 days'
      where name = ${ASIDE} and ${those(ids)}
      returning id`.execute(transaction);
    const all = [
      ...back.map(({ id }) => ({ id, outcome: 'waiting' as const })),
      ...dropped.map(({ id }) => ({ id, outcome: 'superseded' as const })),
    ];
    requireAll(ids, all);
    return all;
  });
}

/**
 * Deletes jobs that were set aside; all of them where no ids are given. Gives their ids.
 *
 * @throws SlipwayError `job-missing` where one of the ids is not aside (any more), and then does nothing
 */
export async function forget(
  kysely: Kysely<Schema>,
  ids: readonly string[] | undefined,
): Promise<readonly string[]> {
  return kysely.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ id: string }>`
      delete from pgboss.job where name = ${ASIDE} and ${those(ids)} returning id`.execute(transaction);
    requireAll(ids, rows);
    return rows.map(({ id }) => id);
  });
}

function requireAll(ids: readonly string[] | undefined, found: readonly { readonly id: string }[]): void {
  const missing = [...new Set(ids)].filter((id) => !found.some((job) => job.id === id));
  if (missing.length === 0) return;
  throw new SlipwayError('job-missing', {
    summary: `${missing.join(', ')}: no such ${missing.length === 1 ? 'job is' : 'jobs are'} set aside`,
    detail: `It may have been put back already, or its ${ASIDE_DAYS} days are over. Nothing was done.`,
    remedy: 'slipway jobs list --aside shows those that are.',
  });
}

function those(ids: readonly string[] | undefined) {
  if (ids === undefined) return sql<boolean>`true`;
  if (ids.length === 0) return sql<boolean>`false`;
  return sql<boolean>`id::text in (${sql.join(ids)})`;
}
