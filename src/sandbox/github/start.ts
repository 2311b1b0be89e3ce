/**
 * The GitHub on this machine: a stand-in good enough to develop an App against. In: a directory for its bare git
 * repositories. Out: a server on the loopback interface with GitHub's REST API, as much GraphQL as the App uses, clone
 * and push, webhooks, and whatever pages it is given; and an object by which tests and the demo seed it, look into it
 * and make it fail.
 *
 * `model/` is what it knows, `actions/` what can be done, `render/` the API's objects, `rest/` the routes, `http/` the
 * edge, `webhooks/` what Apps are told, `git/` real git. State is in memory; only git objects are on disk.
 *
 * @example
 * const github = await startSandboxGitHub({ directory });
 * const author = github.createUser('author');
 * await github.createOrganisation('acme', { members: ['author'] });
 * await github.createRepository({ owner: 'acme', name: 'shop', files: { 'README.md': '# Shop' } });
 * const octokit = new Octokit({ baseUrl: github.apiUrl, auth: author.token });
 * await github.stop();
 */
import { mkdir } from 'node:fs/promises';
import { type Clock, systemClock } from '../../base/clock.ts';
import { type Faults, faultPlan } from './http/faults.ts';
import { rateLimiter } from './http/rate-limit.ts';
import { type RequestLog, requestLog } from './http/request-log.ts';
import { compileRoutes } from './http/router.ts';
import { listen, type MakePages, type PageHandler } from './http/server.ts';
import type { World } from './model/world.ts';
import { families } from './rest/routes.ts';
import { type Seeding, seedingOf } from './seeding.ts';
import type { Delivery } from './webhooks/deliveries.ts';
import { makeDispatcher } from './webhooks/dispatch.ts';

export interface SandboxGitHubOptions {
  /** Where the bare repositories are kept; made when it is not there. */
  readonly directory: string;
  /** The port to listen on; any free one unless told. */
  readonly port?: number;
  readonly clock?: Clock;
  /** Makes what answers requests that are neither the API's nor git's. */
  readonly pages?: MakePages;
  /** Calls an hour for each token, 5,000 unless told. */
  readonly rateLimit?: number;
}

export interface SandboxGitHub extends Seeding {
  /** Without a slash at the end. */
  readonly url: string;
  /** What octokit and Probot take as `baseUrl`. */
  readonly apiUrl: string;
  /** The state itself, for pages and for tests that look inside. */
  readonly world: World;
  /** Every webhook so far, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** Sends a webhook again, with the same id. */
  redeliver(delivery: Delivery): Promise<Delivery>;
  /** Resolves when all webhooks so far have been delivered, or have failed. */
  settled(): Promise<void>;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Ends the server and every git process. The directory stays. */
  stop(): Promise<void>;
}

const noPages: PageHandler = () => false;

/** Starts a sandbox GitHub with nothing in it. */
export async function startSandboxGitHub(options: SandboxGitHubOptions): Promise<SandboxGitHub> {
  await mkdir(options.directory, { recursive: true });
  const clock = options.clock ?? systemClock;
  const faults = faultPlan();
  const log = requestLog();
  const dispatcher = makeDispatcher(() => world, faults);
  const pages = options.pages?.(() => world, dispatcher);
  let lastId = 1000;
  const world: World = {
    directory: options.directory,
    clock,
    url: '',
    accounts: new Map(),
    teams: [],
    repositories: new Map(),
    formerNames: new Map(),
    apps: new Map(),
    installations: new Map(),
    tokens: new Map(),
    announce: pages?.announce ?? dispatcher.announce,
    newId: () => ++lastId,
  };
  const routes = compileRoutes(Object.values(families));
  const api = {
    world,
    routes,
    faults,
    log,
    limiter: rateLimiter(clock, options.rateLimit ?? 5000),
    hooks: dispatcher,
  };
  const server = await listen(api, options.port ?? 0, pages?.handle ?? noPages);
  return {
    ...seedingOf(world),
    url: world.url,
    apiUrl: `${world.url}/api/v3`,
    world,
    deliveries: dispatcher.deliveries,
    redeliver: dispatcher.redeliver,
    settled: dispatcher.settled,
    faults,
    requests: log,
    async stop() {
      dispatcher.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      for (const repository of world.repositories.values()) repository.git.close();
    },
  };
}
