import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { within } from '../../src/base/scope.ts';
import type { Schema } from '../../src/db/schema.ts';
import { type AuditRow, beginning, brokenAt, createAudit } from '../../src/state/audit.ts';
import { createState } from '../../src/state/create-state.ts';
import { noteSettings } from '../../src/workflow/note-settings.ts';
import { describeWithDatabases } from '../db/databases.ts';
import { hold } from './contract.ts';
import { runRecord, shop } from './records.ts';

const merged = (pullRequest: number) =>
  ({
    event: 'settings-merged',
    repository: 'acme/shop',
    pullRequest,
    by: 'author',
    digest: 'd',
    approved: true,
  }) as const;

const verdict = (rows: readonly AuditRow[]) => brokenAt(rows, { number: 0, hash: beginning });

/** As somebody does who may do everything in the database. */
async function tamper(kysely: Kysely<Schema>, statement: string): Promise<void> {
  await sql`alter table audit disable trigger audit_only_added`.execute(kysely);
  await sql.raw(statement).execute(kysely);
  await sql`alter table audit enable trigger audit_only_added`.execute(kysely);
}

await describeWithDatabases('the audit record', (fresh) => {
  test('has the beginning and the end of each run, with on whose word it was', async () => {
    const database = await fresh();
    const state = createState(database, systemClock);
    const lock = await hold(state);
    const approvals = [{ login: 'reviewer', kind: 'comment', id: 7, at: '2030-01-01T10:00:00Z' }] as const;
    const exceptions = [
      { policy: 'a', resource: 'Vpc', until: '2030-02-01', by: 'operator', reason: 'for now' },
    ];
    await state.beginRun(runRecord({ id: 'run-1' }), lock, { approvals, exceptions });
    await state.endRun('run-1', 'succeeded', undefined, lock);
    const rows = await createAudit(database, systemClock).entries(0, 10);
    expect(rows.map(({ text }) => JSON.parse(text))).toMatchObject([
      { event: 'run-begun', run: 'run-1', stack: shop, digest: expect.any(String), approvals, exceptions },
      { event: 'run-ended', run: 'run-1', status: 'succeeded' },
    ]);
    expect(verdict(rows)).toBeUndefined();
  });

  test('has nothing of what did not happen', async () => {
    const database = await fresh();
    const state = createState(database, systemClock);
    const lock = await hold(state);
    await state.beginRun(runRecord({ id: 'run-1' }), lock);
    await expect(state.beginRun(runRecord({ id: 'run-2' }), lock)).rejects.toThrow('has not ended');
    expect(await createAudit(database, systemClock).entries(0, 10)).toHaveLength(1);
  });

  test('has each thing once, and numbers without gaps, however many write at once', async () => {
    const audit = createAudit(await fresh(), systemClock);
    const numbers = Array.from({ length: 20 }, (_, i) => i % 10);
    await Promise.all(numbers.map((n) => audit.add(`settings ${n}`, merged(n))));
    const rows = await audit.entries(0, 100);
    expect(rows.map((r) => r.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(verdict(rows)).toBeUndefined();
  });

  test('says of each entry by which webhook it was, and who did what that tells of', async () => {
    const database = await fresh();
    const state = createState(database, systemClock);
    const lock = await hold(state);
    const origin = { delivery: 'd-1', event: 'pull_request', sender: 'operator', also: ['d-0'] };
    await within({ origin, job: 'j-1' }, async () => {
      await state.beginRun(runRecord({ id: 'run-1' }), lock, { mergedBy: 'operator' });
      await state.endRun('run-1', 'cancelled', undefined, lock, 'reviewer');
    });
    const audit = createAudit(database, systemClock);
    // What nobody told of by a webhook, at the command line, has none.
    await audit.add('a', merged(1));
    const rows = await audit.entries(0, 10);
    expect(rows.map(({ text }) => JSON.parse(text))).toMatchObject([
      { event: 'run-begun', mergedBy: 'operator', webhook: origin },
      { event: 'run-ended', cancelledBy: 'reviewer', webhook: origin },
      { event: 'settings-merged', at: expect.any(String) },
    ]);
    expect(rows[2]!.text).not.toContain('webhook');
    expect(verdict(rows)).toBeUndefined();
  });

  test('has other settings when they come into force, those of before again too, and each time once', async () => {
    const database = await fresh();
    const [one, other] = [createAudit(database, systemClock), createAudit(database, systemClock)];
    const note = (audit: typeof one, digest: string, fullName = 'acme/shop') =>
      noteSettings({ audit }, { fullName }, digest);
    await note(one, 'a');
    await note(one, 'a');
    await note(other, 'a');
    await note(other, 'b');
    // As another process did meanwhile.
    await note(one, 'a');
    await Promise.all([note(one, 'c'), note(other, 'c'), note(other, 'x', 'acme/web')]);
    const rows = (await one.entries(0, 20)).map(({ text }) => JSON.parse(text));
    const of = (name: string) => rows.filter((r) => r.repository === name).map((r) => r.digest);
    expect([of('acme/shop'), of('acme/web')]).toEqual([['a', 'b', 'a', 'c'], ['x']]);
  });

  test('refuses to be changed, and takes no secret', async () => {
    const database = await fresh();
    const audit = createAudit(database, systemClock);
    await audit.add('a', merged(1));
    for (const statement of ["update audit set text = ''", 'delete from audit', 'truncate audit'])
      await expect(sql.raw(statement).execute(database.kysely)).rejects.toThrow('only added to');
    const plain = { $slipway: 'secret', fingerprint: 'x', text: 'hunter2' };
    await expect(audit.add('b', { ...merged(2), by: plain as never })).rejects.toThrow('may be a secret');
    expect(await audit.entries(0, 10)).toHaveLength(1);
  });

  test.each([
    ['an altered entry', `update audit set text = replace(text, 'author', 'stranger') where number = 2`, 2],
    ['an altered hash', `update audit set hash = repeat('a', 64) where number = 2`, 2],
    ['an entry that is gone', 'delete from audit where number = 2', 2],
    [
      'an entry that is gone, with the others moved up',
      'delete from audit where number = 2; update audit set number = number - 1 where number > 2',
      2,
    ],
    ['the first that is gone', 'delete from audit where number = 1', 1],
    [
      'two that changed places',
      `update audit set number = 9 where number = 2; update audit set number = 2 where number = 3; update audit set number = 3 where number = 9`,
      2,
    ],
  ] as const)('shows %s', async (_, statements, number) => {
    const database = await fresh();
    const audit = createAudit(database, systemClock);
    for (const n of [1, 2, 3, 4]) await audit.add(`settings ${n}`, merged(n));
    for (const statement of statements.split('; ')) await tamper(database.kysely, statement);
    expect(verdict(await audit.entries(0, 10))).toMatchObject({ number });
  });
});
