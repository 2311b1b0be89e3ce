import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { kept, prune } from '../../src/state/prune.ts';
import { createServerDatabase } from '../db/databases.ts';
import { describeWithServices } from '../services.ts';

const never = new AbortController().signal;

// On a server alone, which starts in no time: the embedded one runs the same in test/jobs/queue.test.ts.
await describeWithServices('what is kept', ['postgres'], ({ postgres }) => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase({ url: await createServerDatabase(postgres.url) });
    return () => database.close();
  });
  beforeEach(async () => {
    await sql`truncate delivery, journal, run, stack, stack_lock, pull_request, cancellation`.execute(
      database.kysely,
    );
  });
  const rows = async ({ kysely }: Database, table: string, column = 'id') => {
    const found = await sql<{
      id: string;
    }>`select ${sql.ref(column)}::text as id from ${sql.table(table)} order by 1`.execute(kysely);
    return found.rows.map(({ id }) => id);
  };
  const runs = (database: Database, stack: string, count: number, days: number, status = 'succeeded') =>
    sql`
      insert into run (id, stack, kind, status, plan, cause, started_at)
      select ${stack} || ' ' || ${days}::text || ' ' || number, ${stack}, 'apply', ${status}, '{}', '{}',
        now() - ${days} * interval '1 day' - number * interval '1 second'
      from generate_series(1, ${count}) as number`.execute(database.kysely);
  const entry = (database: Database, run: string, status: string) =>
    sql`
      insert into journal (run, intent, logical_id, operation, status, began_at)
      values (${run}, 'intent', 'Vpc', 'create', ${status}, now())`.execute(database.kysely);
  const stack = (database: Database, id: string, status: string, days: number) =>
    sql`
      insert into stack (id, environment, account, region, file, status, outputs, updated_at)
      values (${id}, 'dev', '1', 'eu-west-1', 'a.yaml', ${status}, '{}', now() - ${days} * interval '1 day')`.execute(
      database.kysely,
    );

  test('of webhooks are those of its days', async () => {
    for (const days of [kept.deliveryDays - 1, kept.deliveryDays + 1])
      await sql`
        insert into delivery (id, event, payload, received_at)
        select ${days}::text || ' ' || number, 'push', '{}', now() - ${days} * interval '1 day'
        from generate_series(1, 600) as number`.execute(database.kysely);
    expect(await prune(database, never)).toMatchObject({ delivery: 600 });
    expect(new Set((await rows(database, 'delivery')).map((id) => id.split(' ')[0]))).toEqual(
      new Set(['29']),
    );
  });

  test('of runs are those of its days and the latest of each stack, with their journals', async () => {
    await runs(database, 'busy', kept.runsOfStack, 1);
    await runs(database, 'busy', 3, kept.runDays + 1);
    await runs(database, 'quiet', 2, kept.runDays + 1);
    // Nobody knows what became of its call.
    await entry(database, 'busy 401 1', 'begun');
    await entry(database, 'busy 401 2', 'done');
    await entry(database, 'quiet 401 1', 'done');
    expect(await prune(database, never)).toMatchObject({ run: 2 });
    const left = await rows(database, 'run');
    expect(left.filter((id) => id.includes(' 401 '))).toEqual(['busy 401 1', 'quiet 401 1', 'quiet 401 2']);
    expect(await rows(database, 'journal', 'run')).toEqual(['busy 401 1', 'quiet 401 1']);
  });

  test('of destroyed stacks are those of its days, and those where anything is or is done', async () => {
    const old = kept.stackDays + 1;
    await stack(database, 'gone', 'destroyed', old);
    await stack(database, 'of late', 'destroyed', 1);
    await stack(database, 'there', 'applied', old);
    await stack(database, 'again', 'destroyed', old);
    await runs(database, 'again', 1, 0, 'running');
    await runs(database, 'gone', 2, old);
    await sql`insert into stack_lock (stack, fence, ttl_ms, expires_at) values ('gone', 7, 1, now())`.execute(
      database.kysely,
    );
    await prune(database, never);
    expect(await rows(database, 'stack')).toEqual(['again', 'of late', 'there']);
    expect(await rows(database, 'run', 'stack')).toEqual(['again']);
    // A process that stalled since then must not write after all.
    expect(await rows(database, 'stack_lock', 'fence')).toEqual(['7']);
  });

  test('of pull requests are those that are not settled, and for its days those that are', async () => {
    const cases: readonly [number, string, number][] = [
      [1, 'settled', kept.pullRequestDays + 1],
      [2, 'settled', kept.pullRequestDays - 1],
      [3, 'failed', kept.pullRequestDays + 1],
      [4, 'open', kept.pullRequestDays + 1],
    ];
    for (const [number, phase, days] of cases) {
      await sql`
        insert into pull_request (repository, number, head_sha, base_ref, review, updated_at)
        values ('acme/shop', ${number}, 'sha', 'main', ${JSON.stringify({ phase })}::text::json,
          now() - ${days} * interval '1 day')`.execute(database.kysely);
      await sql`insert into cancellation (repository, number, login, at)
        values ('acme/shop', ${number}, 'operator', now() - ${days} * interval '1 day')`.execute(
        database.kysely,
      );
    }
    await prune(database, never);
    expect(await rows(database, 'pull_request', 'number')).toEqual(['2', '3', '4']);
    expect(await rows(database, 'cancellation', 'number')).toEqual(['2', '3', '4']);
  });
});

test('a merge is not looked for any more when what is known of it may be gone', () => {
  expect(kept.mergeDays).toBeLessThan(kept.pullRequestDays);
});

test('the README says how long', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const table = /\| What \| Kept \|\n([\s\S]*?)\n\n/.exec(readme)![1]!;
  for (const days of [kept.deliveryDays, kept.runDays, kept.pullRequestDays])
    expect(table).toContain(`${days} days`);
  expect(table).toContain(`latest ${kept.runsOfStack} `);
});
