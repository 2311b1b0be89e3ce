/** The work of a server: what each kind of job needs, put together, and the queue that runs them. */
import { systemClock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Database } from '../db/database.ts';
import { findInstallation } from '../github/find-installation.ts';
import { type ListMemory, openLists } from '../github/list-pull-requests.ts';
import { listRepositories } from '../github/list-repositories.ts';
import { openDirectory } from '../github/open-directory.ts';
import { type Octokit, openRepository } from '../github/open-repository.ts';
import { openPolicyFiles } from '../github/policy-files.ts';
import { redeliverMissed } from '../github/redeliver.ts';
import { compliance } from '../jobs/compliance.ts';
import { lastReceived } from '../jobs/deliveries.ts';
import { encryption } from '../jobs/encryption.ts';
import { createHandlers } from '../jobs/handlers.ts';
import { type JobPayloads, type RepositoryPlace, sweepOptions } from '../jobs/kinds.ts';
import { maintenance } from '../jobs/maintenance.ts';
import {
  type OrganisationPolicies,
  type PolicyJobDependencies,
  policyJobs,
  untilPoliciesAreRead,
} from '../jobs/policies.ts';
import { createQueue, type Handler, type Queue } from '../jobs/queue.ts';
import { sweep } from '../jobs/sweep.ts';
import { createComplianceRecords } from '../state/compliance.ts';
import { createHeard } from '../state/heard.ts';
import type { Repositories } from '../state/repositories.ts';
import type { PullRequestWorkflow } from '../workflow/workflow.ts';
import type { ServerConfig } from './config.ts';
import type { GitHubConnection } from './connect-github.ts';

export interface WorkOptions {
  readonly config: ServerConfig;
  readonly github: Pick<GitHubConnection, 'client'>;
  readonly database: Database;
  readonly repositories: Repositories;
  readonly workflow: PullRequestWorkflow;
  readonly policies: OrganisationPolicies | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface Work {
  readonly queue: Queue<JobPayloads>;
  /** Resolves once a newer version has changed the database: no more work is taken. */
  readonly outdated: Promise<void>;
  isOutdated(): boolean;
  /**
   * Takes up what is stored and what is due, once the organisation's policies are known: without them nothing is
   * judged. Resolves when jobs are taken.
   */
  begin(signal: AbortSignal): Promise<void>;
}

/** Jobs can be enqueued at once, and are begun with `begin`. */
export async function openWork(options: WorkOptions): Promise<Work> {
  const { config, github, database, repositories, policies, metrics, log } = options;
  const { client } = github;
  const appId = Number(config.appId);
  const heard = createHeard(database);
  // Every job begins with its repository: where it is by now, whatever its stacks are called.
  const places = new Map<string, RepositoryPlace>();
  const workflow: PullRequestWorkflow = {
    ...options.workflow,
    directory(repository) {
      const place = places.get(repository);
      return place && openDirectory(client, place);
    },
  };
  const access = async (place: RepositoryPlace) => {
    const { installation, owner, repo, repositoryId } = place;
    const name = `${owner}/${repo}`;
    const keptName = repositoryId === undefined ? name : await repositories.keptName(repositoryId, name);
    places.set(keptName, place);
    return { octokit: await client(installation), owner, repo, appId, mask: workflow.masker.mask, keptName };
  };
  const open = async (place: RepositoryPlace) => {
    // Every job begins here: what another process has read since is in force for it, too.
    await policies?.inForce.refresh();
    return openRepository(await access(place));
  };
  const memory: ListMemory = new Map();
  const lists = async (place: RepositoryPlace) => openLists(await access(place), memory);
  const policyWork: PolicyJobDependencies = {
    policies,
    database,
    queue: () => queue,
    find: async (source) => findInstallation(await client(), source),
    files: async (place) => openPolicyFiles(await access(place)),
    open,
    log,
  };
  let isOutdated = false;
  const outdated = Promise.withResolvers<void>();
  const queue: Queue<JobPayloads> = await createQueue(database, {
    handlers: {
      ...createHandlers({
        workflow,
        open,
        lists,
        heard,
        queue: () => queue,
        policySource: config.policyRepository,
      }),
      ...policyJobs(policyWork),
      maintenance: maintenance(database),
      encryption: encryption(database, log),
      'catch-up': catchUp(client, log),
      sweep: sweep({
        database,
        queue: () => queue,
        heard,
        repositories,
        workflow,
        list: (installation) => listRepositories(client, installation),
        open: lists,
        seconds: config.sweepSeconds,
        log,
      }),
      ...compliance({
        workflow: { ...workflow, compliance: createComplianceRecords(database) },
        queue: () => queue,
        repositories,
        list: () => listRepositories(client),
        open,
        seconds: config.complianceSeconds,
        log,
      }),
    },
    log,
    clock: systemClock,
    places: config.limits.places,
    onOutdated() {
      isOutdated = true;
      outdated.resolve();
    },
    onEnd({ error, webhook, ...job }) {
      metrics.jobEnded(job);
      if (webhook) metrics.webhookTaken(webhook.event, webhook.seconds);
      if (error !== undefined) metrics.failed(error instanceof SlipwayError ? error.code : 'internal');
    },
  });
  const earlier = await lastReceived(database);
  return {
    queue,
    outdated: outdated.promise,
    isOutdated: () => isOutdated,
    async begin(signal) {
      queue.every('maintenance', 6 * 3600, {});
      queue.every('catch-up', 300, {});
      if (config.encryptionKey !== undefined) queue.every('encryption', 300, {});
      queue.every('sweep', config.sweepSeconds, {});
      if (config.complianceSeconds !== undefined) queue.every('compliance', config.complianceSeconds, {});
      if (policies) queue.every('policies', config.sweepSeconds, {});
      if (earlier) await queue.enqueue('catch-up', { since: earlier.toISOString() }, once);
      await queue.enqueue('sweep', {}, sweepOptions({}));
      await untilPoliciesAreRead(policyWork, systemClock, signal);
      await queue.start();
    },
  };
}

/** Several processes that start at once need not all ask. */
const once = { key: 'catch-up', coalesce: true } as const;

/** What was on its way when the last one was stored, and clocks that differ. */
const marginMs = 300_000;

function catchUp(app: () => Promise<Octokit>, log: Log): Handler<JobPayloads['catch-up']> {
  return {
    retries: 2,
    retryDelaySeconds: 10,
    leavesOff: true,
    async handle({ since }) {
      const from = since === undefined ? Date.now() - 3_600_000 : new Date(since).getTime() - marginMs;
      const count = await redeliverMissed(await app(), new Date(from));
      if (count > 0) log.warn({ count }, 'webhooks had not arrived; GitHub is asked to send them again');
    },
  };
}
