import { createLog } from '../../src/base/log.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { openBoss, WORK } from '../../src/jobs/boss.ts';
import { maintenance } from '../../src/jobs/maintenance.ts';
import type { Figure } from '../bench/scenario.ts';
import { drained } from './drained.ts';
import { startDurablePostgres } from './durable-postgres.ts';
import { percentile } from './percentile.ts';
import { sampled } from './sampled.ts';
import type { LoadScenario } from './scenario.ts';
import { sendWebhooks } from './send-webhooks.ts';
import { mixedWebhooks, seedMix } from './webhook-mix.ts';
import { type LoadWorld, openLoadWorld, webhookSecret } from './world.ts';

const wholeJobs = 100_000;
const batch = 500;
/** As fast as one core takes them with the jobs that they ask for, or somewhat faster: each batch waits for the last. */
const perSecond = 200;

/**
 * 100,000 jobs, each asked for by a signed webhook of its own, through one process; then a month passes, what is kept
 * for a month is forgotten, and some more come.
 */
export const soak: LoadScenario = {
  name: 'soak',
  about: '100,000 jobs through one process, and what is left of them',
  async run({ scale = 1 / 20 }, say) {
    const postgres = await startDurablePostgres(say);
    const world = await openLoadWorld(postgres);
    const database = await openDatabase({ url: world.databaseUrl });
    try {
      const source = await seedMix(world, 60, 0);
      await world.start(1);
      await drained(world, 120);
      const before = await sizes(world);
      const doneBefore = await jobCount(world);
      const jobs = Math.max(batch, Math.round(wholeJobs * scale));
      const memory = sampled(world.slipways[0]!.pid);
      const began = performance.now();
      const play = (from: number, count: number) => playJobs(world, mixedComments(source), from, count, say);
      await play(0, jobs);
      const seconds = (performance.now() - began) / 1000;
      const samples = memory.stop();
      const done = (await jobCount(world)) - doneBefore;
      const grown = await sizes(world);
      await aMonthPasses(world, database);
      const pruned = await sizes(world);
      await play(jobs, Math.max(batch, Math.round(jobs / 5)));
      const again = await sizes(world);
      const resident = samples.map(({ residentMb }) => residentMb);
      const fifth = Math.ceil(resident.length / 5);
      const early = percentile(resident.slice(fifth, 2 * fifth), 50);
      const late = percentile(resident.slice(-fifth), 50);
      return [
        { what: 'jobs, of 100,000', value: jobs, unit: 'count' },
        { what: 'jobs done', value: jobs / seconds, unit: '/s' },
        { what: 'not done', value: jobs - done, unit: 'count', budget: { most: 0 } },
        { what: 'resident memory in the second fifth', value: early, unit: 'MB' },
        { what: 'resident memory in the last fifth', value: late, unit: 'MB' },
        { what: 'last fifth of the second', value: late / early, unit: 'times', budget: { most: 1.25 } },
        size('tables at first', before),
        size('tables after the jobs', grown),
        size('tables after a month and its retention', pruned),
        size('tables after a fifth as many more', again),
        { what: 'rows that retention left', value: rowsIn(pruned), unit: 'count', budget: { most: 100 } },
        {
          what: 'size after the fifth, of what it was after all',
          value: megabytes(again) / megabytes(grown),
          unit: 'times',
          // What was freed is used again.
          budget: { most: 1.02 },
        },
      ] satisfies Figure[];
    } finally {
      await database.close();
      await world.stop();
      await postgres.stop();
    }
  },
};

/** Comments alone: pushes to one pull request would become one job. */
function mixedComments(source: Parameters<typeof mixedWebhooks>[0]) {
  const webhook = mixedWebhooks(source);
  return (index: number) => webhook(3 * index + 2);
}

async function playJobs(
  world: LoadWorld,
  webhook: ReturnType<typeof mixedWebhooks>,
  from: number,
  count: number,
  say: (text: string) => void,
): Promise<void> {
  const url = `${world.slipways[0]!.url}/api/github/webhooks`;
  for (let at = 0; at < count; at += batch) {
    const part = Math.min(batch, count - at);
    const sent = await sendWebhooks({ url, secret: webhookSecret, perSecond, count: part }, (index) =>
      webhook(from + at + index),
    );
    const refused = sent.filter(({ status }) => status !== 200 && status !== 202);
    if (refused.length > 0)
      throw new Error(`${refused.length} webhooks were not taken: ${refused[0]?.status}`);
    await drained(world, 120);
    if ((at / batch) % 10 === 9) say(`${at + part} of ${count}`);
  }
}

/** As the handlers of the schedules do, when everything is a month older. */
async function aMonthPasses({ query }: LoadWorld, database: Database): Promise<void> {
  await query(`update delivery set received_at = received_at - interval '31 days'`);
  await query(
    `update pgboss.job set completed_on = completed_on - interval '31 days' where state = 'completed'`,
  );
  const log = createLog({ level: 'silent', mask: (text) => text });
  await maintenance(database).handle({}, new AbortController().signal);
  const boss = await openBoss(database, log);
  await query('update pgboss.queue set maintain_on = null');
  await boss.supervise(WORK);
  await boss.stop({ graceful: false });
  // The server does it by itself, a minute later.
  await query('vacuum (analyze)');
}

interface TableSize {
  readonly table: string;
  readonly rows: number;
  readonly mb: number;
}

/** Those that grow with what happens. */
const growing = ['delivery', 'pgboss.job_common'];

function sizes({ query }: LoadWorld): Promise<TableSize[]> {
  return Promise.all(
    growing.map(async (table) => {
      const [found] = await query<{ rows: number; mb: number }>(
        `select count(*)::integer as rows, pg_total_relation_size('${table}') / 1048576.0::float8 as mb from ${table}`,
      );
      return { table, rows: found!.rows, mb: found!.mb };
    }),
  );
}

function rowsIn(tables: readonly TableSize[]): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

function megabytes(tables: readonly TableSize[]): number {
  return tables.reduce((sum, { mb }) => sum + mb, 0);
}

function size(what: string, tables: readonly TableSize[]): Figure {
  const of = tables.map(({ table, rows, mb }) => [`${table}, ${mb.toFixed(1)} MB, rows`, rows] as const);
  return { what, value: megabytes(tables), unit: 'MB', of: Object.fromEntries(of) };
}

async function jobCount({ query }: LoadWorld): Promise<number> {
  const [found] = await query<{ jobs: number }>(
    `select count(*)::integer as jobs from pgboss.job where state = 'completed' and data->>'kind' = 'comment'`,
  );
  return found!.jobs;
}
