/** A repository for one test, and what people do in it and see: acting is by HTTP, looking is into the sandbox itself. */
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { checkNames } from '../../src/review/checks.ts';
import { reviewMarker } from '../../src/review/comment.ts';
import { readThePlan, until } from '../../src/sandbox/demo/watch.ts';
import type { Annotation } from '../../src/sandbox/github/model/check.ts';
import { checkRunsOn } from '../../src/sandbox/github/model/checks-on-commit.ts';
import { isPullRequest } from '../../src/sandbox/github/model/pull-request.ts';
import { findRepository } from '../../src/sandbox/github/model/world.ts';
import { stackId } from '../../src/stack/stack-id.ts';
import type { World } from './shop.ts';

export const owner = 'acme';
export const template = 'infra/shop.yaml';

export type Login = 'author' | 'reviewer' | 'operator' | 'stranger';

/** Path to text; undefined removes the file. */
export type Files = Readonly<Record<string, string | undefined>>;

export interface TestRepository {
  readonly name: string;
  readonly fullName: string;
  /** The stack of `infra/shop.yaml` in `dev`. */
  readonly stack: string;
  as(login: Login): Octokit;
  /** `owner`, `repo` and both numbers that GitHub's routes know a pull request by. */
  at(number: number): { owner: string; repo: string; pull_number: number; issue_number: number };
  /** Commits to a branch, which begins at the tip of `main`: again, where `force` is. Gives the commit. */
  push(branch: string, files: Files, options?: { as?: Login; force?: true }): Promise<string>;
  /** A pull request of the author's with these files, from a branch of its own. */
  propose(files: Files, options?: { base?: string; branch?: string }): Promise<PullRequest>;
  /** Follows a pull request that is there already. */
  follow(number: number, branch?: string): PullRequest;
  deployments(): readonly { environment: string; states: readonly string[] }[];
  issues(): readonly { number: number; title: string; body: string; state: string }[];
  /** The names of the checks on a commit, whether concluded or not. */
  checksOn(sha: string): readonly string[];
  /** Calls by Slipway to GitHub about this repository and the organisation's people. */
  calls(): readonly string[];
}

export interface Check {
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string;
  readonly text: string;
  readonly annotations: readonly Annotation[];
}

/** What a pull request shows at one moment. */
export interface Seen {
  readonly headSha: string;
  /** Slipway's one comment; empty when there is none. */
  readonly comment: string;
  readonly planComments: number;
  readonly comments: readonly { id: number; login: string; body: string; reactions: readonly string[] }[];
  readonly checks: Readonly<Record<string, Check>>;
}

export interface PullRequest {
  readonly number: number;
  readonly branch: string;
  look(): Seen;
  until(what: string, holds: (seen: Seen) => boolean): Promise<Seen>;
  /** Until Slipway has said what it has to say of the newest commit. */
  planned(): Promise<Seen>;
  push(files: Files, options?: { as?: Login; force?: true }): Promise<string>;
  say(login: Login, body: string): Promise<number>;
  /** Says it a second after what is shown now, and waits for what is to be seen then. */
  approve(login?: Login): Promise<void>;
  merge(login?: Login): Promise<void>;
  close(): Promise<void>;
  /** Approved, merged and applied. */
  land(): Promise<Seen>;
}

/** What every repository begins with. `approvals` of one of `@acme/infra`: the reviewer or the operator. */
export const settings = `templates: ["infra/*.yaml"]
environments:
  dev:
    region: eu-west-1
    approvals:
      - from: ["@acme/infra"]
        count: 1
operators: ["@acme/infra"]
`;

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Makes `acme/<name>`, which the author and the reviewer may write to, with its default branch protected. */
export async function createTestRepository(
  world: World,
  name: string,
  files: Readonly<Record<string, string>> = {},
): Promise<TestRepository> {
  const fullName = `${owner}/${name}`;
  const { github, app } = world.shop;
  await github.createRepository({
    owner,
    name,
    author: 'operator',
    files: { 'README.md': `# ${name}\n`, '.github/slipway.yml': settings, ...files },
  });
  for (const login of ['author', 'reviewer'] as const) await github.addCollaborator(fullName, login, 'write');
  github.protectBranch(fullName, 'main', {
    requiredStatusChecks: {
      strict: false,
      checks: checkNames.map((context) => ({ context, appId: app.appId })),
    },
  });
  return openTestRepository(world, owner, name);
}

/** A repository that is there already, such as a fork. */
export function openTestRepository({ shop, stranger }: World, owner: string, name: string): TestRepository {
  const fullName = `${owner}/${name}`;
  const { github, app, people } = shop;
  const here = { owner, repo: name };
  const stored = findRepository(github.world, fullName)!;
  const as = (login: Login) =>
    new Octokit({
      baseUrl: github.apiUrl,
      auth: login === 'stranger' ? stranger.token : people[login].token,
      log: silent,
      retry: { enabled: false },
    });
  const tip = (branch: string) => stored.git.refs.get(`refs/heads/${branch}`);

  const repository: TestRepository = {
    name,
    fullName,
    stack: stackId(fullName, template, 'dev'),
    as,
    at: (number) => ({ ...here, pull_number: number, issue_number: number }),
    async push(branch, changed, options = {}) {
      const { git } = as(options.as ?? 'author').rest;
      const earlier = tip(branch);
      const parent = (options.force ? undefined : earlier) ?? tip('main')!;
      const tree = await git.createTree({
        ...here,
        base_tree: parent,
        tree: Object.entries(changed).map(([path, content]) => ({
          path,
          mode: '100644' as const,
          type: 'blob' as const,
          ...(content === undefined ? { sha: null } : { content }),
        })),
      });
      const commit = await git.createCommit({
        ...here,
        message: 'Change the infrastructure',
        tree: tree.data.sha,
        parents: [parent],
      });
      const { sha } = commit.data;
      if (earlier === undefined) await git.createRef({ ...here, ref: `refs/heads/${branch}`, sha });
      else await git.updateRef({ ...here, ref: `heads/${branch}`, sha, force: options.force ?? false });
      return sha;
    },
    async propose(changed, { base = 'main', branch = `change-${stored.issues.size + 1}` } = {}) {
      await repository.push(branch, changed);
      const { data } = await as('author').rest.pulls.create({
        ...here,
        title: 'A change',
        head: branch,
        base,
      });
      return repository.follow(data.number, branch);
    },
    follow(number, branch = '') {
      return followPullRequest(repository, stored, number, branch);
    },
    deployments: () =>
      stored.deployments.map(({ environment, statuses }) => ({
        environment,
        states: statuses.map((s) => s.state),
      })),
    issues: () =>
      [...stored.issues.values()]
        .filter((issue) => !isPullRequest(issue))
        .map(({ number, title, body, state }) => ({ number, title, body: body ?? '', state })),
    checksOn: (sha) => checkRunsOn(stored, sha, 'all').map((run) => run.name),
    calls: () =>
      github.requests.entries
        .filter(({ caller }) => caller === `${app.slug}[bot]`)
        .filter(({ path }) => /^\/(graphql$|orgs\/)/.test(path) || path.startsWith(`/repos/${fullName}/`))
        .map(({ method, path, route }) => route ?? `${method} ${path}`),
  };
  return repository;
}

function followPullRequest(
  repository: TestRepository,
  stored: NonNullable<ReturnType<typeof findRepository>>,
  number: number,
  branch: string,
): PullRequest {
  const here = { owner, repo: repository.name };
  const pull: PullRequest = {
    number,
    branch,
    look() {
      const issue = stored.issues.get(number)!;
      const headSha = issue.pull!.headSha;
      const comments = issue.comments.map((c) => ({
        id: c.id,
        login: c.author.login,
        body: c.body,
        reactions: c.reactions.map((r) => r.content),
      }));
      const plans = comments.filter((c) => c.body.startsWith(reviewMarker));
      return {
        headSha,
        comment: plans[0]?.body ?? '',
        planComments: plans.length,
        comments,
        checks: Object.fromEntries(
          checkRunsOn(stored, headSha, 'latest').map((run) => [
            run.name,
            {
              status: run.status,
              conclusion: run.conclusion,
              title: run.output.title ?? '',
              text: `${run.output.summary ?? ''}\n${run.output.text ?? ''}`,
              annotations: run.annotations,
            },
          ]),
        ),
      };
    },
    until: (what, holds) => until(what, async () => pull.look(), holds),
    planned: () => pull.until('three concluded checks', isConcluded),
    push: (files, options) => repository.push(branch, files, options),
    async say(login, body) {
      const { data } = await repository
        .as(login)
        .rest.issues.createComment({ ...here, issue_number: number, body });
      return data.id;
    },
    async approve(login = 'reviewer') {
      await readThePlan();
      await pull.say(login, 'approve');
    },
    async merge(login = 'author') {
      await repository.as(login).rest.pulls.merge({ ...here, pull_number: number });
    },
    async close() {
      await repository.as('author').rest.pulls.update({ ...here, pull_number: number, state: 'closed' });
    },
    async land() {
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      await pull.merge();
      return pull.until('the comment to say Applied', (s) => s.comment.includes('Applied'));
    },
  };
  return pull;
}

/** What the comment's first line says. */
export const isApplied = (seen: Seen) => /^## ✅ Applied/m.test(seen.comment);
export const isFailed = (seen: Seen) => /^## ❌ Apply failed/m.test(seen.comment);

/** All three checks are there, on the newest commit, and none is left pending. */
export function isConcluded({ checks }: Seen): boolean {
  return checkNames.every((name) => checks[name]?.status === 'completed');
}

export function isGreen({ checks }: Seen): boolean {
  return checkNames.every((name) => checks[name]?.conclusion === 'success');
}

/** `plan success, policy failure, approval action_required` */
export function conclusions({ checks }: Seen): string {
  return checkNames
    .map((name) => `${name.replace('slipway/', '')} ${checks[name]?.conclusion ?? 'pending'}`)
    .join(', ');
}

/** What Slipway wrote besides its one comment: replies, and the progress of runs. */
export function repliesOf({ comments }: Seen): readonly string[] {
  const own = comments.filter((c) => c.login === 'slipway[bot]' && !c.body.startsWith('<!-- slipway:'));
  return own.map((c) => c.body);
}

/** Another App, that may do what it likes, with its client. */
export async function installBot({ shop }: World, name: string): Promise<Octokit> {
  const { appId, privateKey, installationId } = await shop.github.registerApp({
    manifest: { name, default_permissions: { issues: 'write', pull_requests: 'write' }, default_events: [] },
    webhookUrl: 'http://127.0.0.1:9/',
    webhookSecret: 'nobody listens',
    account: owner,
  });
  return new Octokit({
    baseUrl: shop.github.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId, privateKey, installationId },
    log: silent,
  });
}
