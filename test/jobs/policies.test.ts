import { expect, test } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import type { JobPayloads } from '../../src/jobs/kinds.ts';
import { type PolicyJobDependencies, policyJobs, untilPoliciesAreRead } from '../../src/jobs/policies.ts';
import type { Queue } from '../../src/jobs/queue.ts';
import type { CheckOutput } from '../../src/review/checks.ts';
import { createCodeScanning, type FindingsByFile } from '../../src/state/code-scanning.ts';
import { createPolicySets } from '../../src/state/policy-sets.ts';
import { policiesInForce } from '../../src/workflow/policies-in-force.ts';
import type { Repository } from '../../src/workflow/repository.ts';
import { describeWithDatabases } from '../db/databases.ts';
import { policyText } from '../policy/organisation-policy.ts';

const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string];
const source = { owner: 'acme', repo: 'policies', ref: 'main', folder: '' };
const place = { installation: 5, owner: 'acme', repo: 'policies' };
const signal = new AbortController().signal;
const good = { 'network/a.yaml': policyText('a') };

/** A process of Slipway beside a repository, with what it asks of its queue. */
function processOn(database: Database) {
  const sets = createPolicySets(database.kysely);
  const inForce = policiesInForce([], source, sets);
  const enqueued: string[] = [];
  const published: { sha: string; check: CheckOutput }[] = [];
  const github = { commit: one, files: good as Readonly<Record<string, string>>, installed: true };
  const dependencies: PolicyJobDependencies = {
    policies: { own: [], source, sets, inForce },
    database,
    queue: () =>
      ({
        enqueueIn: async (_: unknown, kind: string, payload: { sha?: string }) =>
          void enqueued.push([kind, payload.sha?.[0]].filter(Boolean).join(' ')),
        wake: () => {},
      }) as unknown as Queue<JobPayloads>,
    find: async () => (github.installed ? place : undefined),
    files: async () => ({
      commitsOf: async () => [github.commit],
      list: async () => Object.entries(github.files).map(([path, text]) => ({ path, bytes: text.length })),
      readFiles: async () => new Map(Object.entries(github.files)),
    }),
    open: async () =>
      ({
        publishChecks: async (sha: string, [check]: readonly CheckOutput[]) =>
          void published.push({ sha, check: check! }),
      }) as unknown as Repository,
    log: { info: () => {}, error: () => {} },
  };
  const jobs = policyJobs(dependencies);
  return {
    dependencies,
    github,
    inForce,
    published,
    jobs,
    /** What it asks of the queue when it looks. */
    async look() {
      enqueued.length = 0;
      await jobs.policies.handle({}, signal);
      return [...enqueued];
    },
  };
}

await describeWithDatabases("the organisation's policies", (fresh) => {
  test('are taken up where they have changed, have open pull requests planned again, and their commit tested', async () => {
    const { look, github, inForce } = processOn(await fresh());
    expect(await look()).toEqual(['sweep', 'check-policies 1']);
    expect(await look()).toEqual([]);
    Object.assign(github, { commit: two, files: { 'network/b.yaml': policyText('b') } });
    expect(await look()).toEqual(['sweep', 'check-policies 2']);
    expect(inForce.policies().map(({ id }) => id)).toEqual(['b']);
  });

  test('have nothing planned again where only something else has changed, or they are broken', async () => {
    const { look, github, inForce } = processOn(await fresh());
    await look();
    Object.assign(github, { commit: two, files: { ...good, 'README.md': 'Ours' } });
    expect(await look()).toEqual(['check-policies 2']);
    Object.assign(github, { commit: three, files: { 'a.yaml': 'nothing' } });
    expect(await look()).toEqual(['check-policies 3']);
    expect([inForce.standing(), inForce.policies().length]).toEqual(['earlier', 1]);
    expect(await look()).toEqual([]);
  });

  test('are in force for every process, and for one that starts while GitHub is away', async () => {
    const database = await fresh();
    await processOn(database).look();
    const other = processOn(database);
    await other.inForce.refresh();
    expect(other.inForce.policies().map(({ id }) => id)).toEqual(['a']);
  });

  test('are looked for at every start, and waited for where nobody has read them yet', async () => {
    const database = await fresh();
    const { dependencies, inForce } = processOn(database);
    let isAway = true;
    let tries = 0;
    const clock = {
      now: () => new Date(),
      async sleep() {
        tries++;
        isAway = tries < 3;
      },
    };
    const find: typeof dependencies.find = async () => {
      if (isAway) throw new Error('GitHub does not answer');
      return place;
    };
    await untilPoliciesAreRead({ ...dependencies, find }, clock, signal);
    expect([tries, inForce.standing()]).toEqual([3, 'ok']);
    const later = processOn(database);
    Object.assign(later.github, { commit: two, files: { 'b.yaml': policyText('b') } });
    await untilPoliciesAreRead(
      { ...later.dependencies, find: () => Promise.reject(new Error()) },
      clock,
      signal,
    );
    expect(later.inForce.policies().map(({ id }) => id)).toEqual(['a']);
    await untilPoliciesAreRead(later.dependencies, clock, signal);
    expect([tries, later.inForce.policies().map(({ id }) => id)]).toEqual([3, ['b']]);
  });

  test('are not put back by a process that has looked before another and is slower', async () => {
    const database = await fresh();
    const [slow, quick] = [processOn(database), processOn(database)];
    await slow.look();
    Object.assign(quick.github, { commit: three, files: { 'c.yaml': policyText('c') } });
    Object.assign(slow.github, { commit: two, files: { 'b.yaml': policyText('b') } });
    const sets = createPolicySets(database.kysely);
    const known = await sets.get('acme/policies@main');
    await quick.look();
    const late = database.kysely
      .transaction()
      .execute((transaction) =>
        sets.put(transaction, 'acme/policies@main', known, { seen: two, commit: two, problems: [] }, []),
      );
    expect(await late).toBe(false);
    expect((await sets.get('acme/policies@main'))?.commit).toBe(three);
  });

  test('are tested where they are, and nowhere else', async () => {
    const { jobs, published } = processOn(await fresh());
    await jobs['check-policies'].handle({ ...place, sha: one }, signal);
    await jobs['check-policies'].handle({ ...place, repo: 'shop', sha: two }, signal);
    await jobs['check-policies'].onExhausted?.({ ...place, sha: three }, new Error());
    expect(published.map(({ sha, check }) => [sha, check.conclusion])).toEqual([
      [one, 'success'],
      [three, 'failure'],
    ]);
  });
});

await describeWithDatabases('what code scanning was told', (fresh) => {
  const found = (logicalId: string) =>
    [{ logicalId, environments: ['dev'] }] as never as FindingsByFile[string];

  test('is kept by the template, also where two merges end at once, and is nothing at first', async () => {
    const records = createCodeScanning(await fresh());
    expect(await records.get('acme/shop')).toEqual({ files: {}, uploaded: undefined, refusedAt: undefined });
    await Promise.all([
      records.keep('acme/shop', { 'a.yaml': found('A') }),
      records.keep('acme/shop', { 'b.yaml': found('B') }),
    ]);
    await records.keep('acme/shop', { 'a.yaml': [] });
    expect((await records.get('acme/shop')).files).toEqual({ 'a.yaml': [], 'b.yaml': found('B') });
    expect((await records.get('acme/other')).files).toEqual({});
  });

  test('says since when GitHub takes none, until it takes one', async () => {
    const records = createCodeScanning(await fresh());
    const at = new Date('2026-07-15T12:00:00Z');
    await records.refused('acme/shop', at);
    expect((await records.get('acme/shop')).refusedAt).toEqual(at);
    await records.taken('acme/shop', 'abc');
    expect(await records.get('acme/shop')).toMatchObject({ refusedAt: undefined, uploaded: 'abc' });
    await records.taken('acme/shop');
    expect((await records.get('acme/shop')).uploaded).toBe('abc');
  });
});
