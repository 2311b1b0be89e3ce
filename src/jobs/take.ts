import { type Kysely, sql } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { isWaiting, URGENT, WORK } from './boss.ts';
import { type JobData, readJobData } from './enqueue.ts';
import { schemaMark } from './schema-mark.ts';

/** A job that this process has taken. */
export interface TakenJob {
  readonly id: string;
  readonly data: JobData;
  readonly retryCount: number;
  readonly singletonKey: string;
  readonly createdOn: Date;
  readonly startAfter: Date;
  /** What it failed with before. */
  readonly output: unknown;
  /** `group.ts` says what these are. */
  readonly groupId: string | null;
  readonly groupTier: string | null;
}

/** How much one process works on at the same time. */
export interface Places {
  readonly all: number;
  /** Of one installation. */
  readonly installation: number;
  /** Of one repository. */
  readonly repository: number;
}

/**
 * Of so many places, those that one repository may have: a fifth is left to others, whatever takes long in it. An
 * installation may have all, since most Slipways have one.
 */
export function placesOf(all: number): Places {
  return { all, installation: all, repository: Math.max(1, all - Math.ceil(all / 5)) };
}

/** Beyond all places: a cancel is meant for what has taken them. */
const urgentPlaces = 2;

/** So many more are looked at than are taken: others take some of them in the same instant. */
const spares = 20;

/**
 * Takes what there is room for beside the jobs that run here, whoever has most of it waiting: the next place goes to
 * the installation that has the fewest over all processes, and there to the repository that has the fewest. So whoever
 * comes with one job waits for one place and not for five hundred jobs. What is urgent goes first.
 *
 * pg-boss's own `fetch` goes by age alone; what may be taken of a key (its head, unless another one of it is active or
 * waits to be tried again) is decided here as it does for `key_strict_fifo`.
 *
 * @param schema the tables that this program knows, by their `schemaMark`: of others it takes nothing, from the moment
 *   that they are there
 */
export async function takeJobs(
  kysely: Kysely<Schema>,
  running: Iterable<Pick<TakenJob, 'groupId' | 'groupTier'>>,
  places: Places,
  schema: string,
): Promise<readonly TakenJob[]> {
  const ours = { all: 0, installations: {} as Counts, repositories: {} as Counts };
  for (const { groupId, groupTier } of running) {
    ours.all++;
    count(ours.installations, groupTier);
    count(ours.repositories, groupId);
  }
  const free = places.all - ours.all;
  const limit = free > 0 ? free : free + urgentPlaces;
  if (limit <= 0) return [];
  try {
    const { rows } = await sql<TakenJob>`
      with busy_key as materialized (
        select singleton_key from pgboss.job
        where name = ${WORK} and state in ('active', 'retry', 'failed') and policy = 'key_strict_fifo'
      ), head as materialized (
        select distinct on (singleton_key collate "C")
          id, state, created_on, singleton_key, group_id collate "C" as group_id,
          group_tier collate "C" as group_tier, priority >= ${URGENT} as urgent
        from pgboss.job
        where ${isWaiting} and start_after <= now() and ${schemaMark} = ${schema}
        order by singleton_key collate "C", state desc, created_on, id
      ), busy as materialized (
        select group_id, max(group_tier) as group_tier, count(*) as jobs from pgboss.job
        where name = ${WORK} and state = 'active' and group_id is not null group by 1
      ), busy_tier as materialized (
        select group_tier, sum(jobs) as jobs from busy group by 1
      ), lined_up as (
        select head.*,
          row_number() over (partition by head.group_id order by created_on, head.id) as place,
          coalesce(busy.jobs, 0) as ahead
        from head left join busy on busy.group_id = head.group_id
        -- One of a key at most is active or waits for its retry: a head that is that one is in nobody's way.
        where state = 'retry' or singleton_key not in (select singleton_key from busy_key)
      ), shared as (
        select lined_up.*, coalesce(busy_tier.jobs, 0) as tier_ahead,
          row_number() over (partition by lined_up.group_tier order by ahead + place, created_on, id) as tier_place
        from lined_up left join busy_tier on busy_tier.group_tier = lined_up.group_tier
        where urgent or place <= ${limit}
      ), chosen as materialized (
        select id, row_number() over (
          order by urgent desc, tier_ahead + tier_place, ahead + place, created_on, id
        ) as number
        from shared
        where urgent or (
          ${free > 0}
          and (${places.repository >= places.all} or group_id is null or place <= ${places.repository}
            - coalesce((${JSON.stringify(ours.repositories)}::text::jsonb ->> group_id)::integer, 0))
          and (${places.installation >= places.all} or group_tier is null or tier_place <= ${places.installation}
            - coalesce((${JSON.stringify(ours.installations)}::text::jsonb ->> group_tier)::integer, 0))
        )
        order by number
        limit ${limit + spares}
      ), next as (
        select job.id from chosen join pgboss.job on job.id = chosen.id
        where job.name = ${WORK} and job.state < 'active'
        order by number
        limit ${limit}
        for update of job skip locked
      )
      update pgboss.job set
        state = 'active', started_on = now(), heartbeat_on = now(),
        retry_count = case when started_on is null then retry_count else retry_count + 1 end
      from next where job.name = ${WORK} and job.id = next.id
      returning job.id, data, retry_count as "retryCount", singleton_key as "singletonKey",
        created_on as "createdOn", start_after as "startAfter", output,
        group_id as "groupId", group_tier as "groupTier"`.execute(kysely);
    return rows.map((job) => ({ ...job, data: readJobData(job.data) }));
  } catch (error) {
    // Another process has taken one of the same key in the same instant, which only one of the two may.
    if ((error as { code?: unknown }).code === '23505') return [];
    throw error;
  }
}

type Counts = Record<string, number>;

function count(counts: Counts, name: string | null): void {
  if (name !== null) counts[name] = (counts[name] ?? 0) + 1;
}
