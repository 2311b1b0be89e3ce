import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
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

    test('are not taken while it lives, however long they take', async () => {
      const url = await createServerDatabase(postgres.url);
      const database = await openDatabase({ url });
      const recorders = [createRecorder(), createRecorder()];
      const queues = await Promise.all(recorders.map(({ record }) => recordingQueue(database, record)));
      for (const queue of queues) await queue.start();
      await queues[0]!.enqueue('plan', { name: 'long', takesMs: 12_000 }, { key: 'pr 7' });
      await Promise.race(recorders.map(({ until }) => until('end long')));
      expect(recorders.flatMap(({ events }) => events)).toEqual(['begin long', 'end long']);
      for (const queue of queues) await queue.stop({ gracefulMs: 0 });
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
