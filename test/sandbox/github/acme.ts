import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { expect } from 'vitest';
import type { SeededApp, SeededUser } from '../../../src/sandbox/github/seeding.ts';
import { type SandboxGitHub, startSandboxGitHub } from '../../../src/sandbox/github/start.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

/** The organisation of the story: `acme/shop`, people in three roles and an App that is told everything. */
export interface Acme {
  readonly github: SandboxGitHub;
  readonly hooks: WebhookReceiver;
  readonly people: Readonly<Record<'author' | 'reviewer' | 'operator' | 'stranger', SeededUser>>;
  readonly app: SeededApp;
  readonly shop: { readonly owner: 'acme'; readonly repo: 'shop' };
  /** An API client for a person. */
  as(person: 'author' | 'reviewer' | 'operator' | 'stranger'): Octokit;
  /** An API client for the App's installation. */
  asApp(): Octokit;
  /** Commits a file on a branch of its own, made when it is not there. */
  write(branch: string, path: string, text: string): Promise<string>;
  /** Opens a pull request of the author's that writes one file. */
  propose(branch: string, path?: string, text?: string): Promise<number>;
  /** Ends the servers, and fails when a webhook so far was unsigned or not of the published shape. */
  stop(): Promise<void>;
}

/** Octokit writes each refusal to the console, and refusals are half of what these tests are about. */
const nothing = () => {};
export const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const webhookSecret = 'a secret of the tests';

/** Every event that the App can be told of here. */
export const manifest = {
  name: 'Slipway',
  default_events: [
    'push',
    'create',
    'delete',
    'pull_request',
    'pull_request_review',
    'issues',
    'issue_comment',
    'check_run',
    'check_suite',
    'merge_group',
    'deployment',
    'deployment_status',
    'member',
    'membership',
    'team',
    'organization',
    'repository',
  ],
  default_permissions: {
    administration: 'read',
    checks: 'write',
    contents: 'write',
    deployments: 'write',
    issues: 'write',
    members: 'read',
    metadata: 'read',
    pull_requests: 'write',
    statuses: 'write',
  },
};

export const files = { 'README.md': '# Shop\n', 'src/index.ts': 'export const shop = 1;\n' };

/** Starts a sandbox with the story's people and repository in it. */
export async function startAcme(): Promise<Acme> {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-github-'));
  const github = await startSandboxGitHub({ directory });
  const hooks = await startWebhookReceiver(webhookSecret);
  const people = {
    author: github.createUser('author'),
    reviewer: github.createUser('reviewer'),
    operator: github.createUser('operator'),
    stranger: github.createUser('stranger'),
  };
  await github.createOrganisation('acme', { owners: ['operator'], members: ['author', 'reviewer'] });
  await github.createRepository({ owner: 'acme', name: 'shop', files, author: 'author' });
  await github.addCollaborator('acme/shop', 'author', 'write');
  await github.addCollaborator('acme/shop', 'reviewer', 'write');
  const app = await github.registerApp({ manifest, webhookUrl: hooks.url, webhookSecret });
  const shop = { owner: 'acme', repo: 'shop' } as const;
  const baseUrl = github.apiUrl;
  const as: Acme['as'] = (person) => new Octokit({ baseUrl, auth: people[person].token, log: quiet });

  const acme: Acme = {
    github,
    hooks,
    people,
    app,
    shop,
    as,
    asApp: () =>
      new Octokit({
        baseUrl,
        log: quiet,
        authStrategy: createAppAuth,
        auth: { appId: app.appId, privateKey: app.privateKey, installationId: app.installationId },
      }),
    async write(branch, path, text) {
      const octokit = as('author');
      const known = await octokit.git.listMatchingRefs({ ...shop, ref: `heads/${branch}` });
      if (known.data.length === 0) {
        const { data } = await octokit.git.getRef({ ...shop, ref: 'heads/main' });
        await octokit.git.createRef({ ...shop, ref: `refs/heads/${branch}`, sha: data.object.sha });
      }
      const tree = await octokit.git.getTree({ ...shop, tree_sha: branch, recursive: 'true' });
      const there = tree.data.tree.find((entry) => entry.path === path);
      const { data } = await octokit.repos.createOrUpdateFileContents({
        ...shop,
        branch,
        path,
        message: `Write ${path}`,
        content: Buffer.from(text).toString('base64'),
        ...(there ? { sha: there.sha } : {}),
      });
      return data.commit.sha!;
    },
    async propose(branch, path = `infra/${branch}.yaml`, text = 'Resources: {}\n') {
      await acme.write(branch, path, text);
      const { data } = await as('author').pulls.create({
        ...shop,
        title: `Add ${path}`,
        head: branch,
        base: 'main',
      });
      return data.number;
    },
    async stop() {
      await github.settled();
      await github.stop();
      await hooks.stop();
      await rm(directory, { recursive: true, force: true });
      // Whatever a test is about, every payload that it caused has the published shape and a good signature.
      const complaints = hooks.received.flatMap((one) => one.complaints);
      const unsigned = hooks.received.filter((one) => !one.signed).map((one) => one.event);
      expect({ complaints: [...new Set(complaints)], unsigned }).toEqual({ complaints: [], unsigned: [] });
    },
  };
  return acme;
}

/** The status with which a call is refused, and what it is told; null when it is not refused. */
export async function refusalOf(call: Promise<unknown>): Promise<{ status: number; message: string } | null> {
  try {
    await call;
    return null;
  } catch (error) {
    const { status, response } = error as { status: number; response?: { data?: { message?: string } } };
    return { status, message: response?.data?.message ?? String(error) };
  }
}
