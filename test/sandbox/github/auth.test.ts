import { generateKeyPairSync, sign } from 'node:crypto';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Acme, quiet, refusalOf, startAcme } from './acme.ts';

let acme: Acme;
beforeAll(async () => {
  acme = await startAcme();
  await acme.github.createRepository({
    owner: 'acme',
    name: 'vault',
    private: true,
    files: { 'a.txt': 'a\n' },
  });
});
afterAll(() => acme.stop());

/** Calls the API with a header of our own making. */
async function get(path: string, authorization?: string): Promise<{ status: number; message?: string }> {
  const headers = authorization === undefined ? {} : { authorization };
  const response = await fetch(`${acme.github.apiUrl}${path}`, { headers });
  const { message } = (await response.json()) as { message?: string };
  return { status: response.status, ...(message === undefined ? {} : { message }) };
}

function jwt(claims: object, key: string = acme.app.privateKey, algorithm = 'RS256'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  return `Bearer ${body}.${sign('RSA-SHA256', Buffer.from(body), key).toString('base64url')}`;
}

const now = () => Math.floor(Date.now() / 1000);
const claims = (change: object = {}) => ({
  iat: now() - 60,
  exp: now() + 300,
  iss: acme.app.appId,
  ...change,
});

describe("an App's own token", () => {
  test('is accepted when the App has signed it', async () => {
    const response = await fetch(`${acme.github.apiUrl}/app`, { headers: { authorization: jwt(claims()) } });
    expect(await response.json()).toMatchObject({ id: acme.app.appId, slug: 'slipway' });
  });

  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const otherKey = stranger.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  test.each([
    {
      why: 'it is signed with another key',
      token: () => jwt(claims(), otherKey),
      says: 'could not be decoded',
    },
    {
      why: 'it names another algorithm',
      token: () => jwt(claims(), undefined, 'none'),
      says: 'could not be decoded',
    },
    { why: 'it has expired', token: () => jwt(claims({ exp: now() - 1 })), says: "'exp'" },
    {
      why: 'it lives too long',
      token: () => jwt(claims({ exp: now() + 3600 })),
      says: 'too far in the future',
    },
    { why: 'it comes from the future', token: () => jwt(claims({ iat: now() + 600 })), says: "'iat'" },
    { why: 'no App has this id', token: () => jwt(claims({ iss: 1 })), says: 'Integration not found' },
    {
      why: "it is a person's",
      token: () => `token ${acme.people.author.token}`,
      says: 'could not be decoded',
    },
  ])('is refused when $why', async ({ token, says }) => {
    const { status, message } = await get('/app', token());
    expect([status, message]).toEqual([401, expect.stringContaining(says)]);
  });
});

test('an unknown token is 401, and so is none where one is needed', async () => {
  expect(await get('/user', 'token ghp_unknown')).toEqual({ status: 401, message: 'Bad credentials' });
  expect((await get('/user')).status).toBe(401);
  expect((await get('/repos/acme/shop')).status).toBe(200);
});

test('what somebody may not see is not there for them', async () => {
  const path = '/repos/acme/vault';
  expect((await get(path, `token ${acme.people.author.token}`)).status).toBe(200);
  expect(await get(path, `token ${acme.people.stranger.token}`)).toEqual({
    status: 404,
    message: 'Not Found',
  });
  expect((await get(path)).status).toBe(404);
});

/** A client of the App with a token narrowed to these. */
async function narrowed(options: {
  repositories?: string[];
  permissions?: Record<string, 'read' | 'write'>;
}) {
  const { appId, privateKey, installationId } = acme.app;
  const app = new Octokit({
    baseUrl: acme.github.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId, privateKey },
    log: quiet,
  });
  const { data } = await app.apps.createInstallationAccessToken({
    installation_id: installationId,
    ...options,
  });
  return { data, octokit: new Octokit({ baseUrl: acme.github.apiUrl, auth: data.token, log: quiet }) };
}

describe("an installation's token", () => {
  test('lists what it reaches, for an hour', async () => {
    const { data, octokit } = await narrowed({});
    const hour = Date.parse(data.expires_at) - Date.now();
    expect(hour).toBeGreaterThan(59 * 60_000 - 5000);
    expect(hour).toBeLessThanOrEqual(60 * 60_000);
    const { data: list } = await octokit.apps.listReposAccessibleToInstallation();
    expect(list.repositories.map(({ name }) => name)).toEqual(['shop', 'vault']);
  });

  test('reaches only the repositories that it was asked for', async () => {
    const { octokit } = await narrowed({ repositories: ['shop'] });
    expect((await octokit.repos.get({ ...acme.shop })).status).toBe(200);
    expect((await refusalOf(octokit.repos.get({ owner: 'acme', repo: 'vault' })))?.status).toBe(404);
  });

  test('allows only what it was asked for, and never more than the manifest', async () => {
    const { octokit } = await narrowed({ permissions: { issues: 'read' } });
    expect(await refusalOf(octokit.issues.create({ ...acme.shop, title: 'No' }))).toEqual({
      status: 403,
      message: 'Resource not accessible by integration',
    });
    expect((await refusalOf(narrowed({ permissions: { actions: 'write' } })))?.status).toBe(422);
  });

  test.each([
    {
      what: 'set branch protection',
      call: (o: Octokit) => o.repos.deleteBranchProtection({ ...acme.shop, branch: 'main' }),
    },
    { what: 'read environments', call: (o: Octokit) => o.repos.getAllEnvironments({ ...acme.shop }) },
    {
      what: 'change teams',
      call: (o: Octokit) =>
        o.teams.addOrUpdateMembershipForUserInOrg({ org: 'acme', team_slug: 'infra', username: 'author' }),
    },
  ])('cannot $what, which the manifest does not ask for', async ({ call }) => {
    expect(await refusalOf(call(acme.asApp()))).toMatchObject({
      status: 403,
      message: 'Resource not accessible by integration',
    });
  });

  test('needs the permission of what a comment is on', async () => {
    const pull = await acme.propose('commented');
    const { data: issue } = await acme.as('author').issues.create({ ...acme.shop, title: 'Issue' });
    const { octokit } = await narrowed({ permissions: { issues: 'write' } });
    const comment = (issue_number: number) =>
      octokit.issues.createComment({ ...acme.shop, issue_number, body: 'Hello' });
    expect(await refusalOf(comment(issue.number))).toBeNull();
    expect((await refusalOf(comment(pull)))?.status).toBe(403);
  });

  test('is refused once it was revoked, and while the installation is suspended', async () => {
    const { octokit } = await narrowed({});
    await octokit.apps.revokeInstallationAccessToken();
    expect((await refusalOf(octokit.repos.get({ ...acme.shop })))?.status).toBe(401);
    const { octokit: another } = await narrowed({});
    await acme.github.setSuspended(acme.app.installationId, true);
    expect((await refusalOf(another.repos.get({ ...acme.shop })))?.status).toBe(403);
    await acme.github.setSuspended(acme.app.installationId, false);
  });
});
