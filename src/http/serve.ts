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
import { storeDelivery } from '../jobs/deliveries.ts';
import type { JobPayloads, JobRequest, RepositoryPlace } from '../jobs/kinds.ts';
import type { OrganisationPolicies } from '../jobs/policies.ts';
import type { Queue } from '../jobs/queue.ts';
import type { Policy } from '../policy/policy.ts';
import { networkNotice } from '../scanner/isolation.ts';
import { readScanners } from '../scanner/read-scanners.ts';
import type { Scanners } from '../scanner/scanners.ts';
import { createMasker } from '../secret/masker.ts';
import { openVaults } from '../secret/vault/configuration.ts';
import { createAudit } from '../state/audit.ts';
import { createCodeScanning } from '../state/code-scanning.ts';
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
import { openWork } from './open-work.ts';
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
  workflow: PullRequestWorkflow,
  policies: OrganisationPolicies | undefined,
  metrics: Metrics,
  log: Log,
): Promise<RunningServer> {
  const repositories = createRepositories(database);
  const work = await openWork({ config, github, database, repositories, workflow, policies, metrics, log });
  const { queue } = work;
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
      isOutdated: work.isOutdated,
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
  const stopping = new AbortController();
  // Only now: what comes in before is stored, and this takes it up.
  const begun = work.begin(stopping.signal);
  // Until GitHub has answered once, what has to be judged by the organisation's policies waits.
  if (policies)
    begun.catch((error) => stopping.signal.aborted || log.error({ err: error }, 'no job is begun'));
  else await begun;
  const url = `http://${config.host}:${server.port}`;
  log.info({ url, database: database.kind }, 'Slipway is ready');
  void loadAhead(workflow, config);
  return {
    url,
    outdated: work.outdated,
    async stop() {
      stopping.abort();
      await closeRequests(http, () => server.stop());
      await begun.catch(() => {});
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
