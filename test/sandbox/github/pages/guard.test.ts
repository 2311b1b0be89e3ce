import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PullRequestIssue } from '../../../../src/sandbox/github/model/pull-request.ts';
import { type PagesUnderTest, startPages } from './site.ts';

let site: PagesUnderTest;
let issue: PullRequestIssue;
beforeAll(async () => {
  site = await startPages();
  await site.write('change', 'a.txt', 'a\n');
  issue = await site.propose('change');
});
afterAll(() => site.stop());

const comment = (headers: Record<string, string>) =>
  site.post(`/acme/shop/pull/${issue.number}/comment`, { as: 'reviewer', body: 'approve' }, headers);

describe('a form that is posted', () => {
  test.each([
    ['from another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['from another site by a browser that does not say so', { origin: 'https://evil.example' }],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['by another port of this machine, without an origin', { 'sec-fetch-site': 'same-site' }],
    ['from a page that hides where it is from', { origin: 'null' }],
    ['from a page typed into the address bar', { 'sec-fetch-site': 'none' }],
  ] as [string, Record<string, string>][])('%s is refused and does nothing', async (_, headers) => {
    expect((await comment(headers)).status).toBe(403);
    expect(issue.comments).toEqual([]);
  });

  test('from the page itself does what it says', async () => {
    const { status } = await comment({ origin: site.github.url, 'sec-fetch-site': 'same-origin' });
    expect(status).toBe(200);
    expect(issue.comments.map((one) => one.body)).toEqual(['approve']);
  });
});

/** `fetch` does not let a program say which host it means. */
function statusFor(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(site.github.url);
    const asked = request({ host: '127.0.0.1', port, path: '/acme/shop', headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', reject).end();
  });
}

test.each([
  ['127.0.0.1:1234', 200],
  ['localhost:1234', 200],
  ['evil.example:1234', 421],
  ['127.0.0.1.evil.example', 421],
])('asked as %s, a page that shows tokens answers %i', async (host, status) => {
  expect(await statusFor(host)).toBe(status);
});

test('no page lets a script run that is not its own file', async () => {
  const { headers } = await fetch(`${site.github.url}/acme/shop/pull/${issue.number}`);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
});
