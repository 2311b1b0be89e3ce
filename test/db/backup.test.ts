import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { formatError, type SlipwayError } from '../../src/base/error.ts';
import { backup, restore } from '../../src/db/backup.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import type { Schema } from '../../src/db/schema.ts';
import { createAudit } from '../../src/state/audit.ts';
import { createState } from '../../src/state/create-state.ts';
import { hold } from '../state/contract.ts';
import { resourceRecord, runRecord, shop, stackRecord } from '../state/records.ts';
import { describeWithDatabases, openMemoryDatabase } from './databases.ts';

const clock: Clock = { now: () => new Date('2026-01-02T03:05:00.123Z'), sleep: async () => {} };
const at = new Date('2030-01-01T00:00:00Z');
const properties = { Name: 'a"b\nc\\u0000', Half: ['\u{1f600}', 1.5, null, true] };

async function filled(database: Database) {
  const state = createState(database, clock);
  const lock = await hold(state);
  await state.putStack(stackRecord({}), lock);
  await state.putResource(resourceRecord({ properties }), lock);
  await state.beginRun(runRecord({ id: 'run-1' }), lock);
  const entry = {
    run: 'run-1',
    logicalId: 'Vpc',
    operation: 'create',
    beganAt: clock.now().toISOString(),
  } as const;
  await state.begin({ ...entry, intent: 'i1' }, lock);
  return { state, lock, entry };
}

async function linesOf(database: Database): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of backup(database, at)) lines.push(line.slice(0, -1));
  return lines;
}

async function* given(lines: readonly string[]) {
  yield* lines;
}

await describeWithDatabases('a backup', (fresh) => {
  test('fills another database with the same, which goes on from there', async () => {
    const database = await fresh();
    const { lock, entry } = await filled(database);
    const lines = await linesOf(database);
    const copy = await openMemoryDatabase();
    try {
      expect(await restore(copy, given(lines))).toBe(lines.length - 2);
      expect((await linesOf(copy)).slice(1, -1)).toEqual(lines.slice(1, -1));
      const state = createState(copy, clock);
      expect((await state.resources(shop))[0]?.properties).toEqual(properties);
      await state.begin({ ...entry, intent: 'i2' }, lock);
      await state.endRun('run-1', 'succeeded', undefined, lock);
      expect((await state.journal('run-1')).map((e) => e.intent)).toEqual(['i1', 'i2']);
      expect(await createAudit(copy, systemClock).entries(0, 10)).toHaveLength(2);
    } finally {
      await copy.close();
    }
  });

  test('has a line for each row by whatever its reader tells lines, so a comment may hold what it likes', async () => {
    const database = await fresh();
    const said = 'one\u2028two\u2029three\u0085four\r\nfive';
    const lock = await hold(createState(database, clock));
    await createState(database, clock).putResource(resourceRecord({ properties: { said } }), lock);
    const text = Readable.from((await linesOf(database)).map((line) => `${line}\n`));
    const copy = await openMemoryDatabase();
    try {
      await restore(copy, createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY }));
      expect((await createState(copy, clock).resources(shop))[0]?.properties).toEqual({ said });
    } finally {
      await copy.close();
    }
  });

  test('has every table', async () => {
    const database = await fresh();
    const tables = (await database.kysely.introspection.getTables()).map(({ name }) => name as keyof Schema);
    const own = tables.filter((name) => (name as string) !== 'slipway_migration');
    await filled(database);
    const lines = await linesOf(database);
    for (const table of own) {
      const { count } = await database.kysely
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      expect([table, lines.filter((line) => line.startsWith(`["${table}",`)).length]).toEqual([
        table,
        Number(count),
      ]);
      // A table that is empty here could be one that nobody thought of.
      expect(copied).toContain(table);
    }
  });

  test('that is cut off, altered or of another version restores nothing', async () => {
    const database = await fresh();
    await filled(database);
    const lines = await linesOf(database);
    const copy = await openMemoryDatabase();
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [lines.slice(0, -1), 'Its end is missing'],
      [[...lines.slice(0, 3), ...lines.slice(4)], 'lines are missing, or were changed'],
      [lines.map((line) => line.replace('Half', 'Hals')), 'lines are missing, or were changed'],
      [lines.with(0, lines[0]!.replace(/"schema":\d+/, '"schema":9999')), 'has'],
      [lines.with(2, '["secrets",{}]'), 'of no table'],
      [lines.with(2, lines[2]!.slice(0, -3)), 'cannot be stored'],
      [['not one'], 'no JSON'],
      [[...lines, lines[2]!], 'after its end'],
      [[], 'Its end is missing'],
    ];
    try {
      for (const [changed, detail] of wrong) {
        const refusal = await restore(copy, given(changed)).catch((error: SlipwayError) => error);
        expect(refusal).toMatchObject({ code: 'backup-invalid' });
        expect((refusal as SlipwayError).problem.detail).toContain(detail);
        expect(await createState(copy, clock).stacks()).toEqual([]);
      }
    } finally {
      await copy.close();
    }
  });

  test('is not restored over anything', async () => {
    const database = await fresh();
    await filled(database);
    const lines = await linesOf(database);
    await expect(restore(database, given(lines))).rejects.toMatchObject({ code: 'restore-refused' });
  });

  test('is not restored under another process, which would go on with its own keys', async () => {
    const database = await fresh();
    // The embedded one nobody else can have.
    if (database.kind === 'embedded') return;
    const lines = await linesOf(database);
    const server = await openDatabase({ url: database.url });
    const refused = restore(database, given(lines));
    await expect(refused).rejects.toMatchObject({ code: 'restore-refused' });
    await server.close();
    await expect.poll(() => restore(database, given(lines)).catch(formatError)).toBe(lines.length - 2);
  });

  test('is of one moment, whatever is written meanwhile', async () => {
    const database = await fresh();
    // The embedded one has one connection: nothing comes in between.
    if (database.kind === 'embedded') return;
    const { state, lock } = await filled(database);
    const lines: string[] = [];
    for await (const line of backup(database, at)) {
      if (lines.length === 0) await state.putResource(resourceRecord({ logicalId: 'Late' }), lock);
      lines.push(line);
    }
    expect(lines.some((line) => line.includes('Late'))).toBe(false);
  });
});

const copied =
  'setting repository stack stack_lock resource run journal delivery pull_request cancellation compliance_scan compliance_report policy_set code_scanning audit data_key hand_over vault_session'.split(
    ' ',
  );
