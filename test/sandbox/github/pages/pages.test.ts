import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addComment } from '../../../../src/sandbox/github/actions/comments.ts';
import {
  createDeployment,
  createDeploymentStatus,
} from '../../../../src/sandbox/github/actions/deployments.ts';
import { openIssue } from '../../../../src/sandbox/github/actions/issues.ts';
import { moveRef } from '../../../../src/sandbox/github/actions/refs.ts';
import { submitReview } from '../../../../src/sandbox/github/actions/reviews.ts';
import type { PullRequestIssue } from '../../../../src/sandbox/github/model/pull-request.ts';
import { type PagesUnderTest, startPages } from './site.ts';

let site: PagesUnderTest;
let issue: PullRequestIssue;
let commentId: number;
let reviewId: number;
let runId: number;

/** A pull request with everything that there can be in one: said, pushed over, reviewed, checked, deployed. */
beforeAll(async () => {
  site = await startPages();
  const { world } = site.github;
  const { repository } = site;
  const template = (port: number) => `Resources:\n  Web:\n    Port: ${port}\n`;
  const first = await site.write('infra', 'infra/shop.yaml', template(22));
  issue = await site.propose('infra', 'Add <infra>', 'For @reviewer of @acme/infra, and `@author`.');
  const comment = await addComment(
    world,
    repository,
    issue,
    site.as('slipway'),
    '## Plan\n\n```diff\n+ create Web\n```',
  );
  commentId = comment.id;
  await site.write('infra', 'infra/shop.yaml', template(23));
  await moveRef(world, repository, site.as('author'), 'refs/heads/infra', first, { force: true });
  const review = await submitReview(world, repository, issue, site.as('reviewer'), {
    event: 'APPROVE',
    body: `Like #${issue.number}`,
  });
  reviewId = review.id;
  const annotation = (path: string, line: number, message: string) => ({
    path,
    startLine: line,
    endLine: line,
    startColumn: null,
    endColumn: null,
    level: 'failure' as const,
    title: 'Open to the world',
    message,
    rawDetails: null,
  });
  const run = await site.check(issue.pull.headSha, 'slipway/policy', {
    conclusion: 'failure',
    output: {
      title: '1 policy is not met',
      summary: 'The **summary**',
      annotations: [
        annotation('infra/shop.yaml', 3, 'Port 22 is open'),
        annotation('docs/more.md', 2, 'Nobody reads this'),
      ],
    },
  });
  runId = run.id;
  await site.check(issue.pull.headSha, 'slipway/plan', { status: 'in_progress' });
  const bot = site.as('slipway');
  const deployment = await createDeployment(world, repository, bot, {
    ref: issue.pull.headSha,
    environment: 'dev',
    requiredContexts: [],
  });
  await createDeploymentStatus(world, repository, bot, deployment, {
    state: 'in_progress',
    description: '7 of 11',
  });
  await openIssue(world, repository, bot, { title: 'Apply failed', body: 'See <b>there</b>' });
});
afterAll(() => site.stop());

describe('pages say', () => {
  const expected: Readonly<Record<string, readonly [path: string, ...words: (string | RegExp)[]]>> = {
    'which repositories there are': ['/', 'acme/shop', 'Sells things', /1 open · 1 open/],
    'which files a branch has, and its README': [
      '/acme/shop',
      'docs',
      'README.md',
      'The shop',
      'Initial commit',
    ],
    'how to clone': [
      '/acme/shop',
      /git clone .*user\.name=author.* http:\/\/author:ghp_\w+@127\.0\.0\.1:\d+\/acme\/shop\.git/,
    ],
    'what a directory of another branch has': ['/acme/shop/tree/infra/infra', 'shop.yaml'],
    'what a file has': ['/acme/shop/blob/main/docs/more.md?plain=1', /1 line one 2 line two/],
    'which pull requests are open': [
      '/acme/shop/pulls',
      /Some checks were not successful/,
      `#1 by author opened`,
    ],
    'that none is closed': ['/acme/shop/pulls?state=closed', 'There are no closed pull requests'],
    'what a pull request is': [
      '/acme/shop/pull/1',
      'Add <infra>',
      /Open author wants to merge 1 commit into main from infra/,
    ],
    'its commits': ['/acme/shop/pull/1/commits', 'Write infra/shop.yaml', 'author committed'],
    'how its checks ended': [
      '/acme/shop/pull/1/checks',
      /Failing slipway\/policy/,
      '1 policy is not met',
      'The summary',
      'infra/shop.yaml:3',
      'Port 22 is open',
    ],
    'what it changes, with remarks on the line that they are of': [
      '/acme/shop/pull/1/files',
      /\+ Port: 22 Line 3 · Failure from slipway\/policy Open to the world Port 22 is open/,
    ],
    'what checks remark on files that it does not change': [
      '/acme/shop/pull/1/files',
      /Unchanged files .*docs\/more\.md:2.*line two.*Nobody reads this/,
    ],
    'what still stands between it and the merge': [
      '/acme/shop/pull/1',
      'Changes approved',
      'Some checks were not successful',
      'This branch has no conflicts',
    ],
    'which issues there are': ['/acme/shop/issues', 'Apply failed', 'by slipway bot'],
    'what an issue is': ['/acme/shop/issues/2', 'Apply failed', 'See there'],
    'where everything is deployed': ['/acme/shop/deployments', /dev In progress/, '7 of 11'],
    'what was told to whom': ['/_deliveries', 'pull_request.opened', 'check_run.completed', '200 OK'],
    'who somebody is': ['/acme', 'acme/shop', 'operator', '@acme/infra'],
    'what an App may do': ['/apps/slipway', 'checks: write', 'pull_request'],
    'that there is no such page': ['/acme/shop/pull/99', 'There is no such page here'],
  };

  test.each(Object.entries(expected))('%s', async (_, [path, ...words]) => {
    const { status, text } = await site.get(path);
    expect(status).toBe(path.endsWith('99') ? 404 : 200);
    for (const word of words) expect(text).toMatch(word);
  });
});

describe('a conversation', () => {
  test('tells what happened in the order in which it did', async () => {
    const { text } = await site.get('/acme/shop/pull/1');
    const story = [
      'author opened this',
      'Write infra/shop.yaml',
      'slipway bot commented',
      'author force-pushed the infra branch',
      'reviewer approved these changes',
      'Like #1',
      'slipway bot deployed',
      'In progress 7 of 11',
    ];
    const places = story.map((words) => text.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  test('links people, teams and numbers, but not in code', async () => {
    const { html } = await site.get('/acme/shop/pull/1');
    expect(html).toMatch(/<a [^>]*href="\/reviewer"[^>]*>@reviewer<\/a>/);
    expect(html).toMatch(/<a [^>]*href="\/orgs\/acme\/teams\/infra"[^>]*>@acme\/infra<\/a>/);
    expect(html).toMatch(/<a [^>]*href="\/acme\/shop\/pull\/1"[^>]*>#1<\/a>/);
    expect(html).toContain('<code>@author</code>');
  });

  test('shows a title as the text that it is', async () => {
    expect((await site.get('/acme/shop/pull/1')).html).toContain('Add &lt;infra&gt;');
  });
});

describe('the address that the API gives of', () => {
  const addresses: Readonly<Record<string, () => readonly [api: string, pick?: (answer: never) => string]>> =
    {
      'a repository': () => ['repos/acme/shop'],
      'a pull request': () => ['repos/acme/shop/pulls/1'],
      'an issue': () => ['repos/acme/shop/issues/2'],
      'a comment': () => [`repos/acme/shop/issues/comments/${commentId}`],
      'a review': () => [`repos/acme/shop/pulls/1/reviews/${reviewId}`],
      'a check run': () => [`repos/acme/shop/check-runs/${runId}`],
      'a commit': () => ['repos/acme/shop/commits/infra'],
      'a file': () => ['repos/acme/shop/contents/docs/more.md'],
      'a directory': () => [
        'repos/acme/shop/contents/docs?ref=infra',
        (answer: { html_url: string }[]) => answer[0]!.html_url,
      ],
      'a comparison': () => ['repos/acme/shop/compare/main...infra'],
      'a changed file': () => [
        'repos/acme/shop/pulls/1/files',
        (answer: { blob_url: string }[]) => answer[0]!.blob_url,
      ],
      'an annotation': () => [
        `repos/acme/shop/check-runs/${runId}/annotations`,
        (answer: { blob_href: string }[]) => answer[0]!.blob_href,
      ],
      'a person': () => ['users/author'],
      'an App’s bot': () => ['users/slipway[bot]'],
      'a difference': () => ['repos/acme/shop/pulls/1', (answer: { diff_url: string }) => answer.diff_url],
    };

  test.each(Object.entries(addresses))('%s leads to a page that has it', async (_, target) => {
    const [api, pick = (answer: { html_url: string }) => answer.html_url] = target();
    const response = await fetch(`${site.github.apiUrl}/${api}`);
    expect(response.status).toBe(200);
    const address = new URL((pick as (answer: unknown) => string)(await response.json()));
    const { status, html } = await site.get(address.pathname + address.search);
    expect(status).toBe(200);
    if (address.hash) expect(html).toContain(`id="${address.hash.slice(1)}"`);
  });
});

test('every link of every page leads somewhere here', async () => {
  const seen = new Set<string>(['/']);
  const broken: string[] = [];
  for (const path of seen) {
    const { status, html } = await site.get(path);
    if (status !== 200) broken.push(`${status} ${path}`);
    for (const [, href] of html.matchAll(/<a [^>]*href="([^"#]*)/g)) {
      const url = new URL(href!.replaceAll('&amp;', '&'), site.github.url + path);
      // One delivery looks like another, and there are many.
      if (url.origin === site.github.url && !/^\/_deliveries\/./.test(url.pathname))
        seen.add(url.pathname + url.search);
    }
  }
  expect(broken).toEqual([]);
  expect(seen.size).toBeGreaterThan(40);
});
