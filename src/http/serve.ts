/**
 * http/ is the edge that GitHub and operators reach: webhooks (verified by Probot, stored, acknowledged) and
 * health. In: a configuration. Out: a running server. It decides nothing.
 */
import type { Server as HttpServer } from 'node:http';
import { Probot, Server } from 'probot';
import { systemClock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import { createLog, type Log } from '../base/log.ts';
import { createMetrics, type Metrics } from '../base/metrics.ts';
import { sendTraces } from '../base/trace.ts';
import type { Database } from '../db/database.ts';
import { enqueueOptions, type Received, slipwayApp } from '../github/app.ts';
import type { EventPayload } from '../github/events/event.ts';
import { findInstallation } from '../github/find-installation.ts';
import { type ListMemory, openLists } from '../github/list-pull-requests.ts';
import { listRepositories } from '../github/list-repositories.ts';
import { openDirectory } from '../github/open-directory.ts';
import { type Octokit, openRepository } from '../github/open-repository.ts';
import { openPolicyFiles } from '../github/policy-files.ts';
import { redeliverMissed } from '../github/redeliver.ts';
import { compliance } from '../jobs/compliance.ts';
import { lastReceived, storeDelivery } from '../jobs/deliveries.ts';
import { encryption } from '../jobs/encryption.ts';
import { createHandlers } from '../jobs/handlers.ts';
import { type JobPayloads, type JobRequest, type RepositoryPlace, sweepOptions } from '../jobs/kinds.ts';
import { maintenance } from '../jobs/maintenance.ts';
import {
  type OrganisationPolicies,
  type PolicyJobDependencies,
  policyJobs,
  untilPoliciesAreRead,
} from '../jobs/policies.ts';
import { createQueue, type Handler, type Queue } from '../jobs/queue.ts';
import { sweep } from '../jobs/sweep.ts';
import type { Policy } from '../policy/policy.ts';
import { networkNotice } from '../scanner/isolation.ts';
import { readScanners } from '../scanner/read-scanners.ts';
import type { Scanners } from '../scanner/scanners.ts';
import { createMasker } from '../secret/masker.ts';
import { openVaults } from '../secret/vault/configuration.ts';
import { createAudit } from '../state/audit.ts';
import { createCodeScanning } from '../state/code-scanning.ts';
import { createComplianceRecords } from '../state/compliance.ts';
import { createHeard } from '../state/heard.ts';
import { createPolicySets } from '../state/policy-sets.ts';
import { createPullRequests } from '../state/pull-requests.ts';
import { createRepositories, type Repositories } from '../state/repositories.ts';
import { endAbandonedLeases } from '../workflow/lease-cloud.ts';
import { type OwnType, openWorkflow } from '../workflow/open-workflow.ts';
import { policiesInForce } from '../workflow/policies-in-force.ts';
import { isSourceOf, type PolicySource } from '../workflow/policy-source.ts';
import { readPolicies } from '../workflow/read-policies.ts';
import type { PullRequestWorkflow } from '../workflow/workflow.ts';
import type { ServerConfig } from './config.ts';
import { connectGitHub, type GitHubConnection } from './connect-github.ts';
import { healthHandler } from './health.ts';
import { metricsHandler } from './metrics.ts';
import { openStore } from './open-store.ts';
import { closeRequests, guardRequests } from './requests.ts';

export interface RunningServer {
  readonly url: string;
  /** Resolves once a newer version has changed the database: webhooks are taken, no work is, and it is to be stopped. */
  readonly outdated: Promise<void>;
  /** Takes no more work, finishes the resources in hand, closes the database. */
  stop(): Promise<void>;
}

/** What the resources in hand get when this process has to end. What `deploy/` waits for it is more than this. */
export const gracefulMs = 20_000;

/** Starts Slipway: database, queue, webhooks. Resolves once webhooks are taken. */
export async function serve(
  config: ServerConfig,
  extra: { readonly types?: readonly OwnType[]; readonly log?: Log } = {},
): Promise<RunningServer> {
  const masker = createMasker();
  for (const secret of [config.privateKey, config.webhookSecret, config.databaseUrl, config.fingerprintKey]) {
    if (secret) masker.add(secret);
  }
  const log = extra.log ?? createLog({ level: config.logLevel, mask: masker.mask });
  const metrics = createMetrics();
  const vaults = openVaults(config.vaults ?? {}, masker.add, log);
  const github = await connectGitHub(config, metrics, log);
  const database = await openStore(config, { vaults, masker, log });
  try {
    const own = await readPolicies(config.policies);
    const policies = config.policyRepository && openPolicies(own, config.policyRepository, database);
    const workflow: PullRequestWorkflow = {
      ...(await openWorkflow({
        database,
        log,
        masker,
        policies: own,
        scanners: await openScanners(config, log),
        vaults,
        allowStaticKeys: config.allowStaticKeys === true,
        defaultRegion: config.region,
        perAccount: config.limits.perAccount,
        ...(extra.types ? { types: extra.types } : {}),
        ...(config.fingerprintKey === undefined ? {} : { fingerprintKey: config.fingerprintKey }),
        metrics,
      })),
      pullRequests: createPullRequests(database, () => systemClock.now()),
      audit: createAudit(database, systemClock),
      codeScanning: createCodeScanning(database),
      githubUrl: config.githubUrl,
      ...(policies ? { policies: policies.inForce.policies, policyNotices: policies.inForce.notices } : {}),
    };
    void endLeases(workflow, database.kind === 'embedded' ? 'everybody' : 'the dead');
    const server = await listen(config, github, database, workflow, policies, metrics, log);
    const ending = setInterval(() => void endLeases(workflow, 'the dead'), 30_000).unref();
    return {
      ...server,
      async stop() {
        clearInterval(ending);
        await server.stop();
        await sendTraces();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** What dead processes have leased from Vault is revoked at once, and for as long as others may die. */
async function endLeases(workflow: PullRequestWorkflow, of: 'the dead' | 'everybody'): Promise<void> {
  try {
    await endAbandonedLeases(workflow, of);
  } catch (error) {
    workflow.log.error({ err: error }, 'what was leased from Vault cannot be looked for');
  }
}

async function openScanners({ scanners }: ServerConfig, log: Log): Promise<Scanners> {
  const notice = scanners === undefined ? undefined : await networkNotice();
  if (notice) log.warn(notice, notice.summary);
  return readScanners(scanners);
}

async function listen(
  config: ServerConfig,
  github: GitHubConnection,
  database: Database,
  opened: PullRequestWorkflow,
  policies: OrganisationPolicies | undefined,
  metrics: Metrics,
  log: Log,
): Promise<RunningServer> {
  const { client } = github;
  const appId = Number(config.appId);
  const repositories = createRepositories(database);
  const heard = createHeard(database);
  // Every job begins with its repository: where it is by now, whatever its stacks are called.
  const places = new Map<string, RepositoryPlace>();
  const workflow: PullRequestWorkflow = {
    ...opened,
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
  const server = new Server({
    host: config.host,
    port: config.port,
    // One line a request would drown the rest, and would carry signatures. Probot has no other way to leave it out.
    log: log.child({}, { level: log.isLevelEnabled('warn') ? 'warn' : log.level }),
    Probot: Probot.defaults(github.options),
    enableStaticFiles: false,
  });
  await server.load(
    slipwayApp(async (received) => {
      const jobs = received.jobs.filter((job) => concerns(config, job));
      // Of all that is pushed anywhere, nothing else is ever asked for.
      if (received.event === 'push' && jobs.length === 0) return;
      await store(database, queue, repositories, { ...received, jobs });
      metrics.webhookStored(received.event, (Date.now() - received.at.getTime()) / 1000);
    }),
  );
  server.addHandler(
    healthHandler({
      database,
      queue,
      policies: policies?.inForce,
      github: github.standing.now,
      isOutdated: () => isOutdated,
    }),
  );
  server.addHandler(metricsHandler(queue, metrics));
  let http: HttpServer;
  try {
    http = await server.start();
    guardRequests(http);
  } catch (cause) {
    await queue.stop({ gracefulMs: 0 });
    throw new SlipwayError('config-invalid', {
      summary: `Slipway cannot listen on ${config.host}:${config.port}`,
      detail: cause instanceof Error ? cause.message : String(cause),
      remedy: 'Set PORT, and HOST where the address is meant, to one that is free and may be used.',
      cause,
    });
  }
  // Only now: what comes in before is stored, and this takes it up.
  queue.every('maintenance', 6 * 3600, {});
  queue.every('catch-up', 300, {});
  if (config.encryptionKey !== undefined) queue.every('encryption', 300, {});
  queue.every('sweep', config.sweepSeconds, {});
  if (config.complianceSeconds !== undefined) queue.every('compliance', config.complianceSeconds, {});
  if (policies) queue.every('policies', config.sweepSeconds, {});
  const stopping = new AbortController();
  // Without them nothing is judged: until GitHub has answered once, jobs wait.
  const started = untilPoliciesAreRead(policyWork, systemClock, stopping.signal).then(() => queue.start());
  if (policies)
    started.catch((error) => stopping.signal.aborted || log.error({ err: error }, 'no job is begun'));
  else await started;
  if (earlier) await queue.enqueue('catch-up', { since: earlier.toISOString() }, once);
  await queue.enqueue('sweep', {}, sweepOptions({}));
  const url = `http://${config.host}:${server.port}`;
  log.info({ url, database: database.kind }, 'Slipway is ready');
  void loadAhead(workflow, config);
  return {
    url,
    outdated: outdated.promise,
    async stop() {
      stopping.abort();
      await closeRequests(http, () => server.stop());
      await started.catch(() => {});
      await queue.stop({ gracefulMs });
      await database.close();
    },
  };
}

function openPolicies(
  own: readonly Policy[],
  source: PolicySource,
  { kysely }: Database,
): OrganisationPolicies {
  const sets = createPolicySets(kysely);
  return { own, source, sets, inForce: policiesInForce(own, source, sets) };
}

/** What is pushed to other repositories changes no policies. */
function concerns({ policyRepository }: ServerConfig, job: JobRequest): boolean {
  const { owner = '', repo = '' } = job.payload as Partial<RepositoryPlace>;
  return job.kind !== 'policies' || isSourceOf(policyRepository, { owner, repo });
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

/** The SDK takes half a second to load, and more on a busy machine; the first pull request need not wait for it. */
async function loadAhead(workflow: PullRequestWorkflow, { region }: ServerConfig): Promise<void> {
  const aws = workflow.openAws({ region });
  await Promise.all([aws.sts(), aws.ec2(), aws.iam(), aws.ssm()]).catch((error) => {
    // What stands against the credentials is told with each plan, too.
    workflow.log.error({ err: error }, 'AWS is not ready');
  });
  aws.destroy();
}

async function store(
  database: Database,
  queue: Queue<JobPayloads>,
  repositories: Repositories,
  received: Received,
): Promise<void> {
  const { id, event, payload, jobs, at } = received;
  const { action, repository } = payload;
  await storeDelivery(
    database,
    queue,
    {
      id,
      event,
      ...(action === undefined ? {} : { action }),
      ...(repository ? { repository: await keptName(repositories, repository) } : {}),
      payload,
    },
    jobs.map((job) => ({ ...job, ...enqueueOptions(job), receivedAt: at.toISOString() })),
  );
}

function keptName(
  repositories: Repositories,
  { id, owner, name }: NonNullable<EventPayload['repository']>,
): Promise<string> {
  return repositories.keptName(id, `${owner.login}/${name}`);
}
