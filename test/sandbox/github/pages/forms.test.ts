import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { submitReview } from '../../../../src/sandbox/github/actions/reviews.ts';
import { branchTip } from '../../../../src/sandbox/github/git/store.ts';
import type { PullRequestIssue } from '../../../../src/sandbox/github/model/pull-request.ts';
import { type PagesUnderTest, startPages } from './site.ts';

let site: PagesUnderTest;
beforeAll(async () => {
  site = await startPages();
});
afterAll(() => site.stop());

let made = 0;
async function pullRequest(): Promise<PullRequestIssue> {
  const branch = `change-${++made}`;
  await site.write(branch, `${branch}.txt`, 'text\n');
  return site.propose(branch);
}
const at = (issue: { readonly number: number }, form = '') => `/acme/shop/pull/${issue.number}${form}`;
const lastHook = async (name: string) => {
  await site.github.settled();
  return site.hooks.of(name).at(-1)?.payload;
};

describe('a pull request’s forms', () => {
  test('comment as the person that was chosen, show it, and tell the App', async () => {
    const issue = await pullRequest();
    const { status, path, text } = await site.post(at(issue, '/comment'), {
      as: 'reviewer',
      body: 'approve\r\nthis',
    });
    expect(status).toBe(200);
    expect(path).toBe(`${at(issue)}#issuecomment-${issue.comments[0]!.id}`);
    expect(text).toMatch(/reviewer commented now .*approve this/);
    const payload = await lastHook('issue_comment.created');
    expect(payload.comment).toMatchObject({ body: 'approve\nthis', user: { login: 'reviewer' } });
    expect(payload.issue.number).toBe(issue.number);
  });

  test('close with a comment, and open again', async () => {
    const issue = await pullRequest();
    const closed = await site.post(at(issue, '/comment'), { as: 'author', body: 'Not now', state: 'closed' });
    expect(issue.state).toBe('closed');
    expect(closed.text).toMatch(/Not now .*author closed this/);
    const reopened = await site.post(at(issue, '/comment'), { as: 'author', body: '', state: 'open' });
    expect(issue.state).toBe('open');
    expect(issue.comments).toHaveLength(1);
    expect(reopened.text).toContain('author reopened this');
  });

  test.each([
    ['APPROVE', '', 'reviewer approved these changes', 'approved'],
    ['REQUEST_CHANGES', 'Narrow it', 'reviewer requested changes', 'changes_requested'],
    ['COMMENT', 'Hm', 'reviewer reviewed', 'commented'],
  ])('review with %s', async (event, body, words, state) => {
    const issue = await pullRequest();
    const { text } = await site.post(at(issue, '/review'), { as: 'reviewer', event, body });
    expect(text).toContain(words);
    expect((await lastHook('pull_request_review.submitted')).review.state).toBe(state);
  });

  test('merge, in the way that was chosen', async () => {
    const issue = await pullRequest();
    const { text } = await site.post(at(issue, '/merge'), {
      as: 'author',
      method: 'squash',
      sha: issue.pull.headSha,
    });
    expect(issue.pull.mergedBy?.login).toBe('author');
    expect(branchTip(site.repository.git, 'main')).toBe(issue.pull.mergeCommitSha);
    expect(text).toMatch(/Merged .*author merged commit .*successfully merged and closed/);
    expect((await lastHook('pull_request.closed')).pull_request.merged).toBe(true);
  });

  test('put into the merge queue, which merges when nothing is missing', async () => {
    const issue = await pullRequest();
    const { text } = await site.post(at(issue, '/merge'), { as: 'author', method: 'queue' });
    expect(text).toMatch(/author added this to the merge queue .*author merged commit/);
  });

  test('commit a suggestion, until its line is another', async () => {
    const issue = await pullRequest();
    const file = `${issue.pull.headRef}.txt`;
    const body = 'Better:\n\n```suggestion\nwords\nand more\n```';
    await submitReview(site.github.world, issue.pull.headRepository, issue, site.as('reviewer'), {
      event: 'COMMENT',
      body: 'Look',
      comments: [{ path: file, line: 1, body }],
    });
    const [comment] = issue.pull.reviews[0]!.comments;
    const take = () => site.post(at(issue, '/suggestion'), { as: 'author', comment: String(comment!.id) });
    expect((await take()).status).toBe(200);
    const { git } = issue.pull.headRepository;
    expect(String((await git.objects.read(`${issue.pull.headSha}:${file}`))?.data)).toBe('words\nand more\n');
    expect((await take()).text).toContain('This suggestion is outdated');
  });

  test('revert a merged one, which proposes to take back only what it changed', async () => {
    const issue = await pullRequest();
    await site.post(at(issue, '/merge'), { as: 'author', method: 'squash' });
    const later = await pullRequest();
    await site.post(at(later, '/merge'), { as: 'author', method: 'rebase' });
    const { path, text } = await site.post(at(issue, '/revert'), { as: 'operator' });
    const number = Number(path.split('/').at(-1));
    expect(number).toBeGreaterThan(later.number);
    expect(text).toContain('Revert "');
    const { pull_request: made } = await lastHook('pull_request.opened');
    expect(made).toMatchObject({
      number,
      user: { login: 'operator' },
      head: { ref: `revert-${issue.number}-${issue.pull.headRef}` },
      body: `Reverts acme/shop#${issue.number}`,
      changed_files: 1,
      additions: 0,
      deletions: 1,
    });
    const again = await site.post(at(issue, '/revert'), { as: 'operator' });
    expect(again.status).toBe(422);
    expect((await site.post(at(later, '/revert'), { as: 'stranger' })).status).not.toBe(200);
  });

  test('delete the branch of a merged one', async () => {
    const issue = await pullRequest();
    await site.post(at(issue, '/merge'), { as: 'author' });
    expect((await site.get(at(issue))).text).toContain('can be deleted');
    const { text } = await site.post(at(issue, '/delete-branch'), { as: 'author' });
    expect(branchTip(site.repository.git, issue.pull.headRef)).toBeNull();
    expect(text).not.toContain('can be deleted');
  });

  test('edit, delete and react to a comment', async () => {
    const issue = await pullRequest();
    await site.post(at(issue, '/comment'), { as: 'reviewer', body: 'aprove' });
    const [comment] = issue.comments;
    const to = `/acme/shop/comments/${comment!.id}`;
    expect((await site.get(at(issue))).text).not.toContain('edited');
    const edited = await site.post(`${to}/edit`, { as: 'reviewer', body: 'approve' });
    expect(edited.text).toMatch(/reviewer commented now · edited .*approve/);
    expect((await lastHook('issue_comment.edited')).changes.body.from).toBe('aprove');
    const reacted = await site.post(`${to}/reactions`, { as: 'author', content: 'rocket' });
    expect(reacted.text).toContain('🚀 1');
    await site.post(`${to}/delete`, { as: 'reviewer', body: '' });
    expect(issue.comments).toEqual([]);
  });

  test('edit the title and the description', async () => {
    const issue = await pullRequest();
    const old = issue.title;
    const { text } = await site.post(at(issue, '/edit'), {
      as: 'author',
      title: 'Better',
      body: 'Much *better*',
    });
    expect(text).toContain('Much better');
    expect(text).toContain(`author changed the title ${old} Better`);
  });
});

describe('what is refused says why, in GitHub’s words, and loses nothing that was typed', () => {
  test('a merge that a failing required check blocks', async () => {
    const issue = await pullRequest();
    site.github.protectBranch('acme/shop', 'main', {
      requiredStatusChecks: { strict: false, checks: [{ context: 'slipway/policy', appId: null }] },
    });
    await site.check(issue.pull.headSha, 'slipway/policy', { conclusion: 'failure' });
    const before = branchTip(site.repository.git, 'main');
    const words = 'Required status check "slipway/policy" is failing.';
    expect((await site.get(at(issue))).text).toMatch(new RegExp(`Merging is blocked .*${words}`));
    const { status, html, text } = await site.post(at(issue, '/merge'), { as: 'author', method: 'merge' });
    expect(status).toBe(405);
    expect(text).toContain(words);
    expect(html).toMatch(/role="alert"/);
    expect(branchTip(site.repository.git, 'main')).toBe(before);
    const passed = await site.post(at(issue, '/merge'), { as: 'operator', method: 'merge' });
    expect(passed.text).toContain('Merged');
    site.repository.protections.clear();
  });

  test.each([
    ['a comment of nothing', '/comment', { as: 'author', body: ' ' }, 422, "body can't be blank"],
    [
      'an approval of one’s own',
      '/review',
      { as: 'author', event: 'APPROVE', body: 'Good' },
      422,
      'Can not approve your own pull request',
    ],
    [
      'a merge of something that was not seen',
      '/merge',
      { as: 'author', sha: 'f'.repeat(40) },
      409,
      'Head branch was modified',
    ],
    [
      'a form in nobody’s name',
      '/comment',
      { as: 'nobody', body: 'x' },
      422,
      'Choose as which person to act',
    ],
    [
      'a form in the App’s name',
      '/comment',
      { as: 'slipway[bot]', body: 'x' },
      422,
      'Choose as which person to act',
    ],
  ] as [string, string, Record<string, string>, number, string][])(
    '%s',
    async (_, form, fields, status, words) => {
      const issue = await pullRequest();
      const answer = await site.post(at(issue, form), fields);
      expect(answer.status).toBe(status);
      expect(answer.text).toContain(words);
      expect(issue.comments).toEqual([]);
      if (fields.body?.trim()) expect(answer.html).toContain(`>${fields.body}</textarea>`);
    },
  );
});

describe('other forms', () => {
  test('a branch that was pushed becomes a pull request', async () => {
    await site.write('pushed', 'p.txt', 'p\n');
    expect((await site.get('/acme/shop/pulls')).text).toMatch(/pushed has no pull request yet/);
    const offer = await site.get('/acme/shop/compare/main...pushed');
    expect(offer.text).toMatch(/Able to merge.* p\.txt/);
    const fields = { as: 'author', base: 'main', head: 'pushed', title: 'From a page', body: 'Words' };
    const { path, text } = await site.post('/acme/shop/pulls', fields);
    expect(path).toMatch(/^\/acme\/shop\/pull\/\d+$/);
    expect(text).toMatch(/From a page .*author wants to merge 1 commit into main from pushed/);
    expect((await lastHook('pull_request.opened')).pull_request.title).toBe('From a page');
    expect((await site.get('/acme/shop/pulls')).text).not.toContain('pushed has no pull request yet');
    const again = await site.post('/acme/shop/pulls', fields);
    expect([again.status, again.text]).toEqual([
      422,
      expect.stringContaining('A pull request already exists'),
    ]);
  });

  test('an issue is opened, commented on and closed', async () => {
    const opened = await site.post('/acme/shop/issues', { as: 'operator', title: 'Broken', body: 'It is' });
    const comment = await site.post(`${opened.path}/comment`, {
      as: 'author',
      body: 'Mended',
      state: 'closed',
    });
    expect(comment.text).toMatch(/Broken .*Closed .*It is .*Mended .*author closed this/);
    expect((await site.get('/acme/shop/issues?state=closed')).text).toContain('Broken');
  });

  test('a check is asked for again, by those who may', async () => {
    const issue = await pullRequest();
    const run = await site.check(issue.pull.headSha, 'slipway/plan', { conclusion: 'success' });
    const { path } = await site.post(`/acme/shop/runs/${run.id}/rerequest`, { as: 'author' });
    expect(path).toBe(`${at(issue)}/checks#check-run-${run.id}`);
    expect((await lastHook('check_run.rerequested')).check_run.id).toBe(run.id);
    site.github.createUser('stranger');
    const refused = await site.post(`/acme/shop/runs/${run.id}/rerequest`, { as: 'stranger' });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('Must have push access')]);
  });

  test('a webhook is delivered again', async () => {
    const issue = await pullRequest();
    await site.github.settled();
    const delivery = site.github.deliveries.findLast((one) => one.event === 'pull_request')!;
    expect((await site.get('/_deliveries?event=pull_request')).text).toMatch(
      new RegExp(`pull_request\\.opened acme/shop #${issue.number} slipway bot 200 OK`),
    );
    const before = site.hooks.of('pull_request.opened').length;
    const { status, text } = await site.post(`/_deliveries/${delivery.id}/redeliver`, {});
    expect(status).toBe(200);
    expect(text).toContain(delivery.guid);
    expect(site.hooks.of('pull_request.opened')).toHaveLength(before + 1);
    expect((await site.get('/_deliveries')).text).toContain('pull_request.opened again');
  });
});
