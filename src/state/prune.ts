import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../db/database.ts';

/** How long what grows with every webhook, run and pull request is kept. The README has the same as a table. */
export const kept = {
  /** Webhooks, so long: to be looked at, and known again when they are repeated. */
  deliveryDays: 30,
  /** Runs with their journals, so long; and of each stack the latest, however old, to go back to. */
  runDays: 400,
  runsOfStack: 100,
  /** What is known of a destroyed stack, after its end. */
  stackDays: 400,
  /** What was shown on a pull request, after it was applied or closed. */
  pullRequestDays: 400,
  /** A merge that nobody has heard of is looked for so long: it must be less than what is known of pull requests. */
  mergeDays: 180,
} as const;

/** So many rows are deleted at once, so that nobody waits long for their locks. */
const atOnce = 500;

/**
 * Deletes what is older than it is kept. What never goes: the audit record, the fences of stacks' locks, what is there
 * in the cloud, runs that go on, merges that are not settled. Gives how many rows went, by table.
 */
export async function prune(
  { kysely }: Pick<Database, 'kysely'>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const before = (days: number) => sql`now() - ${days} * interval '1 day'`;
  const gone: Record<string, number> = {};
  const all = async (table: string, remove: RawBuilder<unknown>) => {
    for (let count = atOnce; count >= atOnce && !signal.aborted; ) {
      count = Number((await remove.execute(kysely)).numAffectedRows ?? 0);
      gone[table] = (gone[table] ?? 0) + count;
    }
  };
  await all(
    'delivery',
    sql`delete from delivery where id in (
      select id from delivery where received_at < ${before(kept.deliveryDays)} limit ${atOnce})`,
  );
  await all(
    'run',
    removeRuns(sql`numbered.started_at < ${before(kept.runDays)} and place > ${kept.runsOfStack}`),
  );
  const isLongGone = sql`stack.status = 'destroyed' and stack.updated_at < ${before(kept.stackDays)}
    and not exists (select 1 from resource where resource.stack = stack.id)
    and not exists (select 1 from hand_over where hand_over.stack = stack.id)
    and not exists (select 1 from run where run.stack = stack.id and (
      run.status = 'running' or run.started_at > ${before(kept.stackDays)}))`;
  await all(
    'run',
    removeRuns(sql`exists (select 1 from stack where stack.id = numbered.stack and ${isLongGone})`),
  );
  const whose = sql`select id from stack where ${isLongGone}
    and not exists (select 1 from run where run.stack = stack.id) limit ${atOnce}`;
  await all('stack', sql`delete from stack where id in (${whose})`);
  await all(
    'compliance_scan',
    sql`delete from compliance_scan where stack in (
      select scan.stack from compliance_scan scan where scan.scanned_at < ${before(kept.stackDays)}
        and not exists (select 1 from stack where stack.id = scan.stack) limit ${atOnce})`,
  );
  await all(
    'pull_request',
    sql`delete from pull_request where (repository, number) in (
      select repository, number from pull_request
      where updated_at < ${before(kept.pullRequestDays)} and coalesce(facts, review) ->> 'phase' = 'settled'
      limit ${atOnce})`,
  );
  await all(
    'cancellation',
    sql`delete from cancellation where (repository, number) in (
      select repository, number from cancellation gone
      where at < ${before(kept.pullRequestDays)} and not exists (
        select 1 from pull_request
        where pull_request.repository = gone.repository and pull_request.number = gone.number)
      limit ${atOnce})`,
  );
  return gone;
}

/** Runs that have ended, and of which no call's end is unknown, with their journals. */
function removeRuns(which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    with numbered as (
      select id, stack, status, started_at,
        row_number() over (partition by stack order by started_at desc, id desc) as place
      from run
    ), old as (
      select id from numbered where status <> 'running' and ${which}
        and not exists (select 1 from journal where journal.run = numbered.id and journal.status = 'begun')
      limit ${atOnce}
    ), entries as (
      delete from journal where run in (select id from old)
    )
    delete from run where id in (select id from old)`;
}
