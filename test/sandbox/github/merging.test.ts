import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Acme, refusalOf, startAcme } from './acme.ts';

let acme: Acme;
beforeAll(async () => {
  acme = await startAcme();
});
afterAll(() => acme.stop());

const required = ['slipway/plan', 'slipway/policy', 'slipway/approval'];

async function headOf(pull_number: number): Promise<string> {
  const { data } = await acme.as('author').pulls.get({ ...acme.shop, pull_number });
  return data.head.sha;
}

async function report(head_sha: string, name: string, conclusion: 'success' | 'failure'): Promise<void> {
  await acme.asApp().checks.create({ ...acme.shop, head_sha, name, status: 'completed', conclusion });
}

describe('whether a pull request can be merged is what git says', () => {
  test('a conflict is a conflict, and is refused', async () => {
    const { shop } = acme;
    const author = acme.as('author');
    const one = await acme.propose('left', 'infra/same.yaml', 'a: left\n');
    const other = await acme.propose('right', 'infra/same.yaml', 'a: right\n');
    await author.pulls.merge({ ...shop, pull_number: one });
    const { data } = await author.pulls.get({ ...shop, pull_number: other });
    expect([data.mergeable, data.mergeable_state, data.merge_commit_sha]).toEqual([false, 'dirty', null]);
    expect(await refusalOf(author.pulls.merge({ ...shop, pull_number: other }))).toEqual({
      status: 405,
      message: 'Pull Request is not mergeable',
    });
  });

  test('the merge commit of an open pull request can be read at refs/pull/N/merge', async () => {
    const { shop } = acme;
    const author = acme.as('author');
    const pull_number = await acme.propose('readable');
    const { data } = await author.pulls.get({ ...shop, pull_number });
    const ref = await author.git.getRef({ ...shop, ref: `pull/${pull_number}/merge` });
    expect(ref.data.object.sha).toBe(data.merge_commit_sha);
    const { data: merge } = await author.git.getCommit({ ...shop, commit_sha: ref.data.object.sha });
    expect(merge.parents.map((parent) => parent.sha)).toEqual([data.base.sha, data.head.sha]);
  });
});

describe('each way of merging leaves the history that it promises', () => {
  test.each([
    { method: 'merge', parents: 2, subject: /^Merge pull request #\d+ from acme\/by-merge$/ },
    { method: 'squash', parents: 1, subject: /^Add infra\/by-squash.yaml \(#\d+\)$/ },
    { method: 'rebase', parents: 1, subject: /^Write infra\/by-rebase.yaml$/ },
  ] as const)('$method', async ({ method, parents, subject }) => {
    const { shop } = acme;
    const author = acme.as('author');
    const pull_number = await acme.propose(`by-${method}`);
    await acme.write(`elsewhere-${method}`, `docs/${method}.md`, 'text\n');
    const { data: other } = await author.pulls.create({
      ...shop,
      title: 'Docs',
      head: `elsewhere-${method}`,
      base: 'main',
    });
    await author.pulls.merge({ ...shop, pull_number: other.number });
    const { data } = await author.pulls.merge({ ...shop, pull_number, merge_method: method });
    const { data: commit } = await author.repos.getCommit({ ...shop, ref: 'main' });
    expect(commit.sha).toBe(data.sha);
    expect(commit.parents).toHaveLength(parents);
    expect(commit.commit.message.split('\n')[0]).toMatch(subject);
    const { data: tree } = await author.git.getTree({ ...shop, tree_sha: 'main', recursive: 'true' });
    const paths = tree.tree.map((entry) => entry.path);
    expect(paths).toContain(`infra/by-${method}.yaml`);
    expect(paths).toContain(`docs/${method}.md`);
  });
});

describe('a merge is refused', () => {
  test('when the head is not the one that was looked at', async () => {
    const pull_number = await acme.propose('moved');
    const sha = await headOf(pull_number);
    await acme.write('moved', 'infra/moved.yaml', 'changed: yes\n');
    expect(await refusalOf(acme.as('author').pulls.merge({ ...acme.shop, pull_number, sha }))).toEqual({
      status: 409,
      message: 'Head branch was modified. Review and try the merge again.',
    });
  });

  test('to somebody who may only read', async () => {
    const pull_number = await acme.propose('strange');
    const refused = await refusalOf(acme.as('stranger').pulls.merge({ ...acme.shop, pull_number }));
    expect(refused?.status).toBe(403);
  });

  test('to a pull request that is closed', async () => {
    const pull_number = await acme.propose('shut');
    await acme.as('author').pulls.update({ ...acme.shop, pull_number, state: 'closed' });
    expect((await refusalOf(acme.as('author').pulls.merge({ ...acme.shop, pull_number })))?.status).toBe(405);
  });
});

describe('a protected branch', () => {
  beforeAll(async () => {
    await acme.as('operator').repos.updateBranchProtection({
      ...acme.shop,
      branch: 'main',
      required_status_checks: { strict: false, contexts: required },
      enforce_admins: false,
      required_pull_request_reviews: { required_approving_review_count: 1, dismiss_stale_reviews: true },
      restrictions: null,
    });
  });
  afterAll(() => acme.as('operator').repos.deleteBranchProtection({ ...acme.shop, branch: 'main' }));

  test('says what it asks for', async () => {
    const { data } = await acme.as('operator').repos.getBranchProtection({ ...acme.shop, branch: 'main' });
    expect(data.required_status_checks?.contexts).toEqual(required);
    expect(data.required_pull_request_reviews?.required_approving_review_count).toBe(1);
  });

  test('takes a merge only when every required check is green and a review has approved', async () => {
    const { shop } = acme;
    const author = acme.as('author');
    const pull_number = await acme.propose('guarded');
    const head = await headOf(pull_number);
    const attempt = async () =>
      (await refusalOf(author.pulls.merge({ ...shop, pull_number })))?.message ?? 'merged';
    expect(await attempt()).toBe(
      'At least 1 approving review is required by reviewers with write access.\n\n3 of 3 required status checks are expected.',
    );
    await acme.as('stranger').pulls.createReview({ ...shop, pull_number, event: 'APPROVE' });
    expect(await attempt()).toContain('At least 1 approving review is required');
    await acme.as('reviewer').pulls.createReview({ ...shop, pull_number, event: 'APPROVE' });
    expect(await attempt()).toBe('3 of 3 required status checks are expected.');
    await report(head, 'slipway/plan', 'success');
    await report(head, 'slipway/policy', 'failure');
    await report(head, 'slipway/approval', 'success');
    expect(await attempt()).toBe('Required status check "slipway/policy" is failing.');
    expect((await author.pulls.get({ ...shop, pull_number })).data.mergeable_state).toBe('blocked');
    await report(head, 'slipway/policy', 'success');
    expect(await attempt()).toBe('merged');
  });

  test('forgets approvals when new commits arrive', async () => {
    const { shop } = acme;
    const pull_number = await acme.propose('stale');
    await acme.as('reviewer').pulls.createReview({ ...shop, pull_number, event: 'APPROVE' });
    await acme.write('stale', 'infra/stale.yaml', 'new: yes\n');
    const { data } = await acme.as('author').pulls.listReviews({ ...shop, pull_number });
    expect(data.map((review) => review.state)).toEqual(['DISMISSED']);
  });

  test('lets an administrator through, unless administrators are held to it too', async () => {
    const { shop } = acme;
    const operator = acme.as('operator');
    const first = await acme.propose('admin-one');
    expect(await refusalOf(operator.pulls.merge({ ...shop, pull_number: first }))).toBeNull();
    await operator.repos.updateBranchProtection({
      ...shop,
      branch: 'main',
      required_status_checks: { strict: false, contexts: required },
      enforce_admins: true,
      required_pull_request_reviews: null,
      restrictions: null,
    });
    const second = await acme.propose('admin-two');
    expect((await refusalOf(operator.pulls.merge({ ...shop, pull_number: second })))?.status).toBe(405);
  });
});

test('updating a branch merges its base into it', async () => {
  const { shop } = acme;
  const author = acme.as('author');
  const pull_number = await acme.propose('behind');
  const other = await acme.propose('ahead');
  await author.pulls.merge({ ...shop, pull_number: other });
  const before = await headOf(pull_number);
  await author.pulls.updateBranch({ ...shop, pull_number, expected_head_sha: before });
  const { data } = await author.repos.compareCommitsWithBasehead({ ...shop, basehead: 'main...behind' });
  expect([data.status, data.behind_by]).toEqual(['ahead', 0]);
  expect(data.files?.map((file) => file.filename)).toEqual(['infra/behind.yaml']);
});

test('a pull request from a fork carries its commits into the repository', async () => {
  const { shop, github } = acme;
  await github.fork('acme/shop', 'stranger');
  const stranger = acme.as('stranger');
  const content = Buffer.from('forked: yes\n').toString('base64');
  const mine = { owner: 'stranger', repo: 'shop' };
  await stranger.repos.createOrUpdateFileContents({
    ...mine,
    path: 'infra/fork.yaml',
    message: 'Fork',
    content,
  });
  const proposal = { ...shop, title: 'From a fork', head: 'stranger:main', base: 'main' };
  const { data } = await stranger.pulls.create(proposal);
  expect([data.head.repo?.full_name, data.author_association, data.changed_files]).toEqual([
    'stranger/shop',
    'NONE',
    1,
  ]);
  await acme.as('author').pulls.merge({ ...shop, pull_number: data.number });
  const { data: file } = await acme.as('author').repos.getContent({ ...shop, path: 'infra/fork.yaml' });
  expect(file).toMatchObject({ type: 'file', content: `${content}\n` });
});
