import { sql } from 'kysely';
import { systemClock } from '../../src/base/clock.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { startService } from '../../src/sandbox/services/index.ts';
import { createState } from '../../src/state/create-state.ts';
import { createServerDatabase } from '../db/databases.ts';
import { keysOf, makeKey } from '../db/keys.ts';
import { threadTime } from '../thread-time.ts';
import { asApplied, largeTemplate, plan, resolve } from './large-stack.ts';
import { type Figure, median, type Scenario } from './scenario.ts';

const resources = 2_000;
const rounds = 3;

/** What encryption costs this process and the disk: the same work with it and without, on PostgreSQL, in turns. */
export const encryption: Scenario = {
  name: 'encryption',
  async run(say) {
    const postgres = await startService('postgres');
    const open = async (key?: string) => {
      const url = await createServerDatabase(postgres.url);
      return openDatabase({ url, keys: key === undefined ? undefined : keysOf(key) });
    };
    const [plain, encrypted] = [await open(), await open(makeKey())];
    try {
      const taken: Record<'plan' | 'apply', [number, number][]> = { plan: [], apply: [] };
      for (let round = 0; round < rounds; round++) {
        const [without, having] = [await workOn(plain, round), await workOn(encrypted, round)];
        for (const kind of ['plan', 'apply'] as const) taken[kind].push([without[kind], having[kind]]);
      }
      const ratios = (['plan', 'apply'] as const).map((kind): Figure => {
        const [without, having] = [0, 1].map((side) => median(taken[kind].map((pair) => pair[side]!)));
        say(
          `${kind}: ${without!.toFixed(0)} ms of processor time readable, ${having!.toFixed(0)} ms encrypted`,
        );
        return {
          what: `${kind} of ${resources.toLocaleString('en')} resources, encrypted to readable, processor time`,
          value: having! / without!,
          unit: 'times',
        };
      });
      const size = (await sizeOf(encrypted)) / (await sizeOf(plain));
      return [...ratios, { what: 'the tables of that, encrypted to readable', value: size, unit: 'times' }];
    } finally {
      for (const database of [plain, encrypted]) await database.close();
      await postgres.stop();
    }
  },
};

/** An apply's writes of a stack that is new, each with its intent and its outcome; then a plan that finds all as it is. */
async function workOn(database: Database, round: number): Promise<{ plan: number; apply: number }> {
  const state = createState(database, systemClock);
  const text = largeTemplate(resources);
  const first = plan(resolve(text), [], new Map());
  const { recorded, live } = asApplied(first);
  const stack = `${first.stack}-${round}`;
  const lock = (await state.lock(stack, 'bench', 600_000))!;
  const run = `run-${round}`;
  const beganAt = new Date().toISOString();

  const applyBegan = threadTime();
  const version = { file: first.file, text, parameters: {}, secretParameters: [], ssmParameters: {} };
  const begun = { id: run, stack, kind: 'apply', status: 'running', cause: {}, startedAt: beganAt } as const;
  await state.beginRun({ ...begun, plan: first, version }, lock);
  for (const [index, record] of recorded.entries()) {
    const intent = `${run}-${index}`;
    await state.begin({ run, intent, logicalId: record.logicalId, operation: 'create', beganAt }, lock);
    await state.end({ run, intent, status: 'done', put: { ...record, stack } }, lock);
  }
  await state.endRun(run, 'succeeded', undefined, lock);
  const apply = threadTime() - applyBegan;

  const planBegan = threadTime();
  const known = await state.resources(stack);
  const { changes } = plan(
    resolve(text),
    known.map((record) => ({ ...record, stack: first.stack })),
    live,
  );
  const planned = threadTime() - planBegan;
  if (changes.some((change) => change.action !== 'none')) throw new Error('the plan is not a no-op');
  await state.unlock(lock);
  return { plan: planned, apply };
}

async function sizeOf({ kysely }: Database): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select sum(pg_total_relation_size(name::regclass)) as size
    from unnest(array['resource', 'run', 'journal']) as name`.execute(kysely);
  return Number(rows[0]!.size);
}
