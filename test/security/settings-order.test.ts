/** Settings that nobody approved: of two pull requests, each good on its own, or of one that moves while it is looked at. */
import { expect, onTestFinished, test } from 'vitest';
import { encrypted, encryptedColumns } from '../../src/db/encrypted-columns.ts';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { hearComment } from '../../src/workflow/hear-comment.ts';
import type { ChangedFile } from '../../src/workflow/repository.ts';
import { reviewMergeGroup } from '../../src/workflow/review-merge-group.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import { openMemoryDatabase } from '../db/databases.ts';
import { type Hub, openHub, openWorld, thingsNamed } from './world.ts';

const settingsFile = '.github/slipway.yml';
type Tree = Readonly<Record<string, string>>;

/** A repository of settings and owners alone, whose base branch a test moves. */
function settingsHub(base: Tree) {
  const hub = openHub();
  const trees = new Map<string, Tree>();
  const changed = new Map<number, readonly ChangedFile[]>();
  const checks = new Map<string, string>();
  const among = (tree: Tree, paths: readonly string[]) =>
    new Map(Object.entries(tree).filter(([path]) => paths.includes(path)));
  const branch = { tree: base };
  const world: Hub = {
    ...hub,
    changedFiles: async (number) => changed.get(number)!,
    readBase: async ({ number }, paths) => ({
      files: among(branch.tree, paths),
      merge: { kind: 'commit', sha: `trial-${number}`, base: 'main', changed: [], rebased: [] },
    }),
    readFiles: async (revision, paths) =>
      among(revision.startsWith('refs/heads/') ? branch.tree : trees.get(revision)!, paths),
    publishChecks: async (commit, published) =>
      void checks.set(commit, published.map(({ conclusion }) => conclusion).join(' ')),
  };
  return {
    world,
    checks,
    /** What merging the pull request makes, and that it is open. */
    propose(number: number, path: string, tree: Tree) {
      if (!changed.has(number)) hub.open(number, thingsNamed('a'));
      changed.set(number, [{ path, status: 'modified' }]);
      trees.set(`trial-${number}`, tree);
    },
    merge(number: number) {
      hub.merge(number);
      branch.tree = trees.get(`trial-${number}`)!;
      trees.set(`merge-${number}`, branch.tree);
    },
  };
}

const people = '["@reviewer", "@other"]';
const green = 'success success success';
const waiting = 'success success action_required';

const environments = (dev: string, prod: string) =>
  `environments:\n  dev:\n    approvals: ${dev}\n  prod:\n    approvals: ${prod}\n`;
const rule = (from: string) => `[{ from: ${from} }]`;
const before = { [settingsFile]: environments(rule(people), rule(people)) };
const looser = { [settingsFile]: environments(rule('[write]'), rule(people)) };
/** The rules of dev, by reference, are those of prod. Today they are the same. */
const linked = { [settingsFile]: environments(`&a ${rule(people)}`, '*a') };
const both = { [settingsFile]: environments(`&a ${rule('[write]')}`, '*a') };

test.each([
  { what: 'the one that loosens dev', first: 1, second: 2 },
  { what: 'the one that ties prod to it', first: 2, second: 1 },
])(
  'a rule that is tied to another one, and that one loosened: $what is merged first',
  async ({ first, second }) => {
    const { workflow } = await openWorld();
    const { world, checks, propose, merge } = settingsHub(before);
    propose(1, settingsFile, looser);
    await reviewPullRequest(workflow, world, 1);
    await hearComment(workflow, world, 1, world.say(1, 'reviewer', 'approve'));
    propose(2, settingsFile, linked);
    await reviewPullRequest(workflow, world, 2);
    expect([checks.get('head-1'), checks.get('head-2')]).toEqual([green, green]);

    merge(first);
    propose(second, settingsFile, both);
    expect((await applyMerge(workflow, world, first)).changed).toEqual([second]);
    await reviewPullRequest(workflow, world, second);
    expect(checks.get(`head-${second}`)).toBe(waiting);
    // What was merged is over: it is not asked about again and again by those that come after it.
    merge(second);
    expect((await applyMerge(workflow, world, second)).changed).toEqual([]);
  },
);

test('owners are changed while nobody asks for them, under settings that will', async () => {
  const { workflow } = await openWorld();
  const { world, checks, propose, merge } = settingsHub({ CODEOWNERS: '* @reviewer' });
  const asking = { [settingsFile]: environments(rule('[codeowners]'), rule('[codeowners]')) };
  propose(1, settingsFile, { ...asking, CODEOWNERS: '* @reviewer' });
  await reviewPullRequest(workflow, world, 1);
  await hearComment(workflow, world, 1, world.say(1, 'reviewer', 'approve'));
  expect(checks.get('head-1')).toBe(green);

  propose(2, 'CODEOWNERS', { CODEOWNERS: '* @author' });
  await reviewPullRequest(workflow, world, 2);
  merge(2);
  propose(1, settingsFile, { ...asking, CODEOWNERS: '* @author' });
  expect((await applyMerge(workflow, world, 2)).changed).toEqual([1]);
  await reviewPullRequest(workflow, world, 1);
  expect(checks.get('head-1')).toBe(waiting);
});

test('owners are changed by what was proposed before anybody asked for them', async () => {
  const { workflow } = await openWorld();
  const { world, checks, propose, merge } = settingsHub({ CODEOWNERS: '* @reviewer' });
  const asking = { [settingsFile]: environments(rule('[codeowners]'), rule('[codeowners]')) };
  propose(2, 'CODEOWNERS', { CODEOWNERS: '* @author' });
  await reviewPullRequest(workflow, world, 2);
  expect(checks.get('head-2')).toBe(green);

  propose(1, settingsFile, { ...asking, CODEOWNERS: '* @reviewer' });
  await reviewPullRequest(workflow, world, 1);
  merge(1);
  propose(2, 'CODEOWNERS', { ...asking, CODEOWNERS: '* @author' });
  expect((await applyMerge(workflow, world, 1)).changed).toEqual([2]);
  await reviewPullRequest(workflow, world, 2);
  expect(checks.get('head-2')).toBe(waiting);
});

test('another commit while the files are listed: the list does not make the first one green', async () => {
  const database = await openMemoryDatabase();
  onTestFinished(() => database.close());
  const { workflow } = await openWorld(database);
  const { world, checks, propose } = settingsHub(before);
  propose(1, settingsFile, looser);
  const payload = await encrypted(database, encryptedColumns.deliveryPayload, { id: 'p1' }, { number: 1 });
  const pushed = { id: 'p1', event: 'pull_request', action: 'synchronize', repository: 'acme/shop', payload };
  const swapped: Hub = {
    ...world,
    async changedFiles() {
      await database.kysely.insertInto('delivery').values(pushed).execute();
      return [{ path: 'README.md', status: 'modified' }];
    },
  };
  await reviewPullRequest(workflow, swapped, 1);
  expect(checks.get('head-1')).toBeUndefined();
  await reviewPullRequest(workflow, world, 1);
  expect(checks.get('head-1')).toBe(waiting);
});

test.each([
  { what: 'changes the settings all the same', tree: {}, conclusions: 'failure failure failure' },
  { what: 'leaves them alone', tree: before, conclusions: green },
])('a queue that rebases what cancels out in the list of files: $what', async ({ tree, conclusions }) => {
  const { workflow } = await openWorld();
  const { world, checks, propose } = settingsHub(before);
  propose(1, 'README.md', tree);
  const lists = { queue: async () => [{ number: 1, headSha: 'trial-1' }], isProposed: async () => false };
  await reviewMergeGroup(workflow, world, lists, 'trial-1');
  expect(checks.get('trial-1')).toBe(conclusions);
});
