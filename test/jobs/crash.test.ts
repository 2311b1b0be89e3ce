import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { createServerDatabase } from '../db/databases.ts';
import { describeWithServices } from '../services.ts';
import { createRecorder, recordingQueue } from './recorder.ts';

/** Runs the child until it has begun the first job. */
async function takesFirst(...location: ['url' | 'directory', string]): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('take-and-wait.ts', import.meta.url));
  const child = spawn(process.execPath, [program, ...location], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toBe('begin first\n');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

await describeWithServices(
  'on a server, the jobs of a process that was killed',
  ['postgres'],
  ({ postgres }) => {
    test('are taken over in seconds by another one, in the order of their key', async () => {
      const url = await createServerDatabase(postgres.url);
      const database = await openDatabase({ url });
      const recorder = createRecorder();
      const queue = await recordingQueue(database, recorder.record);
      await queue.enqueue('plan', { name: 'first', takesMs: 2000 }, { key: 'pr 7' });
      await queue.enqueue('plan', { name: 'second' }, { key: 'pr 7' });
      const child = await takesFirst('url', url);
      await queue.start();
      await kill(child);
      const before = Date.now();
      await recorder.until('begin first');
      const seconds = (Date.now() - before) / 1000;
      await recorder.until('end second');
      expect(recorder.events).toEqual(['begin first', 'end first', 'begin second', 'end second']);
      expect(seconds).toBeLessThan(15);
      await queue.stop({ gracefulMs: 0 });
      await database.close();
    });

    test('are not taken while it lives, however long they take, also while it waits to stop', async () => {
      const url = await createServerDatabase(postgres.url);
      const database = await openDatabase({ url });
      const recorder = createRecorder();
      const [one, other] = await Promise.all([1, 2].map(() => recordingQueue(database, recorder.record)));
      await one!.start();
      await one!.enqueue('plan', { name: 'long', takesMs: 12_000 }, { key: 'pr 7' });
      await recorder.until('begin long');
      await other!.start();
      await one!.stop({ gracefulMs: 20_000 });
      expect(recorder.events).toEqual(['begin long', 'end long']);
      await other!.stop({ gracefulMs: 0 });
      await database.close();
    });

    test('that kill every process are given up after their retries', async () => {
      const url = await createServerDatabase(postgres.url);
      const database = await openDatabase({ url });
      const recorder = createRecorder();
      const queue = await recordingQueue(database, recorder.record);
      await queue.enqueue('plan', { name: 'first', takesMs: 2000 }, { key: 'pr 7' });
      for (let attempt = 0; attempt < 3; attempt++) {
        await kill(await takesFirst('url', url));
        // As if the seconds had passed that the next process would have to wait.
        await sql`update pgboss.job set heartbeat_on = now() - interval '1 hour' where state = 'active'`.execute(
          database.kysely,
        );
      }
      await queue.start();
      await recorder.until('exhausted first');
      expect(recorder.events).toEqual(['exhausted first']);
      await expect
        .poll(() => queue.aside(10))
        .toMatchObject([{ error: 'The process that had this job ended or stalled' }]);
      await queue.stop({ gracefulMs: 0 });
      await database.close();
    });
  },
);

test('in a directory, the jobs of a process that was killed are taken at once by the next one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-jobs-'));
  await kill(await takesFirst('directory', directory));
  const database = await openDatabase({ directory });
  const recorder = createRecorder();
  const queue = await recordingQueue(database, recorder.record);
  const before = Date.now();
  await queue.start();
  await recorder.until('begin first');
  expect(Date.now() - before).toBeLessThan(2000);
  await recorder.until('end second');
  expect(recorder.events).toEqual(['begin first', 'end first', 'begin second', 'end second']);
  await queue.stop({ gracefulMs: 0 });
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

await describeWithServices('a server that drops all connections', ['postgres'], ({ postgres }) => {
  test('is used again without a restart of the process', async () => {
    const url = await createServerDatabase(postgres.url);
    const database = await openDatabase({ url });
    const recorder = createRecorder();
    const queue = await recordingQueue(database, recorder.record);
    await queue.start();
    await queue.enqueue('plan', { name: 'before' });
    await recorder.until('end before');
    const administrator = new pg.Client({ connectionString: postgres.url });
    await administrator.connect();
    const { rowCount } = await administrator.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [new URL(url).pathname.slice(1)],
    );
    expect(rowCount).toBeGreaterThan(0);
    await administrator.end();
    await expect
      .poll(() => queue.enqueue('plan', { name: 'after' }).then(() => 'enqueued', String), {
        timeout: 10_000,
      })
      .toBe('enqueued');
    await recorder.until('end after');
    await queue.stop({ gracefulMs: 0 });
    await database.close();
  });
});
