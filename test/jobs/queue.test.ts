import { sql } from 'kysely';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Database } from '../../src/db/database.ts';
import { deliveredPayload, deliveryHandled, storeDelivery } from '../../src/jobs/deliveries.ts';
import { maintenance } from '../../src/jobs/maintenance.ts';
import { orderedId } from '../../src/jobs/ordered-id.ts';
import { createQueue, type Queue } from '../../src/jobs/queue.ts';
import type { Places } from '../../src/jobs/take.ts';
import { describeWithDatabases } from '../db/databases.ts';
import { createRecorder, quiet, recordingQueue, type TestPayloads } from './recorder.ts';

const only = (all: number): Places => ({ all, installation: all, repository: all });

type Recorded = ReturnType<typeof createRecorder>;

await describeWithDatabases('the queue', (fresh) => {
  const queues: Queue<TestPayloads>[] = [];

  afterEach(async () => {
    for (const queue of queues.splice(0)) await queue.stop({ gracefulMs: 0 });
  });

  async function open(database: Database, options: { places?: Places } = {}) {
    const recorder = createRecorder();
    const queue = await recordingQueue(database, recorder.record, options);
    queues.push(queue);
    return { queue, recorder };
  }

  async function opened(options: { places?: Places } = {}) {
    return open(await fresh(), options);
  }

  const ends = ({ events }: Recorded) => events.filter((e) => e.startsWith('end ')).map((e) => e.slice(4));

  test('runs the jobs of one key one after the other, in their order, over kinds', async () => {
    const { queue, recorder } = await opened();
    const names = Array.from({ length: 8 }, (_, index) => `${index}`);
    for (const name of names) {
      await queue.enqueue(Number(name) % 2 ? 'plan' : 'apply', { name, takesMs: 5 }, { key: 'pr 7' });
    }
    await queue.start();
    await recorder.until('end 7');
    expect(recorder.events).toEqual(names.flatMap((name) => [`begin ${name}`, `end ${name}`]));
  });

  test('keeps the order of what one transaction enqueues', async () => {
    const database = await fresh();
    const { queue, recorder } = await open(database);
    await queue.start();
    const names = Array.from({ length: 12 }, (_, index) => `${index}`);
    await database.kysely.transaction().execute(async (transaction) => {
      for (const name of names) await queue.enqueueIn(transaction, 'plan', { name }, { key: 'pr 7' });
    });
    queue.wake();
    await recorder.until('end 11');
    expect(ends(recorder)).toEqual(names);
  });

  test('runs different keys side by side, as many as there is room for', async () => {
    const { queue, recorder } = await opened({ places: only(3) });
    for (const name of ['a', 'b', 'c', 'd']) {
      await queue.enqueue('plan', { name, takesMs: 400 }, { key: name });
    }
    await queue.start();
    await recorder.until('end d');
    expect(recorder.events.slice(0, 3).sort()).toEqual(['begin a', 'begin b', 'begin c']);
    expect(recorder.events[3]).toMatch(/^end/);
  });

  test('runs jobs without a key side by side', async () => {
    const { queue, recorder } = await opened();
    await queue.start();
    await queue.enqueue('plan', { name: 'slow', takesMs: 20_000 });
    await queue.enqueue('plan', { name: 'quick' });
    await recorder.until('end quick');
    expect(recorder.events).not.toContain('end slow');
  });

  test('begins a job at once, without waiting for a poll', async () => {
    const { queue, recorder } = await opened();
    await queue.start();
    const took: number[] = [];
    for (let i = 0; i < 10; i++) {
      // So that the dispatcher sleeps again, in the middle of its half second.
      await new Promise((resolve) => setTimeout(resolve, 60));
      const before = performance.now();
      await queue.enqueue('plan', { name: `${i}` }, { key: 'pr 7' });
      await recorder.until(`begin ${i}`);
      took.push(performance.now() - before);
    }
    // The median, because other tests run meanwhile; a poll would take 250 ms on average.
    expect(took.sort((a, b) => a - b)[5]).toBeLessThan(120);
  });

  test('begins the next job of a key as soon as the one before has ended', async () => {
    const { queue, recorder } = await opened();
    const names = Array.from({ length: 10 }, (_, index) => `${index}`);
    for (const name of names) await queue.enqueue('plan', { name }, { key: 'pr 7' });
    const before = performance.now();
    await queue.start();
    await recorder.until('end 9');
    // At a poll each it would take 4.5 s.
    expect(performance.now() - before).toBeLessThan(2500);
  });

  test('does not begin a delayed job before its time', async () => {
    const { queue, recorder } = await opened();
    await queue.start();
    const before = Date.now();
    await queue.enqueue('plan', { name: 'later' }, { key: 'pr 7', delaySeconds: 1 });
    await queue.enqueue('plan', { name: 'now' }, { key: 'pr 7' });
    expect(await queue.stats()).toMatchObject({ delayed: 1 });
    await recorder.until('end later');
    expect(Date.now() - before).toBeGreaterThanOrEqual(950);
    expect(ends(recorder)).toEqual(['now', 'later']);
  });

  test('of a burst only the newest runs after the one that runs already', async () => {
    const { queue, recorder } = await opened();
    await queue.start();
    const coalesced = { key: 'pr 7', coalesce: true };
    await queue.enqueue('plan', { name: '1', takesMs: 500 }, coalesced);
    await recorder.until('begin 1');
    for (const name of ['2', '3', '4']) await queue.enqueue('plan', { name }, coalesced);
    await queue.enqueue('plan', { name: 'other key' }, { ...coalesced, key: 'pr 8' });
    await queue.enqueue('apply', { name: 'other kind' }, coalesced);
    await queue.enqueue('plan', { name: '5' }, coalesced);
    await recorder.until('end other kind');
    expect(ends(recorder)).toEqual(['other key', '1', '5', 'other kind']);
  });

  test('a burst that comes at the same time leaves one job', async () => {
    const { queue, recorder } = await opened();
    const names = Array.from({ length: 8 }, (_, index) => `${index}`);
    await Promise.all(names.map((name) => queue.enqueue('plan', { name }, { key: 'pr 7', coalesce: true })));
    expect(await queue.stats()).toMatchObject({ waiting: 1 });
    await queue.start();
    await queue.enqueue('plan', { name: 'last' }, { key: 'pr 7' });
    await recorder.until('end last');
    expect(ends(recorder)).toHaveLength(2);
  });

  test('the newest takes the place of one that failed and waits for its retry, and does not wait', async () => {
    const { queue, recorder } = await opened();
    await queue.start();
    await queue.enqueue('apply', { name: 'old', fails: 9 }, { key: 'pr 7', coalesce: true });
    await queue.enqueue('plan', { name: 'behind' }, { key: 'pr 7' });
    await recorder.until('fail old', 2);
    await expect.poll(() => queue.blocked()).toHaveLength(1);
    const before = Date.now();
    await queue.enqueue('apply', { name: 'new', fails: 2 }, { key: 'pr 7', coalesce: true });
    await recorder.until('begin new');
    expect(Date.now() - before).toBeLessThan(800);
    await recorder.until('end behind');
    // With retries of its own: two more failures would have been too many for the old one.
    expect(ends(recorder)).toEqual(['new', 'behind']);
    expect(await queue.aside(10)).toEqual([]);
  });

  test('one that runs while a newer one comes is not tried again when it fails', async () => {
    const { queue, recorder } = await opened();
    await queue.start();
    const coalesced = { key: 'pr 7', coalesce: true };
    await queue.enqueue('apply', { name: 'old', takesMs: 300, fails: 9 }, coalesced);
    await recorder.until('begin old');
    await queue.enqueue('apply', { name: 'new' }, coalesced);
    await recorder.until('end new');
    expect(recorder.events).toEqual(['begin old', 'fail old', 'begin new', 'end new']);
  });

  test('a job that fails is tried again before those behind it', async () => {
    const { queue, recorder } = await opened();
    await queue.enqueue('plan', { name: 'a', fails: 2 }, { key: 'pr 7' });
    await queue.enqueue('plan', { name: 'b' }, { key: 'pr 7' });
    await queue.start();
    await recorder.until('end b');
    expect(recorder.events).toEqual([
      ...['begin a', 'fail a', 'begin a', 'fail a', 'begin a', 'end a'],
      ...['begin b', 'end b'],
    ]);
  });

  test('a job that fails to the end is set aside, told, and does not hold up its key', async () => {
    const { queue, recorder } = await opened();
    await queue.enqueue('plan', { name: 'bad\0', fails: 99 }, { key: 'pr 7' });
    await queue.enqueue('plan', { name: 'good' }, { key: 'pr 7' });
    await queue.start();
    await recorder.until('end good');
    expect(recorder.events.filter((event) => !event.startsWith('begin'))).toEqual([
      ...Array(3).fill('fail bad\u{fffd}'),
      'exhausted bad\u{fffd}',
      'end good',
    ]);
    expect(await queue.aside(10)).toMatchObject([
      {
        kind: 'plan',
        key: 'pr 7',
        payload: { name: 'bad\u{fffd}', fails: 99 },
        error: 'bad\u{fffd} fails for the 3. time',
      },
    ]);
    const left = { waiting: 0, delayed: 0, active: 0, retrying: 0, aside: 1 };
    await expect.poll(() => queue.stats()).toEqual(left);
    expect(await queue.blocked()).toEqual([]);
  });

  test('a key that waits for a retry is shown with its error and who waits', async () => {
    const { queue, recorder } = await opened();
    await queue.start();
    await queue.enqueue('apply', { name: 'a', fails: 1 }, { key: 'pr 7' });
    await queue.enqueue('plan', { name: 'b' }, { key: 'pr 7' });
    await recorder.until('fail a');
    await expect
      .poll(() => queue.blocked())
      .toMatchObject([
        { key: 'pr 7', kind: 'apply', failures: 1, error: 'a fails for the 1. time', waiting: 1 },
      ]);
    expect(await queue.stats()).toMatchObject({ retrying: 1, waiting: 1 });
    await recorder.until('end b');
  });

  test('a job of a kind that nobody handles is set aside', async () => {
    const { queue, recorder } = await opened();
    await queue.enqueue('unknown' as 'plan', { name: 'a' }, { key: 'pr 7' });
    await queue.enqueue('plan', { name: 'b' }, { key: 'pr 7' });
    await queue.start();
    await recorder.until('end b');
    expect(await queue.aside(10)).toMatchObject([
      { kind: 'unknown', error: "there is no handler for 'unknown'" },
    ]);
  });

  test('a job of whatever shape is set aside, and those that were taken with it are done', async () => {
    const database = await fresh();
    const { queue, recorder } = await open(database);
    const strange = ['null', '[]', '{"kind":"plan","from":null}', '{"kind":"plan","payload":null,"also":{}}'];
    for (const [index] of strange.entries()) await queue.enqueue('plan', { name: `${index}` });
    for (const [index, data] of strange.entries())
      await sql`update pgboss.job set data = ${data}::text::jsonb
        where data->'payload'->>'name' = ${`${index}`}`.execute(database.kysely);
    await queue.enqueue('plan', { name: 'after' });
    await queue.start();
    await recorder.until('end after');
    await expect.poll(() => queue.stats()).toMatchObject({ waiting: 0, active: 0, retrying: 0, aside: 4 });
  });

  test('a stop waits for the jobs that run, and takes no other', async () => {
    const { queue, recorder } = await opened({ places: only(1) });
    await queue.start();
    await queue.enqueue('plan', { name: 'a', takesMs: 600 });
    await queue.enqueue('plan', { name: 'b' });
    await recorder.until('begin a');
    await queue.stop({ gracefulMs: 10_000 });
    expect(recorder.events).toEqual(['begin a', 'end a']);
  });

  test('a stop aborts what takes too long and gives it back with its retries, in its place', async () => {
    const database = await fresh();
    const { queue, recorder } = await open(database);
    await queue.start();
    await queue.enqueue('plan', { name: 'a', takesMs: 20_000 }, { key: 'pr 7' });
    await queue.enqueue('plan', { name: 'b' }, { key: 'pr 7' });
    await recorder.until('begin a');
    await queue.stop({ gracefulMs: 50 });
    expect(recorder.events).toEqual(['begin a', 'abort a']);
    const next = await open(database);
    await next.queue.enqueue('plan', { name: 'a', fails: 2 }, { key: 'pr 7', coalesce: true });
    expect(await next.queue.stats()).toMatchObject({ waiting: 1, active: 0 });
    await next.queue.start();
    await next.recorder.until('end a');
    expect(await next.queue.aside(10)).toEqual([]);
  });

  test('a stop leaves off at once what nobody waits for, though it does not heed it', async () => {
    const database = await fresh();
    let begun = 0;
    const queue = await createQueue<{ sweep: object }>(database, {
      handlers: {
        sweep: {
          retries: 0,
          retryDelaySeconds: 0,
          leavesOff: true,
          handle() {
            begun++;
            return new Promise(() => {});
          },
        },
      },
      log: quiet,
      clock: systemClock,
    });
    await queue.enqueue('sweep', {});
    await queue.start();
    await expect.poll(() => begun).toBe(1);
    const before = performance.now();
    await queue.stop({ gracefulMs: 20_000 });
    expect(performance.now() - before).toBeLessThan(3_000);
    const { rows } = await sql`select 1 from pgboss.job where state = 'created' and retry_count = 0`.execute(
      database.kysely,
    );
    expect(rows).toHaveLength(1);
  });

  test('a recurring job runs once a period, however many processes ask for it', async () => {
    const database = await fresh();
    const both = [await open(database), await open(database)];
    for (const { queue } of both) {
      queue.every('plan', 1, { name: 'tick' });
      await queue.start();
    }
    const count = () => both.flatMap(({ recorder }) => ends(recorder)).length;
    await expect.poll(count, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(count() - before).toBeGreaterThanOrEqual(2);
    expect(count() - before).toBeLessThanOrEqual(4);
  });

  test('maintenance can run as a recurring job', async () => {
    const database = await fresh();
    const log = { ...quiet, error: vi.fn(), warn: vi.fn() };
    const queue = await createQueue<{ maintenance: object }>(database, {
      handlers: { maintenance: maintenance(database) },
      log,
      clock: systemClock,
    });
    queue.every('maintenance', 3600, {});
    await queue.start();
    const done = () =>
      sql`select 1 from pgboss.job where state = 'completed'`
        .execute(database.kysely)
        .then((r) => r.rows.length);
    await expect.poll(done).toBe(1);
    await queue.stop({ gracefulMs: 0 });
    expect([...log.error.mock.calls, ...log.warn.mock.calls]).toEqual([]);
  });

  describe('a delivery', () => {
    const delivery = {
      id: 'd-1',
      event: 'pull_request',
      action: 'opened',
      payload: { number: 7, text: 'a\0b' },
    };
    const job = { kind: 'plan', payload: { name: 'a' }, key: 'pr 7' } as const;

    test('is stored with its job, and begins it', async () => {
      const database = await fresh();
      const { queue, recorder } = await open(database);
      await queue.start();
      expect(await storeDelivery(database, queue, delivery, [job])).toBe('stored');
      await recorder.until('end a');
      expect(await deliveredPayload(database, 'd-1')).toEqual({ number: 7, text: 'a\u{fffd}b' });
    });

    test('that comes again does nothing, also when both come at the same time', async () => {
      const database = await fresh();
      const { queue, recorder } = await open(database);
      const outcomes = await Promise.all(
        [1, 2, 3].map(() => storeDelivery(database, queue, delivery, [job])),
      );
      expect(outcomes.sort()).toEqual(['duplicate', 'duplicate', 'stored']);
      expect(await storeDelivery(database, queue, delivery, [job])).toBe('duplicate');
      await queue.enqueue('plan', { name: 'last' }, { key: 'pr 7' });
      await queue.start();
      await recorder.until('end last');
      expect(ends(recorder)).toEqual(['a', 'last']);
    });

    test('of which the job cannot be enqueued is not stored either', async () => {
      const database = await fresh();
      const { queue } = await open(database);
      const failing = { ...queue, enqueueIn: async () => Promise.reject(new Error('no')) };
      await expect(storeDelivery(database, failing, delivery, [job])).rejects.toThrow('no');
      expect(await storeDelivery(database, queue, delivery, [job])).toBe('stored');
    });

    test('is handled when that is noted, or when there was nothing to do', async () => {
      const database = await fresh();
      const { queue } = await open(database);
      await storeDelivery(database, queue, delivery, [job]);
      await storeDelivery(database, queue, { ...delivery, id: 'd-2' }, []);
      await storeDelivery(database, queue, { ...delivery, id: 'd-3' }, [job]);
      await deliveryHandled(database, 'd-1');
      const unhandled = () =>
        database.kysely.selectFrom('delivery').select('id').where('handled_at', 'is', null).execute();
      expect(await unhandled()).toEqual([{ id: 'd-3' }]);
    });
  });
});

describe('an ordered id', () => {
  test('is a UUID that is greater than all before it', () => {
    const ids = Array.from({ length: 20_000 }, orderedId);
    expect(
      ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
