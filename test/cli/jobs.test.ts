import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { lockDirectory } from '../../src/db/directory-lock.ts';
import type { Queue } from '../../src/jobs/queue.ts';
import { createServerDatabase } from '../db/databases.ts';
import { createRecorder, recordingQueue, type TestPayloads } from '../jobs/recorder.ts';
import { describeWithServices } from '../services.ts';
import { runSlipway } from './run-slipway.ts';

await describeWithServices('jobs at the command line', ['postgres'], ({ postgres }) => {
  let url: string;
  let database: Database;
  let queue: Queue<TestPayloads>;
  let recorder: ReturnType<typeof createRecorder>;
  const run = (...args: string[]) => runSlipway(tmpdir(), { DATABASE_URL: url }, 'jobs', ...args);
  const json = async (...args: string[]) => {
    const { out, err } = await run(...args, '--json');
    expect(err).toBe('');
    return JSON.parse(out);
  };
  const asideIds = async (): Promise<string[]> =>
    (await json('list', '--aside')).aside.map(({ id }: { id: string }) => id);

  beforeAll(async () => {
    url = await createServerDatabase(postgres.url);
    database = await openDatabase({ url });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    recorder = createRecorder();
    queue = await recordingQueue(database, recorder.record);
    await sql`delete from pgboss.job`.execute(database.kysely);
    return () => queue.stop({ gracefulMs: 0 });
  });

  /** Two jobs of a key, of which the first fails to its end. */
  async function poison() {
    await queue.enqueue('plan', { name: 'bad', fails: 3 }, { key: 'acme/shop#7' });
    await queue.enqueue('plan', { name: 'good' }, { key: 'acme/shop#7' });
    await queue.start();
    await recorder.until('end good');
  }

  test('one that was given up is shown, and nothing waits for it', async () => {
    await poison();
    const { out, code } = await run('list');
    expect(code).toBe(0);
    const [id] = await asideIds();
    expect(out).toMatch(
      /^aside {2}plan {2}acme\/shop#7 {2}\S+Z {2}bad fails for the 3\. time {2}[0-9a-f-]{36}\n/,
    );
    expect(out).toContain(id);
    expect(out).toContain('0 active, 0 waiting, 0 delayed, 0 blocked, 1 aside');
    expect((await json('list')).aside).toMatchObject([{ payload: { name: 'bad' }, key: 'acme/shop#7' }]);
  });

  test('one that will be tried again is shown with its error and who waits, and apart what waits for nobody', async () => {
    await queue.enqueue('apply', { name: 'a', fails: 1 }, { key: 'acme/shop#8' });
    await queue.enqueue('plan', { name: 'b' }, { key: 'acme/shop#8' });
    await queue.enqueue('plan', { name: 'later' }, { key: 'acme/shop#9', delaySeconds: 600 });
    await queue.start();
    await recorder.until('fail a');
    await expect
      .poll(async () => (await json('list', '--blocked')).blocked)
      .toMatchObject([{ key: 'acme/shop#8', failures: 1, error: 'a fails for the 1. time', waiting: 1 }]);
    const { aside, blocked, queued } = await json('list', '--waiting');
    expect([aside, blocked]).toEqual([undefined, undefined]);
    expect(queued).toContainEqual(expect.objectContaining({ state: 'delayed', key: 'acme/shop#9' }));
  });

  test('one that is put back is done, once, before what came after it', async () => {
    await poison();
    const [id] = await asideIds();
    // It is not begun before both have asked for it.
    await queue.stop({ gracefulMs: 1000 });
    const later = createRecorder();
    queue = await recordingQueue(database, later.record);
    await queue.enqueue('plan', { name: 'newer' }, { key: 'acme/shop#7' });
    const both = await Promise.all([run('retry', id!), run('retry', id!.toUpperCase())]);
    expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(both.map(({ out }) => out).join('')).toBe(`${id} is put back before what came after it.\n`);
    expect(both.map(({ err }) => err).join('')).toContain('job-missing');
    expect(await asideIds()).toEqual([]);
    await queue.start();
    await later.until('end newer');
    expect(later.events).toEqual([
      ...Array(3).fill(['begin bad', 'fail bad']).flat(),
      ...['exhausted bad', 'begin newer', 'end newer'],
    ]);
    expect(await asideIds()).toEqual([id]);
  });

  test('all are put back, and what a newer one does already is left out', async () => {
    const key = { key: 'acme/shop#7', coalesce: true };
    await queue.enqueue('plan', { name: 'old', fails: 9 }, key);
    await queue.enqueue('plan', { name: 'bad', fails: 9 }, { key: 'acme/shop#8' });
    await queue.start();
    await Promise.all([recorder.until('exhausted old'), recorder.until('exhausted bad')]);
    await expect.poll(asideIds).toHaveLength(2);
    await queue.stop({ gracefulMs: 1000 });
    queue = await recordingQueue(database, () => {});
    await queue.enqueue('plan', { name: 'new' }, key);
    const back: { outcome: string }[] = await json('retry', '--all');
    expect(back.map(({ outcome }) => outcome).sort()).toEqual(['superseded', 'waiting']);
    expect(await json('retry', '--all')).toEqual([]);
    expect((await json('list', '--waiting')).queued).toHaveLength(2);
  });

  test('one that is forgotten is gone', async () => {
    await poison();
    const [id] = await asideIds();
    const other = '01920c5e-7d3a-7000-8000-5f1e6c2a9b40';
    // Nothing is done where one of several is not there.
    expect((await run('forget', id!, other)).err).toContain(`${other}: no such job is set aside`);
    expect(await asideIds()).toEqual([id]);
    expect((await run('forget', id!)).out).toBe('Deleted 1 job.\n');
    expect(await asideIds()).toEqual([]);
  });

  test.for([
    [['retry'], 'Name jobs by their ids, or say --all'],
    [['retry', '1', '--all'], 'Name jobs by their ids, or say --all'],
    [['retry', 'no-id'], 'no-id: no such job is set aside'],
  ] as const)('says what is wrong with %j', async ([args, says]) => {
    const { code, err } = await run(...args);
    expect(code).toBe(1);
    expect(err).toContain(says);
  });

  test('says that there is no queue in a database that no server had', async () => {
    const none = await createServerDatabase(postgres.url);
    const { code, err } = await runSlipway(tmpdir(), { DATABASE_URL: none }, 'jobs', 'list');
    expect([code, err]).toEqual([1, expect.stringContaining('There is no queue here')]);
  });
});

describe('jobs in an embedded database', () => {
  test('that a server holds are refused, with who holds it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-jobs-'));
    const directory = join(folder, '.slipway/db');
    const lock = lockDirectory(directory);
    const { code, err } = await runSlipway(folder, {}, 'jobs', 'list');
    lock.release();
    await rm(folder, { recursive: true, force: true });
    expect(code).toBe(1);
    expect(err).toContain(`is in use by process ${process.pid} on`);
  });
});
