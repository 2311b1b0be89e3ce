/** What the database holds, encrypted: that nothing sensitive is to be read in it, and that the keys can be changed. */
import { sql } from 'kysely';
import { afterEach, expect, test, vi } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import { backup, restore } from '../../src/db/backup.ts';
import { beginEncryption, rewrapDataKeys, rotateDataKey } from '../../src/db/data-keys.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { countByKey, encryptRows, isAllEncrypted } from '../../src/db/encrypt-rows.ts';
import { encryptedColumns } from '../../src/db/encrypted-columns.ts';
import { deliveredPayload, storeDelivery } from '../../src/jobs/deliveries.ts';
import { encryption } from '../../src/jobs/encryption.ts';
import type { Queue } from '../../src/jobs/queue.ts';
import type { OperatorKeys } from '../../src/secret/operator-keys.ts';
import { createComplianceRecords } from '../../src/state/compliance.ts';
import { createState } from '../../src/state/create-state.ts';
import { fingerprintKey } from '../../src/state/fingerprint-key.ts';
import { createHeard } from '../../src/state/heard.ts';
import { createPullRequests, type PullRequestRecord } from '../../src/state/pull-requests.ts';
import { allCreated, openSsh } from '../review/plans.ts';
import { review, stackOf } from '../review/situations.ts';
import { describeWithServices } from '../services.ts';
import { hold } from '../state/contract.ts';
import { begun, resourceRecord, runRecord, shop, stackRecord } from '../state/records.ts';
import { createServerDatabase } from './databases.ts';
import { keysOf, makeKey } from './keys.ts';

const clock: Clock = { now: () => new Date('2026-01-02T03:05:00.123Z'), sleep: async () => {} };
const at = new Date('2030-01-01T00:00:00Z');
const repository = 'acme/shop';

/** Stands in everything that is written, and is to be found nowhere. */
const canary = 'sensitive-canary';

const noJobs = {} as Queue<Record<string, never>>;

/** Writes into every column that is encrypted, as Slipway writes them. */
async function fill(database: Database): Promise<void> {
  const state = createState(database, clock);
  const lock = await hold(state);
  await state.putStack(stackRecord({ outputs: { Id: { value: canary, exportName: 'id' } } }), lock);
  const [properties, attributes] = [{ Name: canary, Long: canary.repeat(200) }, { Arn: canary }];
  await state.putResource(resourceRecord({ properties, attributes }), lock);
  const { plan } = runRecord();
  const changed = { ...allCreated(), stack: shop, account: plan.account, region: plan.region };
  const version = { file: canary, text: canary, parameters: {}, secretParameters: [], ssmParameters: {} };
  await state.beginRun(runRecord({ plan: changed, version }), lock);
  await state.begin(begun(), lock);
  await state.end({ run: 'run-1', intent: 'intent-1', status: 'failed', error: canary }, lock);
  await state.endRun('run-1', 'failed', canary, lock);
  await storeDelivery(database, noJobs, delivery, []);
  await createPullRequests(database, clock.now).put(pullRequest);
  const findings = [{ ...openSsh, message: canary }];
  await createComplianceRecords(database).keep({ stack: shop, repository, at: at.toISOString(), findings });
  await fingerprintKey(database);
  await state.unlock(lock);
}

const delivery = {
  id: 'd-1',
  event: 'pull_request',
  action: 'synchronize',
  repository,
  payload: {
    number: 12,
    sender: { login: 'author' },
    pull_request: { title: canary, merged: true, head: { sha: 'abc' } },
  },
};

const pullRequest: PullRequestRecord = {
  repository,
  number: 12,
  headSha: 'abc',
  baseRef: 'main',
  review: review([stackOf({ ...allCreated(), stack: shop })], {
    merged: true,
    diagnostics: [{ severity: 'error', code: 'internal', summary: canary }],
  }),
  shown: [{ at: '2026-01-02T03:04:05Z', headSha: 'abc', digests: {} }],
  statements: [],
  pushers: ['pusher'],
  labels: ['infra'],
  phase: 'applying',
};

/** Everything that is read of it, by all the ways in which it is. */
async function readAll(database: Database) {
  const state = createState(database, clock);
  const pullRequests = createPullRequests(database, clock.now);
  const heard = createHeard(database);
  return {
    stack: await state.stack(shop),
    exports: [...(await state.exports('111111111111', 'eu-west-1'))],
    resources: await state.resources(shop),
    run: await state.run('run-1'),
    history: await state.history(shop),
    journal: await state.journal('run-1'),
    delivered: await deliveredPayload(database, 'd-1'),
    pullRequest: await pullRequests.get(repository, 12),
    merged: await pullRequests.mergedReviews(repository),
    open: await pullRequests.openReviews(repository),
    proposers: await pullRequests.proposersOf(repository, 'abc', 1),
    pushers: await pullRequests.pushers(repository, 12),
    lastHeard: await pullRequests.lastHeard(repository, 12),
    known: await heard.known(repository),
    heads: [...(await heard.heads(repository, ['abc', 'def']))],
    merges: [...(await heard.merges(repository, [12, 13]))],
    findings: await createComplianceRecords(database).date(shop, [openSsh]),
    fingerprintKey: await fingerprintKey(database),
  };
}

async function linesOf(database: Database): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of backup(database, at)) lines.push(line.slice(0, -1));
  return lines;
}

async function* given(lines: readonly string[]) {
  yield* lines;
}

/** The reasons are in encrypted-columns.ts. */
const readable = [
  'code_scanning.files',
  'delivery.facts',
  'policy_set.files',
  'policy_set.problems',
  'pull_request.facts',
  'resource.depends_on',
  'run.cause',
  'run.facts',
  'stack.former_files',
  'stack.imports',
];

await describeWithServices('an encrypted database', ['postgres'], ({ postgres }) => {
  const [own, next] = [makeKey(), makeKey()];
  const opened: Database[] = [];
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });
  /** A database of the test's own, or another process's view of one. */
  const open = async (keys?: OperatorKeys, url?: string) => {
    const database = await openDatabase({ url: url ?? (await createServerDatabase(postgres.url)), keys });
    opened.push(database);
    return database;
  };

  test('every JSON column is encrypted, or it is said here that it need not be', async () => {
    const database = await open();
    const { rows } = await sql<{ name: string }>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and data_type in ('json', 'jsonb')`.execute(database.kysely);
    const encrypted = Object.values(encryptedColumns).map(({ table, column }) => `${table}.${column}`);
    const names = rows.map(({ name }) => name).filter((name) => !encrypted.includes(name));
    expect(names.sort()).toEqual(readable);
  });

  test('nothing sensitive is to be read in it, and it is read back as without encryption', async () => {
    const plain = await open();
    const database = await open(keysOf(makeKey()));
    for (const one of [plain, database]) await fill(one);
    const before = await readAll(plain);
    expect((await linesOf(plain)).join('\n').split(canary).length).toBeGreaterThan(10);
    expect((await linesOf(plain)).join('\n')).toContain(before.fingerprintKey);
    const after = await readAll(database);
    expect({ ...after, fingerprintKey: before.fingerprintKey }).toEqual(before);
    const text = (await linesOf(database)).join('\n');
    for (const sensitive of [canary, after.fingerprintKey, '10.0.0.0/16'])
      expect(text).not.toContain(sensitive);
    expect(await countByKey(database.kysely)).toEqual(
      new Map([[await database.encryption.current(database.kysely), 11]]),
    );
  });

  test('a value that is put elsewhere, or altered, is not read', async () => {
    const database = await open(keysOf(makeKey()));
    await fill(database);
    const state = createState(database, clock);
    await state.putResource(resourceRecord({ logicalId: 'Other' }), await hold(state, 'again'));
    const broken = { code: 'encryption-broken' };
    await sql`update resource set properties = (select properties from resource where logical_id = 'Other')`.execute(
      database.kysely,
    );
    await expect(state.resources(shop)).rejects.toMatchObject(broken);
    await sql`update stack set outputs = to_jsonb(overlay(outputs #>> '{}' placing 'AAAA' from 60))`.execute(
      database.kysely,
    );
    await expect(state.stack(shop)).rejects.toMatchObject(broken);
  });

  test('what is readable is refused once all was encrypted, and taken if an operator says so', async () => {
    const url = await createServerDatabase(postgres.url);
    await fill(await open(undefined, url));
    for (const one of opened.splice(0)) await one.close();
    const database = await open(keysOf(own), url);
    const state = createState(database, clock);
    const job = encryption(database, { warn: () => {}, info: () => {} } as unknown as Log);
    const run = () => job.handle({}, new AbortController().signal);
    // Of before there was a key.
    expect(await state.stack(shop)).toBeDefined();
    await sql`update data_key set made_at = made_at - interval '5 minutes'`.execute(database.kysely);
    await run();
    expect(await isAllEncrypted(database)).toBe(true);
    // As somebody can who has the database and no key.
    await sql`update stack set outputs = '{"Id":{"value":"theirs"}}'`.execute(database.kysely);
    const broken = { code: 'encryption-broken' };
    for (const one of [database, await open(keysOf(own), url)])
      await expect(createState(one, clock).stack(shop)).rejects.toMatchObject(broken);
    // Nor is it made to look like Slipway's own; all others are encrypted anew.
    const second = await rotateDataKey(database);
    await expect(run()).rejects.toMatchObject(broken);
    expect(await countByKey(database.kysely)).toEqual(
      new Map([
        [second, 10],
        [undefined, 1],
      ]),
    );
    expect(await encryptRows(database, { takesReadable: true })).toBe(1);
    expect((await state.stack(shop))?.outputs).toEqual({ Id: { value: 'theirs' } });
  });

  test('nothing is written readably because the data keys were deleted', async () => {
    const url = await createServerDatabase(postgres.url);
    const database = await open(keysOf(own), url);
    await sql`delete from data_key`.execute(database.kysely);
    // The next look at the data keys.
    const later = performance.now() + 120_000;
    const clockOfProcess = vi.spyOn(performance, 'now').mockReturnValue(later);
    try {
      const put = () => createPullRequests(database, clock.now).put(pullRequest);
      await expect(put()).rejects.toMatchObject({ code: 'encryption-broken' });
      await expect(put()).rejects.toMatchObject({ code: 'encryption-broken' });
    } finally {
      clockOfProcess.mockRestore();
    }
    expect((await linesOf(database)).join('\n')).not.toContain(canary);
  });

  test('an error that looks like an encrypted value is read as an error', async () => {
    const database = await open();
    const state = createState(database, clock);
    const lock = await hold(state);
    await state.beginRun(runRecord(), lock);
    const error = 'encrypted:1:0123456789ab:AAAA';
    await state.endRun('run-1', 'failed', error, lock);
    expect((await state.run('run-1'))?.error?.trim()).toBe(error);
  });

  test('a backup holds what is encrypted, and is restored with the key that it was made with and no other', async () => {
    const key = makeKey();
    const database = await open(keysOf(key));
    const same = await open(keysOf(key));
    const others = [await open(), await open(keysOf(makeKey()))];
    await fill(database);
    await rotateDataKey(database);
    const lines = await linesOf(database);
    for (const other of others) {
      await expect(restore(other, given(lines))).rejects.toMatchObject({ code: 'encryption-key' });
      expect(await createState(other, clock).stacks()).toEqual([]);
    }
    await restore(same, given(lines));
    expect(await readAll(same)).toEqual(await readAll(database));
  });

  test('is encrypted while it is used, once no process without the key is connected', async () => {
    const url = await createServerDatabase(postgres.url);
    const without = await open(undefined, url);
    await fill(without);
    const before = await readAll(without);
    const database = await open(keysOf(own), url);
    const second = await open(keysOf(own), url);
    const said: string[] = [];
    const log = {
      warn: (words: string) => said.push(words),
      info: (_: object, words: string) => said.push(words),
    };
    const job = encryption(database, log as unknown as Log);
    await job.handle({}, new AbortController().signal);
    expect(said).toEqual([expect.stringContaining('nothing is encrypted yet')]);
    await expect(rotateDataKey(database)).rejects.toMatchObject({ code: 'encryption-waits' });
    expect(await readAll(database)).toEqual(before);
    // As after a while in which it had nothing to do.
    await sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and mode = 'ShareLock'`.execute(
      database.kysely,
    );
    await expect.poll(() => beginEncryption(database)).toBe(true);
    // Nobody comes in without the key any more, nor with another one, and nothing is changed by trying.
    for (const keys of [undefined, keysOf(next)])
      await expect(openDatabase({ url, keys })).rejects.toMatchObject({ code: 'encryption-key' });
    const { stack, putStack } = createState(without, clock);
    for (const use of [() => stack(shop), () => putStack(stackRecord())])
      await expect(use()).rejects.toMatchObject({ code: 'encryption-key' });
    await job.handle({}, new AbortController().signal);
    expect(said.at(-1)).toBe('values were encrypted');
    expect([...(await countByKey(database.kysely)).keys()]).not.toContain(undefined);
    // The other was opened before there was a data key.
    expect(await readAll(second)).toEqual(before);
    expect(await readAll(database)).toEqual(before);
    expect((await linesOf(database)).join('\n')).not.toContain(canary);
  });

  test('no read fails and nothing is lost while the data key changes under two processes', async () => {
    const url = await createServerDatabase(postgres.url);
    const [database, other] = [await open(keysOf(own), url), await open(keysOf(own), url)];
    await fill(database);
    const state = createState(other, clock);
    const lock = await hold(state, 'other');
    const names = Array.from({ length: 250 }, (_, index) => `R${index}`);
    await Promise.all(names.map((logicalId) => state.putResource(resourceRecord({ logicalId }), lock)));
    const pullRequests = createPullRequests(other, clock.now);
    let isDone = false;
    let written = 0;
    // Goes on with the data key that it knows, as long as it has not met the new one.
    const work = (async () => {
      while (!isDone) {
        await pullRequests.put({ ...pullRequest, number: 13, headSha: `h${++written}` });
        await state.putResource(resourceRecord({ attributes: { Count: written } }), lock);
        expect(await state.resources(shop)).toHaveLength(251);
        expect((await pullRequests.get(repository, 13))?.headSha).toBe(`h${written}`);
      }
    })();
    const first = await database.encryption.current(database.kysely);
    const second = await rotateDataKey(database);
    expect(second).not.toBe(first);
    for (let round = 0; round < 2; round++) await encryptRows(database);
    isDone = true;
    await work;
    await encryptRows(database);
    expect([...(await countByKey(database.kysely)).keys()]).toEqual([second]);
    expect(await other.encryption.current(other.kysely)).toBe(second);
    const vpc = (await createState(database, clock).resources(shop)).find((r) => r.logicalId === 'Vpc');
    expect(vpc?.attributes).toEqual({ Count: written });
    // Who has not heard of the new one may still write with the one before: not yet done for good.
    expect(await isAllEncrypted(database)).toBe(false);
    await sql`update data_key set made_at = made_at - interval '5 minutes'`.execute(database.kysely);
    await encryptRows(database);
    expect(await isAllEncrypted(database)).toBe(true);
  });

  test("the operator's key changes while processes run, and the one before can go", async () => {
    const url = await createServerDatabase(postgres.url);
    const running = await open(keysOf(own), url);
    const database = await open(keysOf(next, own), url);
    await fill(running);
    expect(await rewrapDataKeys(database)).toBe(1);
    const before = await readAll(running);
    const later = await open(keysOf(next), url);
    expect(await readAll(later)).toEqual(before);
    await expect(openDatabase({ url, keys: keysOf(own) })).rejects.toMatchObject({ code: 'encryption-key' });
  });

  test('what others wrap meanwhile, by another key, is wrapped too', async () => {
    const url = await createServerDatabase(postgres.url);
    const [old, rotating] = [await open(keysOf(own), url), await open(keysOf(own, next), url)];
    const keys = keysOf(next, own);
    let raced = 0;
    const database = await open(
      {
        ...keys,
        async wrap(id, dataKey) {
          // One makes a data key, and one wraps all by the key that is to go.
          if (raced++ === 0) {
            await rotateDataKey(old);
            await rewrapDataKeys(rotating);
          }
          return keys.wrap(id, dataKey);
        },
      },
      url,
    );
    expect(await rewrapDataKeys(database)).toBe(2);
    await expect(open(keysOf(next), url)).resolves.toBeDefined();
  });

  test('processes that begin at once agree on one data key', async () => {
    const url = await createServerDatabase(postgres.url);
    const began = await Promise.all([1, 2, 3].map(() => open(keysOf(own), url)));
    const ids = await Promise.all(began.map((one) => one.encryption.current(one.kysely)));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toBeDefined();
    expect(await fingerprintKey(began[0]!)).toBe(await fingerprintKey(began[2]!));
  });
});
