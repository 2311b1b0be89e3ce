import { createAppAuth } from '@octokit/auth-app';
import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findInstallation } from '../../src/github/find-installation.ts';
import type { Octokit } from '../../src/github/open-repository.ts';
import { openPolicyFiles } from '../../src/github/policy-files.ts';
import { runGit } from '../../src/sandbox/github/git/command.ts';
import { updateRef } from '../../src/sandbox/github/git/store.ts';
import { findRepository } from '../../src/sandbox/github/model/world.ts';
import type { PolicyRepository } from '../../src/workflow/policy-files.ts';
import { type Acme, startAcme } from '../sandbox/github/acme.ts';

let acme: Acme;
let octokit: (installation?: number) => Octokit;
let policies: PolicyRepository;
let main: string;

beforeAll(async () => {
  acme = await startAcme();
  const { appId, privateKey, installationId } = acme.app;
  octokit = (installation) =>
    new ProbotOctokit({
      baseUrl: acme.github.apiUrl,
      throttle: { enabled: false },
      authStrategy: createAppAuth,
      auth: { appId, privateKey, ...(installation === undefined ? {} : { installationId: installation }) },
    }) as Octokit;
  await acme.github.createRepository({
    owner: 'acme',
    name: 'policies',
    files: { 'top.yaml': 'top', 'org/a.yaml': 'a', 'org/pack/b.yaml': 'bb', 'org/pack/deep/c.yaml': 'c' },
  });
  policies = openPolicyFiles({
    octokit: octokit(installationId),
    owner: 'acme',
    repo: 'policies',
    appId,
    mask: (text) => text,
  });
  const { git } = findRepository(acme.github.world, 'acme/policies')!;
  main = git.refs.get('refs/heads/main')!;
  await runGit(git.directory, [
    '-c',
    'user.name=o',
    '-c',
    'user.email=o@o',
    'tag',
    '-a',
    '-m',
    'v1',
    'v1',
    main,
  ]);
  const tag = (await runGit(git.directory, ['rev-parse', 'refs/tags/v1'])).stdout.toString().trim();
  await updateRef(git, 'refs/tags/v1', tag);
  for (const ref of ['refs/tags/plain', 'refs/tags/both', 'refs/heads/both']) await updateRef(git, ref, main);
});
afterAll(() => acme.stop());

test('a branch, a tag of either kind and a whole commit id name a commit; nothing else does', async () => {
  const found = async (ref: string) => (await policies.commitsOf(ref)).map((sha) => sha === main);
  expect(
    await Promise.all(['main', 'v1', 'plain', 'refs/heads/both', 'refs/tags/v1', main].map(found)),
  ).toEqual(Array(6).fill([true]));
  expect(await found('both')).toEqual([true, true]);
  expect(await Promise.all(['nothing', main.slice(0, 12), 'HEAD', 'refs/heads/v1'].map(found))).toEqual(
    Array(4).fill([]),
  );
});

test('the files of a folder and of those in it are listed with their sizes in one call', async () => {
  acme.github.requests.clear();
  expect(await policies.list(main, 'org')).toEqual([
    { path: 'org/a.yaml', bytes: 1 },
    { path: 'org/pack/b.yaml', bytes: 2 },
  ]);
  expect(acme.github.requests.entries.filter(({ path }) => path === '/graphql')).toHaveLength(1);
  expect((await policies.list(main, ''))?.map(({ path }) => path)).toEqual(['org/a.yaml', 'top.yaml']);
  expect(await policies.list(main, 'nothing')).toBeUndefined();
  expect(await policies.list(main, 'top.yaml')).toBeUndefined();
});

test('a repository is reached through the installation that covers it', async () => {
  const at = { owner: 'acme', repo: 'policies' };
  expect(await findInstallation(octokit(), at)).toEqual({ ...at, installation: acme.app.installationId });
  expect(await findInstallation(octokit(), { owner: 'acme', repo: 'nothing' })).toBeUndefined();
});
