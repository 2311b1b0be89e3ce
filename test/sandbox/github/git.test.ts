import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gitEnvironment } from '../../../src/sandbox/github/git/command.ts';
import { type Acme, startAcme } from './acme.ts';

let acme: Acme;
let directory: string;
beforeAll(async () => {
  acme = await startAcme();
  directory = await mkdtemp(join(tmpdir(), 'sandbox-github-clone-'));
});
afterAll(async () => {
  await acme.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Runs git as a person would; answers what it printed, or how it failed. */
async function git(where: string, ...parameters: string[]): Promise<string> {
  const identity = { GIT_AUTHOR_NAME: 'author', GIT_AUTHOR_EMAIL: acme.people.author.email };
  const environment = {
    ...gitEnvironment,
    ...identity,
    GIT_COMMITTER_NAME: 'author',
    GIT_COMMITTER_EMAIL: acme.people.author.email,
  };
  try {
    const { stdout, stderr } = await promisify(execFile)('git', parameters, { cwd: where, env: environment });
    return `${stdout}${stderr}`;
  } catch (error) {
    return `failed: ${(error as { stderr: string }).stderr}`;
  }
}

function address(token: string | null): string {
  const credentials = token === null ? '' : `author:${token}@`;
  return `${acme.github.url.replace('http://', `http://${credentials}`)}/acme/shop.git`;
}

/** Clones as the author, and commits one file to a branch. */
async function cloneAndCommit(name: string, branch: string, path: string, text: string): Promise<string> {
  const clone = join(directory, name);
  await git(directory, 'clone', '--quiet', address(acme.people.author.token), name);
  await git(clone, 'checkout', '--quiet', '-B', branch);
  await writeFile(join(clone, path), text);
  await git(clone, 'add', path);
  await git(clone, 'commit', '--quiet', '-m', `Write ${path}`);
  return clone;
}

test('anybody can clone a public repository', async () => {
  expect(await git(directory, 'clone', '--quiet', address(null), 'anonymous')).toBe('');
  expect(await readFile(join(directory, 'anonymous', 'README.md'), 'utf8')).toBe('# Shop\n');
});

test.each([
  { who: 'nobody', token: () => null, says: /could not read Username/ },
  { who: 'an unknown token', token: () => 'ghp_unknown', says: /Authentication failed/ },
  { who: 'somebody who may only read', token: () => acme.people.stranger.token, says: /403/ },
])('a push by $who is refused', async ({ who, token, says }) => {
  const clone = await cloneAndCommit(`refused-${who.replaceAll(' ', '-')}`, 'refused', 'a.txt', 'a\n');
  expect(await git(clone, 'push', address(token()), 'refused')).toMatch(says);
  expect(acme.github.world.repositories.get('acme/shop')!.git.refs.has('refs/heads/refused')).toBe(false);
});

test('a push is seen by the API at once, and by the App in order', async () => {
  const clone = await cloneAndCommit('pushed', 'pushed', 'pushed.txt', 'one\n');
  await acme.github.settled();
  const before = acme.hooks.received.length;
  expect(await git(clone, 'push', '--quiet', 'origin', 'pushed')).toBe('');
  const sha = (await git(clone, 'rev-parse', 'HEAD')).trim();
  const { data } = await acme.as('author').repos.getBranch({ ...acme.shop, branch: 'pushed' });
  expect([data.commit.sha, data.commit.author?.login]).toEqual([sha, 'author']);
  await acme.github.settled();
  expect(acme.hooks.names().slice(before)).toEqual(['push', 'create', 'check_suite.requested']);
  const push = acme.hooks.of('push').at(-1)!.payload;
  expect([push.created, push.pusher.name, push.commits[0].added]).toEqual([true, 'author', ['pushed.txt']]);
});

test('pushing to the head of a pull request synchronises it, by force too; deleting the branch closes it', async () => {
  const clone = await cloneAndCommit('followed', 'followed', 'followed.txt', 'one\n');
  await git(clone, 'push', '--quiet', 'origin', 'followed');
  const { data } = await acme
    .as('author')
    .pulls.create({ ...acme.shop, title: 'Follow', head: 'followed', base: 'main' });
  await git(clone, 'commit', '--quiet', '--amend', '-m', 'Amended');
  await git(clone, 'push', '--quiet', '--force', 'origin', 'followed');
  await acme.github.settled();
  const { payload } = acme.hooks.of('pull_request.synchronize').at(-1)!;
  const tip = (await git(clone, 'rev-parse', 'HEAD')).trim();
  expect([payload.before, payload.after]).toEqual([data.head.sha, tip]);
  expect(acme.hooks.of('push').at(-1)!.payload.forced).toBe(true);
  expect(await git(clone, 'ls-remote', 'origin', `refs/pull/${data.number}/head`)).toContain(tip);
  await git(clone, 'push', '--quiet', 'origin', ':followed');
  const { data: after } = await acme.as('author').pulls.get({ ...acme.shop, pull_number: data.number });
  expect([after.state, after.merged]).toEqual(['closed', false]);
});

test('pushing the head of a pull request to its base merges it', async () => {
  const clone = await cloneAndCommit('by-hand', 'by-hand', 'by-hand.txt', 'one\n');
  await git(clone, 'push', '--quiet', 'origin', 'by-hand');
  const { data } = await acme
    .as('author')
    .pulls.create({ ...acme.shop, title: 'By hand', head: 'by-hand', base: 'main' });
  await git(clone, 'push', '--quiet', 'origin', 'by-hand:main');
  const { data: after } = await acme.as('author').pulls.get({ ...acme.shop, pull_number: data.number });
  expect([after.state, after.merged]).toEqual(['closed', true]);
});

test('a push to a protected branch is refused in words that git shows', async () => {
  const clone = await cloneAndCommit('guarded', 'main', 'guarded.txt', 'one\n');
  acme.github.protectBranch('acme/shop', 'main', {
    requiredReviews: {
      count: 1,
      dismissStale: false,
      requireCodeOwners: false,
      requireLastPushApproval: false,
    },
  });
  const said = await git(clone, 'push', 'origin', 'main');
  expect(said).toMatch(/GH006: Protected branch update failed for refs\/heads\/main/);
  expect(said).toMatch(/Changes must be made through a pull request/);
  acme.github.protectBranch('acme/shop', 'main', {});
});

test('the history of a protected branch cannot be rewritten, that of others can', async () => {
  const clone = await cloneAndCommit('rewriting', 'rewritten', 'rewritten.txt', 'one\n');
  await git(clone, 'push', '--quiet', 'origin', 'rewritten');
  await git(clone, 'commit', '--quiet', '--amend', '-m', 'Amended');
  acme.github.protectBranch('acme/shop', 'rewritten', {});
  expect(await git(clone, 'push', '--force', 'origin', 'rewritten')).toMatch(/non-fast-forward/);
  expect(await git(clone, 'push', 'origin', ':rewritten')).toMatch(/Cannot delete this protected branch/);
  acme.github.protectBranch('acme/shop', 'rewritten', { allowForcePushes: true });
  expect(await git(clone, 'push', '--quiet', '--force', 'origin', 'rewritten')).toBe('');
});

test('nobody can push to the references of pull requests', async () => {
  const clone = await cloneAndCommit('hidden', 'hidden', 'hidden.txt', 'one\n');
  expect(await git(clone, 'push', 'origin', 'hidden:refs/pull/1/head')).toMatch(/deny updating a hidden ref/);
});

test('an installation token clones a private repository; without one it is not there', async () => {
  const { github } = acme;
  await github.createRepository({ owner: 'acme', name: 'vault', private: true, files: { 'a.txt': 'a\n' } });
  const { token } = (await acme.asApp().auth({ type: 'installation' })) as { token: string };
  const from = `${github.url.replace('http://', `http://x-access-token:${token}@`)}/acme/vault.git`;
  expect(await git(directory, 'clone', '--quiet', from, 'vault')).toBe('');
  const stranger = from.replace(token, acme.people.stranger.token);
  expect(await git(directory, 'clone', '--quiet', stranger, 'vault-two')).toMatch(/not found/i);
});
