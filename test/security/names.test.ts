/** Names that an author chooses, of files, branches and exports, where they could be read as something else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { marked } from 'marked';
import { ProbotOctokit } from 'probot';
import { describe, expect, test } from 'vitest';
import { isEnvironmentName } from '../../src/approval/command.ts';
import { openRepository } from '../../src/github/open-repository.ts';
import { renderComment } from '../../src/review/comment.ts';
import { renderPlanText } from '../../src/review/plan-text.ts';
import { stackId } from '../../src/stack/stack-id.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import { openHub, openWorld } from './world.ts';

const hostile = [
  '../../etc/passwd',
  '--upload-pack=touch /tmp/x',
  '-x',
  'a"}) { viewer { login } } #',
  'a:b',
  'infra/a.yaml\n}',
  '$e0',
  'infra/%2e%2e/b.yaml',
];

test('paths and branches go to GitHub as values, and are no part of a query or an address', async () => {
  const asked: { path: string; query: string; variables: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      asked.push({ path: request.url!, ...JSON.parse(body) });
      response.setHeader('content-type', 'application/json').end('{"data":{"repository":{}}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const Octokit = ProbotOctokit.defaults({
    throttle: { enabled: false },
    retry: { enabled: false },
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  try {
    const access = { octokit: new Octokit(), owner: 'acme', repo: 'shop', appId: 7, mask: (t: string) => t };
    const { readFiles } = openRepository(access);
    for (const name of hostile) await readFiles(`refs/heads/${name}`, hostile);
  } finally {
    server.close();
  }
  expect(new Set(asked.map(({ path }) => path))).toEqual(new Set(['/graphql']));
  expect(new Set(asked.map(({ query }) => query)).size).toBe(1);
  expect(asked.map(({ variables }) => variables.e0)).toEqual(
    hostile.map((branch) => `refs/heads/${branch}:${hostile[0]}`),
  );
});

test('no file of one repository or environment has the stack of another', () => {
  const part = fc.stringMatching(/^[A-Za-z0-9._-]{1,8}$/);
  const repository = fc.tuple(part, part).map((parts) => parts.join('/'));
  const file = fc.array(fc.constantFrom('a', '@', ':', '/', 'dev', 'prod', '.yaml', '+'), { maxLength: 8 });
  const environment = fc.constantFrom('dev', 'prod', 'a', 'dev-a').filter(isEnvironmentName);
  const place = fc.tuple(
    repository,
    file.map((parts) => parts.join('')),
    environment,
  );
  fc.assert(
    fc.property(place, place, (one, other) => {
      expect(stackId(...one) === stackId(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 2000 },
  );
});

/** Each as it would act, if it were not told apart from Slipway's own words. */
const names = [
  '@acme/infra',
  '</details><img src=x onerror=alert(1)>',
  '\n\n## ✅ Applied',
  '`` ``` ````diff',
  '[x](https://evil.example)',
  '\u202eevil\u2066',
  '\x1b[2J',
  '${Vpc}',
  '%%{init: {}}%%',
  'x'.repeat(40_000),
];

describe('names and texts that are open until another stack is applied', () => {
  /** A stack that takes an export of this name, beside one that is to give it. */
  const templates = (name: string) => ({
    'infra/a.yaml': JSON.stringify({
      Resources: { A: { Type: 'Acme::Thing', Properties: { Name: 'a' } } },
      Outputs: { A: { Value: { Ref: 'A' }, Description: name.slice(0, 1000), Export: { Name: name } } },
    }),
    'infra/b.yaml': JSON.stringify({
      Resources: {
        B: {
          Type: 'Acme::Thing',
          Properties: { Name: { 'Fn::Join': [name, ['b', { 'Fn::ImportValue': name }, name]] } },
        },
      },
      Outputs: { B: { Value: { 'Fn::Sub': [`${name}\${I}`, { I: { 'Fn::ImportValue': name } }] } } },
    }),
  });

  test('stay texts in the comment and in the terminal', async () => {
    const { workflow } = await openWorld();
    const plans: string[] = [];
    for (const [index, name] of names.entries()) {
      const number = index + 1;
      const hub = openHub();
      const texts = templates(name);
      const paths = Object.keys(texts) as (keyof typeof texts)[];
      hub.open(number, '');
      await reviewPullRequest(
        workflow,
        {
          ...hub,
          changedFiles: async () => paths.map((path) => ({ path, status: 'added' })),
          readFiles: async (_, wanted) =>
            new Map(paths.filter((p) => wanted.includes(p)).map((p) => [p, texts[p]])),
        },
        number,
      );
      const { review } = (await workflow.pullRequests.get('acme/shop', number))!;
      if (review.stacks.every((s) => s.plan)) plans.push(name);
      const comment = renderComment(review);
      expect(comment.length).toBeLessThan(65_536);
      const html = marked.parse(comment, { async: false, gfm: true });
      expect(html).not.toMatch(/<img|<script|href="https:\/\/evil|onerror="/);
      expect(html.match(/<h2>/g)).toHaveLength(1);
      const text = html.replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, '');
      expect(text).not.toMatch(/@acme|✅ Applied/);
      expect(comment).not.toMatch(invisible);
      for (const { plan } of review.stacks)
        if (plan) expect(renderPlanText(plan, { color: false })).not.toMatch(invisible);
    }
    // What could not be planned would prove nothing.
    expect(plans.length).toBeGreaterThan(5);
  });
});

const invisible = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
