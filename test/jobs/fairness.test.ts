import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { WORK } from '../../src/jobs/boss.ts';
import type { Queue } from '../../src/jobs/queue.ts';
import { readSchemaMark } from '../../src/jobs/schema-mark.ts';
import { placesOf, takeJobs } from '../../src/jobs/take.ts';
import { createServerDatabase } from '../db/databases.ts';
import { describeWithServices } from '../services.ts';
import { createRecorder, recordingQueue, type TestJob, type TestPayloads } from './recorder.ts';

const defaultPlaces = placesOf(10);

const of = (owner: string, repo: string, installation: number) => ({ owner, repo, installation });
const busy = of('acme', 'busy', 1);
const quiet = of('acme', 'quiet', 1);
const other = of('else', 'other', 2);

/** As many as a repository with so many stacks may ask for, in one statement: one by one would take seconds. */
async function enqueueMany(database: Database, queue: Queue<TestPayloads>, jobs: number, job: TestJob) {
  await queue.enqueue('plan', job, { key: 'first' });
  await sql`
    insert into pgboss.job (name, data, policy, singleton_key, group_id, group_tier, retry_limit, created_on)
    select name, data, policy, 'key ' || number, group_id, group_tier, retry_limit, created_on
    from pgboss.job, generate_series(2, ${jobs}) as number where name = ${WORK}`.execute(database.kysely);
}

// On a server alone, which starts in no time: the embedded one runs the same in test/jobs/queue.test.ts.
await describeWithServices('who gets the next place', ['postgres'], ({ postgres }) => {
  let database: Database;
  let queue: Queue<TestPayloads>;
  beforeAll(async () => {
    database = await openDatabase({ url: await createServerDatabase(postgres.url) });
    queue = await recordingQueue(database, () => {});
    return async () => {
      await queue.stop({ gracefulMs: 0 });
      await database.close();
    };
  });
  beforeEach(async () => {
    await sql`delete from pgboss.job`.execute(database.kysely);
  });
  const taken = async (places = defaultPlaces, ours: TestJob[] = []) => {
    const running = ours.map((job) => ({
      groupId: `${job.owner}/${job.repo}`,
      groupTier: String(job.installation),
    }));
    const jobs = await takeJobs(database.kysely, running, places, await readSchemaMark(database.kysely));
    return jobs.map(({ data }) => (data.payload as TestJob).name);
  };

  test('is whoever has the fewest: first an installation, then a repository of it', async () => {
    await enqueueMany(database, queue, 6, { name: 'busy', ...busy });
    await queue.enqueue('plan', { name: 'quiet', ...quiet });
    await queue.enqueue('plan', { name: 'other 1', ...other });
    await queue.enqueue('plan', { name: 'other 2', ...other });
    await queue.enqueue('plan', { name: 'own' });
    const one = { ...defaultPlaces, all: 1 };
    const order: string[] = [];
    for (let i = 0; i < 6; i++) order.push(...(await taken(one)));
    expect(order).toEqual(['busy', 'other 1', 'own', 'quiet', 'other 2', 'busy']);
  });

  const cases: readonly [string, Partial<typeof defaultPlaces>, TestJob[], number][] = [
    ['a repository leaves places to others', {}, [], 8],
    ['those that it has already count', {}, Array(5).fill({ name: '', ...busy }), 3],
    ['an installation has a limit of its own', { installation: 4 }, [{ name: '', ...quiet }], 3],
    ['and so has the process', { all: 6 }, [{ name: '', ...other }], 5],
  ];
  test.for(cases)('%s', async ([, places, ours, expected]) => {
    await enqueueMany(database, queue, 20, { name: 'busy', ...busy });
    expect(await taken({ ...defaultPlaces, ...places }, ours)).toHaveLength(expected);
  });

  test('what is urgent goes first, and needs no place', async () => {
    await enqueueMany(database, queue, 20, { name: 'busy', ...busy });
    await queue.enqueue('plan', { name: 'cancel', ...busy }, { urgent: true });
    const full: TestJob[] = Array(defaultPlaces.all).fill({ name: '', ...busy });
    expect(await taken(defaultPlaces, full)).toEqual(['cancel']);
    expect(await taken(defaultPlaces, full)).toEqual([]);
    await queue.enqueue('plan', { name: 'cancel', ...busy }, { urgent: true });
    expect(await taken({ ...defaultPlaces, all: 1 })).toEqual(['cancel']);
  });
});

await describeWithServices('a burst of pushes to one pull request', ['postgres'], ({ postgres }) => {
  test('is a few reviews in two processes, one after the other, and the newest is the last', async () => {
    const database = await openDatabase({ url: await createServerDatabase(postgres.url) });
    const recorder = createRecorder();
    const both = await Promise.all([1, 2].map(() => recordingQueue(database, recorder.record)));
    await Promise.all(both.map((queue) => queue.start()));
    const pushed = { key: 'acme/busy#7', coalesce: true };
    for (let push = 1; push <= 50; push++)
      await both[push % 2]!.enqueue('plan', { name: `${push}`, takesMs: 500, ...busy }, pushed);
    await both[0]!.enqueue('apply', { name: 'merge', ...busy }, { key: 'acme/busy#7' });
    await recorder.until('end merge');
    const { events } = recorder;
    const begun = events.filter((event) => event.startsWith('begin'));
    // None beside another one, and each is ended before the next begins.
    expect(events).toEqual(begun.flatMap((event) => [event, event.replace('begin', 'end')]));
    expect(begun.slice(-2)).toEqual(['begin 50', 'begin merge']);
    expect(begun.length).toBeLessThan(25);
    await Promise.all(both.map((queue) => queue.stop({ gracefulMs: 0 })));
    await database.close();
  });
});

await describeWithServices('500 jobs of one repository', ['postgres'], ({ postgres }) => {
  test.for([1, 2])('hold up no other, with %i processes', async (processes) => {
    const url = await createServerDatabase(postgres.url);
    const database = await openDatabase({ url });
    const recorder = createRecorder();
    const queues = await Promise.all(
      Array.from({ length: processes }, () => recordingQueue(database, recorder.record)),
    );
    await enqueueMany(database, queues[0]!, 500, { name: 'busy', takesMs: 30, ...busy });
    await Promise.all(queues.map((queue) => queue.start()));
    await recorder.until('end busy', 20);
    const before = recorder.events.length;
    await queues[0]!.enqueue('plan', { name: 'quiet', ...quiet });
    await recorder.until('end quiet');
    const since = recorder.events.slice(before);
    const ahead = since.slice(0, since.indexOf('begin quiet')).filter((event) => event === 'begin busy');
    // Those that were being taken while it came: no more than there are places.
    expect(ahead.length).toBeLessThanOrEqual(defaultPlaces.all * processes);
    const { waiting } = await queues[0]!.stats();
    expect(Number(waiting)).toBeGreaterThan(300);
    await Promise.all(queues.map((queue) => queue.stop({ gracefulMs: 0 })));
    await database.close();
  });

  test('leave places for long ones of others, while they take long themselves', async () => {
    const url = await createServerDatabase(postgres.url);
    const database = await openDatabase({ url });
    const recorder = createRecorder();
    const queue = await recordingQueue(database, recorder.record);
    await enqueueMany(database, queue, 30, { name: 'busy', takesMs: 20_000, ...busy });
    await queue.start();
    await recorder.until('begin busy', defaultPlaces.repository);
    await queue.enqueue('plan', { name: 'quiet', ...quiet });
    await recorder.until('end quiet');
    expect(recorder.events).not.toContain('end busy');
    await queue.stop({ gracefulMs: 0 });
    await database.close();
  });
});
