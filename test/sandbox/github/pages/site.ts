import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckRunEdit, createCheckRun } from '../../../../src/sandbox/github/actions/check-runs.ts';
import { commitFile } from '../../../../src/sandbox/github/actions/contents.ts';
import { openPullRequest } from '../../../../src/sandbox/github/actions/pull-requests.ts';
import { moveRef } from '../../../../src/sandbox/github/actions/refs.ts';
import { branchTip } from '../../../../src/sandbox/github/git/store.ts';
import { type Actor, person } from '../../../../src/sandbox/github/model/actor.ts';
import type { CheckRun } from '../../../../src/sandbox/github/model/check.ts';
import type { PullRequestIssue } from '../../../../src/sandbox/github/model/pull-request.ts';
import type { Repository } from '../../../../src/sandbox/github/model/repository.ts';
import { findAccount, findRepository } from '../../../../src/sandbox/github/model/world.ts';
import { pages } from '../../../../src/sandbox/github/pages/pages.ts';
import { type SandboxGitHub, startSandboxGitHub } from '../../../../src/sandbox/github/start.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../webhook-receiver.ts';

/** `acme/shop` with pages, its people, and an App that listens. */
export interface PagesUnderTest {
  readonly github: SandboxGitHub;
  readonly hooks: WebhookReceiver;
  readonly repository: Repository;
  /** Somebody who acts: a person by login, or the App's bot as `slipway`. */
  as(login: 'author' | 'reviewer' | 'operator' | 'slipway'): Actor;
  /** A page as a reader has it: its status, its HTML, and its text alone. */
  get(path: string): Promise<Visit>;
  /** A form as a browser sends it from one of the pages; the answer is the page that it leads to. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Visit>;
  /** Writes a file in a commit of the author's on a branch, made from main when it is not there. */
  write(branch: string, path: string, text: string): Promise<string>;
  /** Opens a pull request of the author's. */
  propose(branch: string, title?: string, body?: string): Promise<PullRequestIssue>;
  check(sha: string, name: string, edit: CheckRunEdit): Promise<CheckRun>;
  stop(): Promise<void>;
}

export interface Visit {
  readonly status: number;
  readonly html: string;
  readonly text: string;
  /** Where one is then, with what the address points at. */
  readonly path: string;
}

const events = ['issue_comment', 'issues', 'pull_request', 'pull_request_review', 'check_run'];
const secret = 'a secret of the tests';

/** Starts a sandbox with pages. */
export async function startPages(): Promise<PagesUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-pages-'));
  const github = await startSandboxGitHub({ directory, pages });
  const hooks = await startWebhookReceiver(secret);
  for (const login of ['author', 'reviewer', 'operator']) github.createUser(login);
  await github.createOrganisation('acme', { owners: ['operator'], members: ['author', 'reviewer'] });
  await github.createTeam('acme', 'infra', ['reviewer']);
  await github.createRepository({
    owner: 'acme',
    name: 'shop',
    description: 'Sells things',
    author: 'operator',
    files: {
      'README.md': '# The shop\n\nSee [docs](docs/more.md).\n',
      'docs/more.md': 'line one\nline two\nline three\n',
    },
  });
  await github.addCollaborator('acme/shop', 'author', 'write');
  await github.addCollaborator('acme/shop', 'reviewer', 'write');
  const write = 'write';
  const app = await github.registerApp({
    manifest: {
      name: 'Slipway',
      default_events: events,
      default_permissions: {
        checks: write,
        contents: write,
        deployments: write,
        issues: write,
        pull_requests: write,
      },
    },
    webhookUrl: hooks.url,
    webhookSecret: secret,
  });
  const { world } = github;
  const repository = findRepository(world, 'acme/shop')!;
  const installation = world.installations.get(app.installationId)!;
  const as: PagesUnderTest['as'] = (login) =>
    login === 'slipway'
      ? { account: installation.app.bot, installation, permissions: installation.app.permissions }
      : person(findAccount(world, login)!);
  const visit = async (response: Response) => {
    const html = await response.text();
    return { status: response.status, html, text: textOf(html) };
  };
  const get: PagesUnderTest['get'] = async (path) => ({
    ...(await visit(await fetch(new URL(path, github.url)))),
    path,
  });
  return {
    github,
    hooks,
    repository,
    as,
    get,
    async post(path, fields, headers = { origin: github.url, 'sec-fetch-site': 'same-origin' }) {
      const body = new URLSearchParams(fields);
      const answer = await fetch(new URL(path, github.url), {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
      });
      const next = answer.headers.get('location');
      return answer.status === 303 && next ? get(next) : { ...(await visit(answer)), path };
    },
    async write(branch, path, text) {
      const tip = branchTip(repository.git, branch);
      const main = branchTip(repository.git, 'main')!;
      if (!tip)
        await moveRef(world, repository, as('author'), `refs/heads/${branch}`, main, { force: false });
      const old = await repository.git.objects.read(`${branch}:${path}`);
      const { commit } = await commitFile(world, repository, as('author'), {
        branch,
        path,
        content: Buffer.from(text),
        message: `Write ${path}`,
        ...(old ? { sha: old.oid } : {}),
      });
      return commit;
    },
    propose: (branch, title = `Merge ${branch}`, body = '') =>
      openPullRequest(world, repository, as('author'), {
        title,
        body,
        head: { repository, branch },
        base: 'main',
      }),
    check: (sha, name, edit) =>
      createCheckRun(world, repository, as('slipway'), { ...edit, name, headSha: sha }),
    async stop() {
      await github.settled();
      await github.stop();
      await hooks.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What a reader reads: no tags, entities as what they stand for, white space as one space. */
export function textOf(html: string): string {
  return html
    .replace(/<(script|style|textarea|option)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}
