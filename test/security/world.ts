/**
 * A world small enough to be stopped at any point: a cloud of one type of thing, held in memory, and a GitHub of one
 * repository. The database, the planning and the applying are the real ones.
 */
import { expect, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createLog } from '../../src/base/log.ts';
import type { Properties } from '../../src/base/value.ts';
import type { Database } from '../../src/db/database.ts';
import type { Aws } from '../../src/provider/aws/aws.ts';
import { defineResourceType, type Live, type ResourceType } from '../../src/provider/provider.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { createAudit } from '../../src/state/audit.ts';
import { createPullRequests } from '../../src/state/pull-requests.ts';
import type { TypeSchema } from '../../src/template/type-schema.ts';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { hearComment } from '../../src/workflow/hear-comment.ts';
import { openWorkflow } from '../../src/workflow/open-workflow.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import type { Comment, PullRequest, Repository } from '../../src/workflow/repository.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import type { PullRequestWorkflow } from '../../src/workflow/workflow.ts';
import { openMemoryDatabase } from '../db/databases.ts';

/** The cloud, and what a test does while a call is under way. */
interface Cloud {
  readonly things: Map<string, { readonly properties: Properties; readonly tags: Record<string, string> }>;
  /** Called with the name, before the thing is made. Throwing, it is the cloud that refuses. */
  beforeCreate: (name: string) => Promise<void>;
}

export interface World {
  readonly workflow: PullRequestWorkflow;
  readonly cloud: Cloud;
}

/** Read once: all that ship take longer to read than most tests. */
const policies = readPolicies();

/** @param shared an empty database; without it one of the test's own, which is closed with it */
export async function openWorld(shared?: Database): Promise<World> {
  const database = shared ?? (await openMemoryDatabase());
  if (!shared) onTestFinished(() => database.close());
  const cloud: Cloud = { things: new Map(), beforeCreate: async () => {} };
  const masker = createMasker();
  const began = Date.now();
  const opened = await openWorkflow({
    database,
    masker,
    log: createLog({ level: 'silent', mask: masker.mask }),
    policies: await policies,
    defaultRegion: 'eu-west-1',
    types: [{ type: acmeThing(cloud), schema: acmeThingSchema }],
  });
  const sts = { getCallerIdentity: async () => ({ Account: '111111111111' }) };
  const aws = { sts: async () => sts, stopWaiting() {}, destroy() {}, calls: new Map() };
  const workflow: PullRequestWorkflow = {
    ...opened,
    // Twenty times as fast: after a call that failed, what the cloud may still show is waited for.
    clock: {
      now: () => new Date(began + 20 * (Date.now() - began)),
      sleep: (ms, signal) => systemClock.sleep(ms / 20, signal),
    },
    openAws: () => aws as unknown as Aws,
    githubUrl: 'https://github.com',
    pullRequests: createPullRequests(database, () => new Date()),
    audit: createAudit(database, systemClock),
  };
  return { workflow, cloud };
}

const acmeThingSchema: TypeSchema = {
  type: 'Acme::Thing',
  properties: { Name: { type: 'string', replaces: 'always' } },
  required: ['Name'],
  attributes: [],
  createOnly: ['Name'],
  conditionalCreateOnly: [],
};

function acmeThing(cloud: Cloud): ResourceType {
  const { things } = cloud;
  const live = (name: string): Live => ({
    physicalId: name,
    properties: things.get(name)!.properties,
    attributes: {},
  });
  return defineResourceType({
    type: 'Acme::Thing',
    attributes: [],
    adoption: { id: 'its name', tags: async (_context, name) => things.get(name)?.tags ?? {} },
    order: () => 'create-before-delete',
    canonicalise: (properties) => properties,
    async read(_context, wanted) {
      const present = wanted.filter((w) => things.has(w.physicalId));
      return new Map(present.map((w) => [w.logicalId, live(w.physicalId)]));
    },
    async find(_context, { intent, properties }) {
      const name = String(properties.Name);
      return things.get(name)?.tags['slipway:intent'] === intent ? live(name) : undefined;
    },
    async create(_context, { properties, ownership }) {
      const name = String(properties.Name);
      await cloud.beforeCreate(name);
      things.set(name, { properties, tags: { ...ownership } });
      return live(name);
    },
    async update(_context, { physicalId, after, ownership }) {
      if (!things.has(physicalId)) throw new Error(`there is no ${physicalId}`);
      things.set(physicalId, { properties: after, tags: { ...ownership } });
      return live(physicalId);
    },
    async delete(_context, { physicalId }) {
      things.delete(physicalId);
    },
  });
}

/** A template of things with these names, each made after the one before it. */
export function thingsNamed(...names: readonly string[]): string {
  const resources = names.map((name, i) => [
    idOf(name),
    {
      Type: 'Acme::Thing',
      ...(i > 0 ? { DependsOn: idOf(names[i - 1]!) } : {}),
      Properties: { Name: name },
    },
  ]);
  return JSON.stringify({ Resources: Object.fromEntries(resources) });
}

const idOf = (name: string) => name.replace(/^./, (c) => c.toUpperCase());

/** The only template of the repository, and the stack that it is in the only environment. */
export const file = 'infra/a.yaml';
export const stack = `acme/shop:${file}@dev`;

const oneEnvironment = 'environments:\n  dev: { region: eu-west-1, account: "111111111111" }\n';

export interface Hub extends Repository {
  /** Everything that was said, by id; Slipway's own comments, too. */
  readonly comments: Map<number, Comment>;
  /** Markers of the issues that were raised, and of those that were closed. */
  readonly issues: { readonly raised: string[]; readonly closed: string[] };
  /** What was written to environments, by `environment kind NAME`, and how often. */
  readonly given: Map<string, { readonly value: string; readonly times: number }>;
  /** Opens a pull request that makes this of the template. */
  open(number: number, text: string): void;
  merge(number: number): void;
  /** Gives the new comment's id. */
  say(number: number, login: string, body: string): number;
}

/** A GitHub that keeps no deployments. Its clock goes on a second with every writing. */
export function openHub(settings = oneEnvironment): Hub {
  let second = 0;
  let lastId = 0;
  const comments = new Map<number, Comment>();
  const pulls = new Map<number, PullRequest>();
  const texts = new Map<string, string>();
  const given: Hub['given'] = new Map();
  const give = (at: string, value: string) =>
    void given.set(at, { value, times: (given.get(at)?.times ?? 0) + 1 });
  const issues = { raised: [] as string[], closed: [] as string[] };
  const now = () => new Date(Date.UTC(2026, 0, 1, 0, 0, ++second)).toISOString().replace('.000', '');
  const write = (number: number, login: string, body: string): Comment => {
    const at = now();
    const isBot = login.endsWith('[bot]');
    const written = { createdAt: at, updatedAt: at, edited: false, pullRequest: number };
    const comment = { id: ++lastId, login, isBot, body, ...written };
    comments.set(comment.id, comment);
    return comment;
  };
  return {
    comments,
    issues,
    given,
    environmentValues: (environment) => ({
      check: async () => {},
      has: async (kind, name) => given.has(`${environment} ${kind} ${name}`),
      putVariable: async (name, value) => give(`${environment} variable ${name}`, value),
      putSecret: async (name, value) => give(`${environment} secret ${name}`, value),
      remove: async (kind, name) => void given.delete(`${environment} ${kind} ${name}`),
    }),
    open(number, text) {
      const headSha = `head-${number}`;
      for (const commit of [headSha, `trial-${number}`, `merge-${number}`]) texts.set(commit, text);
      pulls.set(number, {
        number,
        author: 'author',
        state: 'open',
        merged: false,
        headSha,
        baseSha: 'base',
        baseRef: 'main',
        fromFork: false,
        isDefaultBase: true,
        fileCount: 1,
        labels: [],
      });
    },
    merge(number) {
      const merged = {
        merged: true,
        state: 'closed',
        mergeCommit: `merge-${number}`,
        mergedAt: now(),
      } as const;
      pulls.set(number, { ...pulls.get(number)!, ...merged });
    },
    say: (number, login, body) => write(number, login, body).id,

    fullName: 'acme/shop',
    currentName: 'acme/shop',
    pullRequest: async (number) => pulls.get(number)!,
    commentOnLines: async () => {},
    changedRepeatedly: async () => [],
    changedFiles: async () => [{ path: file, status: 'modified' }],
    people: async (_, logins) => ({
      committers: ['author'],
      people: logins.map((login) => ({ login, permission: 'write', teams: [] })),
      members: {},
      missingTeams: [],
    }),
    readBase: async ({ number }) => ({
      files: new Map([['.github/slipway.yml', settings]]),
      merge: { kind: 'commit', sha: `trial-${number}`, base: 'main', changed: [], rebased: [] },
    }),
    async readFiles(revision, paths) {
      const template = revision.startsWith('refs/heads/') ? {} : { [file]: texts.get(revision) };
      const tree = { '.github/slipway.yml': settings, ...template };
      return new Map(Object.entries(tree).flatMap(([p, t]) => (t && paths.includes(p) ? [[p, t]] : [])));
    },
    async present(commit, paths) {
      return new Set((await this.readFiles(commit, paths)).keys());
    },
    person: async (login) => ({ login, permission: 'write', teams: [] }),
    comment: async (id) => comments.get(id),
    review: async () => undefined,
    async writeComment(number, id, body) {
      const earlier = id === undefined ? undefined : comments.get(id);
      if (!earlier) {
        const comment = write(number, 'slipway[bot]', body);
        return { id: comment.id, at: comment.updatedAt, body };
      }
      const at = now();
      comments.set(earlier.id, { ...earlier, body, updatedAt: at, edited: true });
      return { id: earlier.id, at, body };
    },
    findComment: async (number, marker) =>
      [...comments.values()].find((c) => c.pullRequest === number && c.body.startsWith(marker))?.id,
    react: async () => {},
    publishChecks: async () => {},
    uploadAnalysis: async () => true,
    raiseIssue: async (marker) => void issues.raised.push(marker),
    closeIssue: async (marker) => void issues.closed.push(marker),
    keepIssue: async () => undefined,
    defaultBranch: async () => '0'.repeat(40),
    async deployment() {
      throw new Error('403: Resource not accessible by integration');
    },
    deploymentState: async () => undefined,
    deploymentStatus: async () => {},
  };
}

/** A pull request that makes this of the template, approved. */
export async function approved(
  workflow: PullRequestWorkflow,
  hub: Hub,
  number: number,
  text: string,
): Promise<void> {
  hub.open(number, text);
  await reviewPullRequest(workflow, hub, number);
  await hearComment(workflow, hub, number, hub.say(number, 'reviewer', 'approve'));
}

/** Its merge, in a process that has to end while it makes the first thing. */
export async function mergedAndInterrupted(
  workflow: PullRequestWorkflow,
  cloud: Cloud,
  hub: Hub,
  number: number,
): Promise<void> {
  hub.merge(number);
  const stop = new AbortController();
  cloud.beforeCreate = async () => stop.abort(new Error('this process has to end'));
  await expect(applyMerge(workflow, hub, number, stop.signal)).rejects.toThrow('interrupted');
  cloud.beforeCreate = async () => {};
}
