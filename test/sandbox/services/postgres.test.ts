import { existsSync } from 'node:fs';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startService } from '../../../src/sandbox/services/index.ts';
import { describeWithServices } from '../../services.ts';

await describeWithServices('postgres', ['postgres'], ({ postgres }) => {
  const ask = async (sql: string, url = postgres.url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, string>>(sql)).rows[0];
    } finally {
      await client.end();
    }
  };

  test('answers at the DATABASE_URL of its environment, without fsync', async () => {
    expect(await ask('show fsync', postgres.environment.DATABASE_URL)).toEqual({ fsync: 'off' });
  });

  test('refuses a wrong password', async () => {
    const url = new URL(postgres.url);
    url.password = 'wrong';
    await expect(ask('select 1', url.href)).rejects.toThrow(/password authentication failed/);
  });

  test('two of them share nothing, and a stopped one leaves neither process nor data', async () => {
    const second = await startService('postgres');
    await ask('create table only_here ()', second.url);
    const found = await ask("select to_regclass('only_here') as found");
    expect(found).toEqual({ found: null });

    const folder = (await ask('show data_directory', second.url))?.data_directory ?? '';
    expect(existsSync(folder)).toBe(true);
    await second.stop();
    await second.stop();
    expect(existsSync(folder)).toBe(false);
    expect(() => process.kill(second.pid, 0)).toThrow(/ESRCH/);
  });
});
