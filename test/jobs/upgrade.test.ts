import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createServerDatabase } from '../db/databases.ts';
import { describeWithServices } from '../services.ts';
import { createRecorder, recordingQueue } from './recorder.ts';

/** As a newer version does at its start. */
async function migrateFurther(database: Database): Promise<void> {
  await database.kysely.transaction().execute(async (transaction) => {
    await sql`alter table delivery add column of_tomorrow text`.execute(transaction);
    await sql`insert into slipway_migration (number, name) select max(number) + 1, 'of tomorrow' from slipway_migration`.execute(
      transaction,
    );
  });
}

await describeWithServices('a process of the version before', ['postgres'], ({ postgres }) => {
  test('takes nothing from the moment of the migration, hands over what it has, and nothing is lost', async () => {
    const database = await openDatabase({ url: await createServerDatabase(postgres.url) });
    const [older, newer] = [createRecorder(), createRecorder()];
    let outdated = 0;
    const old = await recordingQueue(database, older.record, {
      onOutdated: () => {
        outdated++;
      },
    });
    await old.start();
    await old.enqueue('plan', { name: 'long', takesMs: 3_000 }, { key: 'pr 1' });
    await old.enqueue('plan', { name: 'behind' }, { key: 'pr 1' });
    await older.until('begin long');
    await migrateFurther(database);
    // What it still hears it can store.
    for (const name of ['a', 'b', 'c']) await old.enqueue('plan', { name }, { key: `pr ${name}` });
    const next = await recordingQueue(database, newer.record);
    await next.start();
    await newer.until('end c');
    await expect.poll(() => outdated).toBe(1);
    await old.stop({ gracefulMs: 0 });
    await newer.until('end behind');
    expect(older.events).toEqual(['begin long', 'abort long']);
    expect(newer.events.filter((event) => event.startsWith('end')).sort()).toEqual(
      ['a', 'b', 'behind', 'c', 'long'].map((name) => `end ${name}`),
    );
    expect(newer.events.indexOf('end long')).toBeLessThan(newer.events.indexOf('begin behind'));
    expect(await next.aside(10)).toEqual([]);
    await next.stop({ gracefulMs: 0 });
    await database.close();
  });
});
