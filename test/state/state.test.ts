import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { seal } from '../../src/base/value.ts';
import { type EmbeddedDatabase, openDatabase } from '../../src/db/database.ts';
import { createState } from '../../src/state/create-state.ts';
import { fenced } from '../../src/state/fence.ts';
import { createServerDatabase, describeWithDatabases, empty, openMemoryDatabase } from '../db/databases.ts';
import { keysOf, makeKey } from '../db/keys.ts';
import { describeWithServices } from '../services.ts';
import { contractOfState, hold } from './contract.ts';
import { resourceRecord, runRecord, shop, stackRecord } from './records.ts';

const clock: Clock = { now: () => new Date('2026-01-02T03:05:00.000Z'), sleep: async () => {} };

await describeWithDatabases('the state', (fresh) => {
  contractOfState(async () => createState(await fresh(), clock));

  test('text that PostgreSQL cannot hold in JSON is stored with replacement characters', async () => {
    const state = createState(await fresh(), clock);
    const properties = { 'nul\0': 'a\0b', half: ['\ud83d'], whole: '\u{1f600}', escaped: '\\u0000' };
    await state.putResource(resourceRecord({ properties }), await hold(state));
    expect((await state.resources(shop))[0]?.properties).toEqual({
      'nul\u{fffd}': 'a\u{fffd}b',
      half: ['\u{fffd}'],
      whole: '\u{1f600}',
      escaped: '\\u0000',
    });
  });

  test('a takeover of an expired lock waits for a write that has begun', async () => {
    const database = await fresh();
    const state = createState(database, clock);
    const lock = await hold(state, 'first', 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const events: string[] = [];
    const inside = Promise.withResolvers<void>();
    const write = fenced(database, lock, async () => {
      inside.resolve();
      await new Promise((resolve) => setTimeout(resolve, 200));
      events.push('written');
    });
    await inside.promise;
    await hold(state, 'second');
    events.push('taken over');
    await write;
    expect(events).toEqual(['written', 'taken over']);
  });

  test('a secret is stored as its fingerprint, and its text is nowhere in the database', async () => {
    const database = await fresh();
    const state = createState(database, clock);
    const lock = await hold(state);
    const secret = seal('correct horse battery staple', 'key');
    await state.putStack(stackRecord({ outputs: { Password: { value: secret } } }), lock);
    await state.putResource(resourceRecord({ properties: { Password: secret } }), lock);
    await state.beginRun(runRecord(), lock);
    expect((await state.resources(shop))[0]?.properties).toEqual({
      Password: { $slipway: 'secret', fingerprint: secret.fingerprint },
    });
    const { rows } = await sql<{ text: string }>`
      select concat(
        (select json_agg(s)::text from stack s), (select json_agg(r)::text from resource r),
        (select json_agg(r)::text from run r)) as text`.execute(database.kysely);
    expect(rows[0]?.text).toContain(secret.fingerprint);
    expect(rows[0]?.text).not.toContain('horse');
  });
});

describe('the state, encrypted', () => {
  let database: EmbeddedDatabase | undefined;
  afterAll(() => database?.close());
  contractOfState(async () => {
    if (database) await empty(database);
    database ??= await openMemoryDatabase(keysOf(makeKey()));
    return createState(database, clock);
  });
});

await describeWithServices('the state, on a server', ['postgres'], ({ postgres }) => {
  test('who stalls inside of a write for longer than its lock lives does not stand in the way, and is fenced off', async () => {
    const url = await createServerDatabase(postgres.url);
    const [stalled, other] = [await openDatabase({ url }), await openDatabase({ url })];
    try {
      const lock = await hold(createState(stalled, systemClock), 'stalled', 1);
      const inside = Promise.withResolvers<void>();
      const awake = Promise.withResolvers<void>();
      const write = fenced(stalled, lock, async (transaction) => {
        inside.resolve();
        await awake.promise;
        await sql`select 1`.execute(transaction);
      });
      await inside.promise;
      expect(await createState(other, systemClock).lock(lock.stack, 'other', 60_000)).toBeDefined();
      awake.resolve();
      await expect(write).rejects.toMatchObject({ code: 'apply-fenced' });
    } finally {
      await Promise.all([stalled.close(), other.close()]);
    }
  });
});
