import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { jsonb } from '../../src/db/json.ts';
import { migrations } from '../../src/db/migrations.ts';
import { vacuum } from '../../src/db/vacuum.ts';
import { describeWithServices } from '../services.ts';
import { createServerDatabase, describeWithDatabases } from './databases.ts';

await describeWithDatabases('a database', (fresh) => {
  test('has every migration, by number and name', async () => {
    const { rows } = await sql`select number, name from slipway_migration order by number`.execute(
      (await fresh()).kysely,
    );
    expect(rows).toEqual(migrations.map(({ name }, index) => ({ number: index + 1, name })));
  });

  test.for([
    ['a 64-bit integer', sql`9007199254740991::bigint`, 9007199254740991],
    ['a count', sql`count(*)`, 1],
    ['a time', sql`'2026-01-02T03:04:05.678Z'::timestamptz`, new Date('2026-01-02T03:04:05.678Z')],
    ['a list in JSON', jsonb([{ a: 1 }, 'b', null]), [{ a: 1 }, 'b', null]],
    ['an empty list in JSON', jsonb([]), []],
    ['a truth value', sql`true`, true],
  ] as const)('reads %s alike', async ([, expression, value]) => {
    const { rows } = await sql<{ value: unknown }>`select ${expression} as value`.execute(
      (await fresh()).kysely,
    );
    expect(rows).toEqual([{ value }]);
  });

  test('gives up a transaction whole when it fails', async () => {
    const { kysely } = await fresh();
    const row = { stack: 's', holder: null, fence: 1, ttl_ms: 1, expires_at: new Date() };
    const transaction = kysely.transaction().execute(async (inside) => {
      await inside.insertInto('stack_lock').values(row).execute();
      await inside.insertInto('stack_lock').values(row).execute();
    });
    await expect(transaction).rejects.toThrow('duplicate key');
    expect(await kysely.selectFrom('stack_lock').selectAll().execute()).toEqual([]);
  });

  test('can be vacuumed', async () => {
    const database = await fresh();
    await vacuum(database);
    expect(await database.kysely.selectFrom('stack').selectAll().execute()).toEqual([]);
  });
});

describe('opening a database', () => {
  test.for([
    [
      'a server that is not there',
      { url: 'postgres://slipway:hunter2@127.0.0.1:1/x' },
      'database-unreachable',
    ],
    ['nothing', {}, 'config-invalid'],
  ] as const)('%s is refused without showing the password', async ([, location, code]) => {
    const error = await openDatabase(location).catch((cause) => cause);
    expect(error).toMatchObject({ code });
    expect(`${error.message} ${error.problem.detail} ${error.problem.remedy}`).not.toContain('hunter2');
  });
});

await describeWithServices('a database server', ['postgres'], ({ postgres }) => {
  test('that several processes open for the first time at once is migrated once', async () => {
    const url = await createServerDatabase(postgres.url);
    const databases = await Promise.all([1, 2, 3, 4].map(() => openDatabase({ url })));
    const { rows } = await sql`select number from slipway_migration`.execute(databases[0]!.kysely);
    expect(rows).toHaveLength(migrations.length);
    for (const database of databases) await database.close();
  });

  test('refuses an unknown database and a wrong password in words', async () => {
    const missing = new URL(postgres.url);
    missing.pathname = '/nowhere';
    const wrong = new URL(postgres.url);
    wrong.password = 'wrong';
    for (const url of [missing, wrong]) {
      await expect(openDatabase({ url: url.href })).rejects.toMatchObject({ code: 'database-unreachable' });
    }
  });
});
