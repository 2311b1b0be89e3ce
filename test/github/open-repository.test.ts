import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAppAuth } from '@octokit/auth-app';
import sodium from 'libsodium-wrappers';
import { ProbotOctokit } from 'probot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Octokit, openRepository, type RepositoryAccess } from '../../src/github/open-repository.ts';
import { findRepository } from '../../src/sandbox/github/model/world.ts';
import { type SandboxGitHub, startSandboxGitHub } from '../../src/sandbox/github/start.ts';
import type { Repository } from '../../src/workflow/repository.ts';

let directory: string;
let github: SandboxGitHub;
let repository: Repository;
let access: RepositoryAccess;
let baseSha: string;
let number: number;
let headSha: string;

const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`infra/${i}.yaml`, `text ${i}\n`]));
const large = `${'x'.repeat(700_000)}\n`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-github-'));
  github = await startSandboxGitHub({ directory });
  const author = github.createUser('author');
  github.createUser('reviewer');
  github.createUser('nested');
  await github.createOrganisation('acme', { members: ['author', 'reviewer', 'nested'] });
  await github.createTeam('acme', 'infra', ['reviewer']);
  await github.createTeam('acme', 'network', ['nested'], { parent: 'infra' });
  const { fullName } = await github.createRepository({
    owner: 'acme',
    name: 'shop',
    files: { ...many, 'large.yaml': large },
  });
  await github.addCollaborator(fullName, 'author', 'write');
  const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8'));
  const app = await github.registerApp({
    manifest,
    webhookUrl: 'http://127.0.0.1:9/',
    webhookSecret: 'nobody listens',
  });
  const client = (auth: object) =>
    new ProbotOctokit({ baseUrl: github.apiUrl, throttle: { enabled: false }, ...auth }) as Octokit;
  const octokit = client({
    authStrategy: createAppAuth,
    auth: { appId: app.appId, privateKey: app.privateKey, installationId: app.installationId },
  });
  access = {
    octokit,
    owner: 'acme',
    repo: 'shop',
    appId: app.appId,
    mask: (t: string) => t.replaceAll('hunter2', '***'),
  };
  repository = openRepository(access);

  const here = { owner: 'acme', repo: 'shop' };
  const { rest } = client({ auth: { token: author.token } });
  const { data: main } = await rest.git.getRef({ ...here, ref: 'heads/main' });
  baseSha = main.object.sha;
  const { data: tree } = await rest.git.createTree({
    ...here,
    base_tree: baseSha,
    tree: [
      { path: 'infra/new.yaml', mode: '100644', type: 'blob', content: 'new\n' },
      { path: 'infra/1.yaml', mode: '100644', type: 'blob', sha: null },
      { path: 'infra/moved.yaml', mode: '100644', type: 'blob', content: 'text 2\n' },
      { path: 'infra/2.yaml', mode: '100644', type: 'blob', sha: null },
    ],
  });
  const made = await rest.git.createCommit({
    ...here,
    message: 'Change',
    tree: tree.sha,
    parents: [baseSha],
  });
  headSha = made.data.sha;
  await rest.git.createRef({ ...here, ref: 'refs/heads/change', sha: headSha });
  number = (await rest.pulls.create({ ...here, title: 'Change', head: 'change', base: 'main' })).data.number;
});

afterAll(async () => {
  await github.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a repository on GitHub', () => {
  test('tells of a pull request', async () => {
    expect(await repository.pullRequest(number)).toEqual({
      number,
      author: 'author',
      state: 'open',
      merged: false,
      headSha,
      baseSha,
      baseRef: 'main',
      fromFork: false,
      isDefaultBase: true,
      fileCount: 3,
      labels: [],
    });
  });

  test('lists what changed, with what became of it', async () => {
    const files = await repository.changedFiles(number);
    expect([...files].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: 'infra/1.yaml', status: 'removed', patch: '@@ -1 +0,0 @@\n-text 1' },
      { path: 'infra/moved.yaml', status: 'renamed', previousPath: 'infra/2.yaml' },
      { path: 'infra/new.yaml', status: 'added', patch: '@@ -0,0 +1 @@\n+new' },
    ]);
  });

  test('lists the same of the commit that would merge it, whose lines are not those of the head', async () => {
    const { merge } = await repository.readBase({ number, baseRef: 'main', headSha }, []);
    if (merge.kind !== 'commit') throw new Error('it does not merge');
    github.requests.clear();
    const listed = await repository.changedFiles(number);
    expect(await repository.changedFiles(number, merge)).toEqual(listed.map(({ patch: _, ...file }) => file));
    expect(github.requests.entries.map(({ route }) => route)).toEqual([
      'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
      'GET /repos/{owner}/{repo}/commits/{ref}',
    ]);
  });

  test('lists what two trees tell in two calls, with a file that was renamed as two, unless it may be a template', async () => {
    const { merge } = await repository.readBase({ number, baseRef: 'main', headSha }, []);
    if (merge.kind !== 'commit') throw new Error('it does not merge');
    github.requests.clear();
    const files = await repository.changedFiles(number, merge, () => false);
    expect(files.map(({ status, path }) => `${status} ${path}`).sort()).toEqual([
      'added infra/moved.yaml',
      'added infra/new.yaml',
      'removed infra/1.yaml',
      'removed infra/2.yaml',
    ]);
    expect(github.requests.entries.map(({ route }) => route)).toEqual([
      'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
      'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
    ]);
    const whole = await repository.changedFiles(number, merge);
    expect(await repository.changedFiles(number, merge, (path) => path === 'infra/2.yaml')).toEqual(whole);
  });

  test('reads hundreds of files in few calls, and leaves out what is not there', async () => {
    github.requests.clear();
    const paths = [...Object.keys(many), 'infra/gone.yaml', 'infra'];
    const files = await repository.readFiles(baseSha, paths);
    expect(files.size).toBe(250);
    expect(files.get('infra/249.yaml')).toBe('text 249\n');
    expect(github.requests.count()).toBeLessThanOrEqual(2);
  });

  test('asks first what is there, where most of very many files may not be', async () => {
    github.requests.clear();
    const maybe = Array.from({ length: 1_500 }, (_, i) => `infra/${i}.dev.params.yaml`);
    const paths = [...Object.keys(many), ...maybe, 'large.yaml', 'gone/a.yaml'];
    const files = await repository.readFiles(baseSha, paths);
    expect([...files.keys()]).toEqual([...Object.keys(many), 'large.yaml']);
    expect(files.get('infra/249.yaml')).toBe('text 249\n');
    // Folders, one of texts, and the one that is too large for that.
    expect(github.requests.count()).toBe(3);
  });

  test('reads what a tree has said is there without asking once more', async () => {
    const { merge } = await repository.readBase({ number, baseRef: 'main', headSha }, []);
    if (merge.kind !== 'commit') throw new Error('it does not merge');
    const job = openRepository(access);
    await job.changedFiles(number, merge, () => false);
    github.requests.clear();
    const maybe = Array.from({ length: 1_500 }, (_, i) => `infra/${i}.dev.params.yaml`);
    const files = await job.readFiles(merge.sha, [...Object.keys(many), ...maybe]);
    expect(files.size).toBeGreaterThan(240);
    expect(github.requests.count()).toBe(1);
  });

  test('reads a branch as well as a commit', async () => {
    const files = await repository.readFiles('refs/heads/change', ['infra/new.yaml', 'infra/1.yaml']);
    expect([...files]).toEqual([['infra/new.yaml', 'new\n']]);
  });

  test('reads whole what GraphQL cuts short', async () => {
    expect((await repository.readFiles(baseSha, ['large.yaml'])).get('large.yaml')).toBe(large);
  });

  test('knows people by their permission and by their teams, nested ones too', async () => {
    const teams = ['@acme/infra', '@acme/nothing'];
    expect(await repository.person('nested', teams)).toMatchObject({ teams: ['@acme/infra'] });
    expect(await repository.person('author', teams)).toEqual({
      login: 'author',
      permission: 'write',
      teams: [],
    });
    expect(await repository.person('nobody-at-all', teams)).toMatchObject({ permission: 'none', teams: [] });
  });

  test('knows who has commits, who people are and who is in a team, in a call for each person and one more', async () => {
    github.requests.clear();
    const teams = ['@acme/infra', '@acme/network', '@acme/nothing'];
    const { committers, people, members, missingTeams } = await repository.people(
      number,
      ['nested', 'author'],
      teams,
    );
    expect(github.requests.count()).toBe(3);
    expect(committers).toEqual(['author']);
    expect(people).toEqual([
      { login: 'nested', permission: 'read', teams: ['@acme/infra', '@acme/network'] },
      { login: 'author', permission: 'write', teams: [] },
    ]);
    expect(members).toEqual({
      '@acme/infra': ['reviewer', 'nested'],
      '@acme/network': ['nested'],
      '@acme/nothing': [],
    });
    expect(missingTeams).toEqual(['@acme/nothing']);
  });

  test('knows of more people than two by the list of those with access', async () => {
    github.requests.clear();
    const asked = ['nested', 'Author', 'reviewer', 'nobody-at-all'];
    const { people } = await repository.people(number, asked, []);
    expect(people.map((p) => p.permission)).toEqual(['read', 'write', 'read', 'none']);
    expect(github.requests.count()).toBe(3);
  });

  test('asks about each person where an organisation does not show its teams', async () => {
    const teams = ['@acme/infra', '@elsewhere/x'];
    const { people, members, missingTeams } = await repository.people(number, ['author'], teams);
    expect(missingTeams).toEqual([]);
    expect(people).toEqual([{ login: 'author', permission: 'write', teams: [] }]);
    expect(Object.keys(members)).toEqual(['@acme/infra']);
  });

  test('writes a comment without secrets, edits it, and writes anew what was deleted', async () => {
    const first = await repository.writeComment(number, undefined, '<!-- mark -->\nhunter2');
    expect(await repository.findComment(number, '<!-- mark -->')).toBe(first.id);
    expect((await repository.comment(first.id))?.body).toBe('<!-- mark -->\n***');
    expect((await repository.writeComment(number, first.id, 'again')).id).toBe(first.id);
    const other = await repository.writeComment(number, 999_999, 'anew');
    expect(other.id).not.toBe(first.id);
    expect(await repository.comment(999_999)).toBeUndefined();
  });

  test('has one deployment for a commit and an environment, however often it is asked', async () => {
    const ids = new Set<number>();
    for (let i = 0; i < 3; i++) ids.add(await repository.deployment(headSha, 'dev', 'Pull request'));
    expect(ids.size).toBe(1);
    expect(ids).not.toContain(await repository.deployment(headSha, 'prod', 'Pull request'));
  });

  test('raises an issue once, brings it up to date, and closes it', async () => {
    await repository.raiseIssue('<!-- failure -->', 'First', '<!-- failure -->\nOne');
    await repository.raiseIssue('<!-- failure -->', 'Second', '<!-- failure -->\nTwo');
    const issues = () =>
      [...github.world.repositories.get('acme/shop')!.issues.values()].filter((i) => !i.pull);
    expect(issues().map((i) => [i.title, i.state])).toEqual([['Second', 'open']]);
    await repository.closeIssue('<!-- failure -->');
    await repository.closeIssue('<!-- failure -->');
    expect(issues().map((i) => i.state)).toEqual(['closed']);
    await repository.raiseIssue('<!-- failure -->', 'Third', '<!-- failure -->\nThree');
    expect(issues().map((i) => i.state)).toEqual(['closed', 'open']);
  });

  test('keeps an issue by its number, whoever closed it, and opens one anew where it is gone', async () => {
    const marker = '<!-- compliance -->';
    const text = (title: string) => ({ title, body: `${marker}\n${title}` });
    const first = await repository.keepIssue(undefined, marker, { ...text('One'), state: 'open' });
    const kept = () => github.world.repositories.get('acme/shop')!.issues.get(first!)!;
    // Its number was lost on the way.
    expect(await repository.keepIssue(undefined, marker, text('Two hunter2'))).toBe(first);
    expect(kept()).toMatchObject({ title: 'Two ***', state: 'open' });
    expect(await repository.keepIssue(first, marker, { ...text('Three'), state: 'closed' })).toBe(first);
    expect(await repository.keepIssue(first, marker, text('Four'))).toBe(first);
    expect(kept()).toMatchObject({ title: 'Four', state: 'closed' });
    expect(await repository.keepIssue(999_999, marker, { ...text('Gone'), state: 'closed' })).toBeUndefined();
    expect(await repository.keepIssue(999_999, marker, text('Anew'))).toBeGreaterThan(first!);
  });

  test('knows the commit of the default branch', async () => {
    expect(await repository.defaultBranch()).toBe(baseSha);
  });

  test('publishes more annotations than one call takes', async () => {
    const annotations = Array.from({ length: 120 }, (_, i) => ({
      path: 'infra/new.yaml',
      start_line: i + 1,
      end_line: i + 1,
      annotation_level: 'failure' as const,
      title: 'Wrong',
      message: 'hunter2',
    }));
    await repository.publishChecks(headSha, [
      { name: 'slipway/plan', conclusion: 'failure', title: 'Wrong', summary: 'All of it', annotations },
    ]);
    const run = github.world.repositories.get('acme/shop')!.checkRuns.at(-1)!;
    expect(run.annotations.map((a) => a.startLine)).toEqual(annotations.map((a) => a.start_line));
    expect(run.annotations[0]?.message).toBe('***');
    expect([run.status, run.conclusion]).toEqual(['completed', 'failure']);
  });

  test('gives code scanning what was found, and is told where that is off', async () => {
    const log = (results: readonly object[], rules: readonly object[] = [{ id: 'no-ssh' }]) =>
      JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'Slipway', rules } }, results }] });
    const result = {
      ruleId: 'no-ssh',
      ruleIndex: 0,
      message: { text: 'the password is hunter2' },
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'infra/a%20b.yaml' }, region: { startLine: 3 } } },
      ],
    };
    expect(await repository.uploadAnalysis(headSha, 'refs/heads/main', log([result]))).toBe(false);
    github.setCodeScanning('acme/shop', true);
    expect(await repository.uploadAnalysis(headSha, 'refs/heads/main', log([result]))).toBe(true);
    const { analyses } = findRepository(github.world, 'acme/shop')!.codeScanning;
    expect(analyses).toMatchObject([
      {
        ref: 'refs/heads/main',
        sha: headSha,
        tool: 'Slipway',
        results: [{ rule: 'no-ssh', message: 'the password is ***', path: 'infra/a b.yaml', line: 3 }],
      },
    ]);
    const wrong = [
      [headSha, 'main', log([])],
      ['0'.repeat(40), 'refs/heads/main', log([])],
      [headSha, 'refs/heads/main', '{}'],
      [headSha, 'refs/heads/main', log([{ ...result, locations: [{}] }])],
      [headSha, 'refs/heads/main', log([result], [{ id: 'another' }])],
    ] as const;
    const answers = wrong.map(([commit, ref, sarif]) =>
      repository.uploadAnalysis(commit, ref, sarif).catch((error) => (error as { status: number }).status),
    );
    expect(await Promise.all(answers)).toEqual([422, 422, 400, 400, 400]);
    expect(analyses).toHaveLength(1);
  });
});

describe('an environment on GitHub', () => {
  const values = () => repository.environmentValues('shop: blue');
  const stored = () => findRepository(github.world, 'acme/shop')!.environments.get('shop: blue')!.values;

  test('that is not there is told as that', async () => {
    await expect(values().check()).rejects.toMatchObject({ code: 'hand-over-failed' });
    await expect(values().putVariable('SHOP_URL', 'x')).rejects.toMatchObject({ code: 'hand-over-failed' });
  });

  test('takes variables, and secrets that only GitHub can open', async () => {
    await repository.deployment(headSha, 'shop: blue', 'It is made by a deployment');
    await values().check();
    expect(await values().has('variable', 'SHOP_URL')).toBe(false);
    for (const url of ['https://one.example', 'https://two.example'])
      await values().putVariable('SHOP_URL', url);
    expect(stored().variables.get('SHOP_URL')?.value).toBe('https://two.example');
    expect(await values().has('variable', 'SHOP_URL')).toBe(true);

    await values().putSecret('SHOP_PASSWORD', 'correct horse');
    expect(await values().has('secret', 'SHOP_PASSWORD')).toBe(true);
    const { key, secrets } = stored();
    const sealed = Buffer.from(secrets.get('SHOP_PASSWORD')!.value, 'base64');
    expect(sealed.includes('correct horse')).toBe(false);
    await sodium.ready;
    const opened = sodium.crypto_box_seal_open(sealed, key.publicKey, key.privateKey);
    expect(Buffer.from(opened).toString()).toBe('correct horse');

    for (const [kind, name] of [
      ['variable', 'SHOP_URL'],
      ['secret', 'SHOP_PASSWORD'],
    ] as const) {
      await values().remove(kind, name);
      await values().remove(kind, name);
      expect(await values().has(kind, name)).toBe(false);
    }
  });

  test('takes no variable with a known secret in it', async () => {
    const put = values().putVariable('SHOP_URL', 'https://hunter2@example');
    await expect(put).rejects.toMatchObject({ code: 'hand-over-refused' });
    await expect(put).rejects.not.toThrow(/hunter2/);
  });
});
