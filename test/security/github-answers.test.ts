/**
 * What GitHub does not tell of a large pull request, and what others write in Slipway's name. Against a server that
 * answers as GitHub does: its limits are too large for the sandbox.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProbotOctokit } from 'probot';
import { afterEach, describe, expect, test } from 'vitest';
import { openRepository } from '../../src/github/open-repository.ts';
import { parseSettings } from '../../src/settings/parse.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import { placesOf } from '../../src/workflow/places.ts';
import { filesOf } from '../../src/workflow/read-proposal.ts';
import type { Repository } from '../../src/workflow/repository.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** The repository of a GitHub that answers with this, by path. */
type Body = { readonly variables?: Readonly<Record<string, unknown>> };

async function openAgainst(answer: (path: string, query: URLSearchParams, body: Body) => unknown) {
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://here');
    response.setHeader('content-type', 'application/json');
    const sent = Buffer.concat(await request.toArray()).toString();
    response.end(JSON.stringify(answer(pathname, searchParams, sent === '' ? {} : JSON.parse(sent))));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const Octokit = ProbotOctokit.defaults({
    throttle: { enabled: false },
    retry: { enabled: false },
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  return openRepository({ octokit: new Octokit(), owner: 'acme', repo: 'shop', appId: 7, mask: (t) => t });
}

const pages = (items: readonly unknown[], query: URLSearchParams) => {
  const [size, page] = [Number(query.get('per_page')), Number(query.get('page') ?? 1)];
  return items.slice((page - 1) * size, page * size);
};

const trial = { sha: 'c'.repeat(40), base: 'b'.repeat(40) };

test('a template behind three thousand other files does not pass unseen: the pull request is refused', async () => {
  const files = Array.from({ length: 3000 }, (_, i) => ({ filename: `a/${i}`, status: 'added' }));
  const { changedFiles } = await openAgainst((_, query) => {
    return Number(query.get('per_page')) === 100 ? files : [];
  });
  await expect(changedFiles(1)).rejects.toMatchObject({ code: 'github-too-large' });
});

test('nor do they where the merge would show fewer files than the pull request has: it is refused unseen', async () => {
  const repository = { changedFiles: async () => [] } as unknown as Repository;
  const proposal = Promise.resolve({ changed: [] });
  const places = placesOf('acme/shop', []);
  await expect(filesOf(repository, { number: 1, fileCount: 3000 }, proposal, places)).rejects.toMatchObject({
    code: 'github-too-large',
  });
});

test('a list of a commit’s files that may have been cut is not taken for all of them', async () => {
  const files = Array.from({ length: 301 }, (_, i) => ({ filename: `a/${i}`, status: 'added' }));
  const { changedFiles } = await openAgainst((path) =>
    path.includes('/commits/') ? { files: files.slice(0, 300) } : files,
  );
  expect(await changedFiles(1, trial)).toHaveLength(301);
});

describe('of very many files the two trees tell, in two calls', () => {
  const tree = (entries: Readonly<Record<string, string>>, truncated = false) => ({
    truncated,
    tree: [
      { path: 'infra', mode: '040000', type: 'tree', sha: 'never compared' },
      ...Object.entries(entries).map(([path, sha]) => ({ path, mode: '100644', type: 'blob', sha })),
    ],
  });
  const before = tree({ 'infra/a.yaml': '1', 'infra/b.yaml': '2', 'app/c': '3' });
  const listed = [{ filename: 'listed', status: 'modified' }];
  const changed = async (after: object, was: object, mayMove: (path: string) => boolean) => {
    const { changedFiles } = await openAgainst((path) =>
      path.endsWith(trial.sha) && path.includes('/trees/')
        ? after
        : path.includes('/trees/')
          ? was
          : path.includes('/commits/')
            ? { files: listed }
            : [],
    );
    return (await changedFiles(1, trial, mayMove)).map(({ path, status }) => `${status} ${path}`);
  };

  test('what came, went and differs', async () => {
    const after = tree({ 'infra/a.yaml': '9', 'infra/b.yaml': '2', 'app/d': '3' });
    expect(await changed(after, before, () => false)).toEqual([
      'modified infra/a.yaml',
      'added app/d',
      'removed app/c',
    ]);
  });

  test.each([
    [
      'a template went and something came: it may have been renamed',
      tree({ 'infra/a.yaml': '1', new: '2' }),
      before,
    ],
    ['the tree after it is not told whole', tree({ 'infra/a.yaml': '1' }, true), before],
    ['the tree before it is not told whole', before, tree({}, true)],
  ])('not where %s', async (_, after, was) => {
    expect(await changed(after, was, (path) => path === 'infra/b.yaml')).toEqual(['modified listed']);
  });
});

test('hunks of the trial merge are none of the head, on whose lines suggestions are made', async () => {
  const file = { filename: 'infra/shop.yaml', status: 'modified', patch: '@@ -1 +1 @@\n-a\n+b' };
  const { changedFiles } = await openAgainst((path) =>
    path.includes('/commits/') ? { files: [file] } : [file],
  );
  const patches = [await changedFiles(1, trial), await changedFiles(1)].map(([one]) => one?.patch);
  expect(patches).toEqual([undefined, file.patch]);
});

test('a commit behind two hundred and fifty empty ones still makes its author a committer', async () => {
  const commit = (login: string) => ({ author: { login }, committer: { login: 'web-flow' } });
  const commits = [...Array.from({ length: 300 }, () => commit('author')), commit('reviewer')];
  const { people } = await openAgainst((path, query) => {
    if (path.endsWith('/graphql')) {
      const node = { commit: { author: { user: { login: 'author' } }, committer: null } };
      const hundred = { totalCount: 250, nodes: Array.from({ length: 100 }, () => node) };
      return { data: { repository: { pullRequest: { commits: hundred } } } };
    }
    if (path.endsWith('/commits')) return commits.slice(0, 250);
    if (path.includes('/compare/')) return { total_commits: 301, commits: pages(commits, query) };
    return {
      user: { login: 'author' },
      head: { sha: 'b'.repeat(40), repo: { id: 1 } },
      base: { sha: 'a'.repeat(40), ref: 'main', repo: { id: 1, default_branch: 'main' } },
      labels: [],
    };
  });
  expect((await people(1, [], [])).committers).toEqual(['author', 'reviewer', 'web-flow']);
});

describe('a comment in Slipway’s name', () => {
  const marker = '<!-- slipway:review -->';
  const comment = (id: number, type: string, app: number | null) => ({
    id,
    body: `${marker}\n## Nothing to change`,
    user: { login: `someone-${id}`, type },
    performed_via_github_app: app === null ? null : { id: app },
  });
  test.each([
    [
      'of another bot, which could change it afterwards, is not taken for the plan',
      [comment(1, 'Bot', 99)],
      undefined,
    ],
    ['of a person is not taken for it', [comment(2, 'User', null)], undefined],
    ['that is Slipway’s own is found behind others', [comment(1, 'Bot', 99), comment(3, 'Bot', 7)], 3],
  ])('%s', async (_, comments, expected) => {
    const { findComment } = await openAgainst(() => comments);
    expect(await findComment(1, marker)).toBe(expected);
  });
});

describe('a file that cannot be read as text', () => {
  const size = 200_000_000;
  test.each([
    ['binary', { byteSize: 9, isBinary: true, isTruncated: false, text: null }],
    [
      '200 MB large, which is not even fetched',
      { byteSize: size, isBinary: false, isTruncated: true, text: 'x' },
    ],
  ])('%s: is not taken for a file that is gone, and no reader takes it for anything', async (_, blob) => {
    const paths: string[] = [];
    const { readFiles } = await openAgainst((path) => {
      paths.push(path);
      return { data: { repository: { f0: blob } } };
    });
    const text = (await readFiles('abc', ['infra/shop.yaml'])).get('infra/shop.yaml')!;
    expect(paths).toEqual(['/graphql']);
    expect(parseTemplate(text, 'infra/shop.yaml').diagnostics[0]?.severity).toBe('error');
    expect(parseSettings(text, '.github/slipway.yml').settings).toBeUndefined();
  });

  test('many that GitHub takes too long over are asked for in smaller parts', async () => {
    const asked: number[] = [];
    const { readFiles } = await openAgainst((_, __, body) => {
      const paths = Object.keys(body.variables ?? {}).filter((name) => name.startsWith('e')).length;
      asked.push(paths);
      if (paths > 100) return { errors: [{ message: 'This may be the result of a timeout' }] };
      const blob = { byteSize: 1, isBinary: false, isTruncated: false, text: 'x' };
      return {
        data: { repository: Object.fromEntries(Array.from({ length: paths }, (_, i) => [`f${i}`, blob])) },
      };
    });
    const paths = Array.from({ length: 300 }, (_, i) => `infra/${i}.yaml`);
    expect((await readFiles('abc', paths)).size).toBe(300);
    expect(asked).toEqual([300, 150, 75, 75, 150, 75, 75]);
  });

  test('thousands of large files are not all held at once', async () => {
    const blob = { byteSize: 1_000_000, isBinary: false, isTruncated: false, text: 'small here' };
    const { readFiles } = await openAgainst(() => ({
      data: { repository: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, blob])) },
    }));
    const paths = Array.from({ length: 100 }, (_, i) => `infra/${i}.yaml`);
    const files = await readFiles('abc', paths);
    expect([...files.values()].filter((text) => text === 'small here')).toHaveLength(67);
  });
});

describe('a trial merge', () => {
  const merge = (base: string, head: string, mergeable = 'MERGEABLE') => ({
    data: {
      repository: {
        ref: { target: { oid: 'base2' } },
        file: null,
        pullRequest: {
          mergeable,
          potentialMergeCommit: { oid: 'merged', parents: { nodes: [{ oid: base }, { oid: head }] } },
        },
      },
    },
  });
  test.each([
    [
      'of base and head as they are',
      merge('base2', 'head2'),
      { kind: 'commit', sha: 'merged', base: 'base2', changed: [], rebased: [] },
    ],
    ['of an earlier head is none yet', merge('base2', 'head1'), { kind: 'computing' }],
    ['of an earlier base is none yet', merge('base1', 'head2'), { kind: 'computing' }],
    ['that conflicts', merge('base1', 'head1', 'CONFLICTING'), { kind: 'conflict' }],
  ])('%s', async (_, answer, expected) => {
    const { readBase } = await openAgainst(() => answer);
    const base = await readBase({ number: 7, baseRef: 'main', headSha: 'head2' }, ['.github/slipway.yml']);
    expect(base).toEqual({ files: new Map(), merge: expected });
  });
});
