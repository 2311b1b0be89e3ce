/**
 * A whole world on this machine, for the demo and the end-to-end tests: a GitHub with `acme/shop` and its people,
 * an AWS emulator, and Slipway as a process of its own between them.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { parse } from 'yaml';
import { checkNames } from '../review/checks.ts';
import type { AppManifest } from './github/model/app.ts';
import { pages } from './github/pages/pages.ts';
import type { SeededApp, SeededUser } from './github/seeding.ts';
import { type SandboxGitHub, startSandboxGitHub } from './github/start.ts';
import { type LoadBalancer, startLoadBalancer } from './load-balancer.ts';
import { freePort } from './services/free-port.ts';
import { type RunningService, startService } from './services/index.ts';
import { type SlipwayProcess, startSlipway } from './slipway-process.ts';
import { warmEmulator } from './warm-emulator.ts';
import { cloneWorkTree, type WorkTree } from './work-tree.ts';

export const owner = 'acme';
export const repo = 'shop';

export interface Shop {
  readonly github: SandboxGitHub;
  readonly app: SeededApp;
  /** The AWS emulator: endpoint, region and throw-away credentials. */
  readonly aws: RunningService['environment'];
  readonly people: Readonly<Record<'author' | 'reviewer' | 'operator', SeededUser>>;
  readonly cloneUrl: string;
  /** The folder that Slipway runs in, with its embedded database. */
  readonly home: string;
  /** GitHub's API as one of the people. */
  as(login: keyof Shop['people']): Octokit;
  clone(login: keyof Shop['people']): Promise<WorkTree>;
  /** The first process of Slipway, and the only one unless more were asked for. */
  readonly slipway: SlipwayProcess;
  readonly processes: readonly SlipwayProcess[];
  /** What hands webhooks out to several processes. */
  readonly balancer: LoadBalancer | undefined;
  /**
   * Ends a process, the first unless told, with kill -9 and starts it again on the same port and database, with more in
   * its environment.
   */
  restart(environment?: Readonly<Record<string, string>>, index?: number): Promise<void>;
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string>>;

export interface ShopOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly onProgress?: (message: string) => void;
  /** More of Slipway's environment: DATABASE_URL, another AWS_ENDPOINT_URL. It may come while the rest is started. */
  readonly environment?: Environment | Promise<Environment>;
  /** An emulator that runs already, instead of one of its own. */
  readonly aws?: RunningService['environment'];
  readonly githubPort?: number;
  /** How many processes of Slipway; more than one need DATABASE_URL in the environment. */
  readonly processes?: number;
}

const manifestFile = new URL('../../app.yml', import.meta.url);
const webhookSecret = 'a secret of this sandbox only';

/** Starts everything. Throws `service-missing` when there is no AWS emulator to be had. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const more = Promise.resolve(options.environment ?? {});
  // As with `warm` below.
  more.catch(() => {});
  const directory = await mkdtemp(join(tmpdir(), 'slipway-'));
  const ends: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const moto = options.aws
      ? undefined
      : await startService('moto', options.onProgress ? { onProgress: options.onProgress } : {});
    if (moto) ends.push(() => moto.stop());
    const aws = options.aws ?? moto!.environment;
    const warm = moto ? warmEmulator(aws) : Promise.resolve();
    // Waited for below; a failure in between must not be one that nobody handles.
    warm.catch(() => {});

    const github = await startSandboxGitHub({
      directory: join(directory, 'github'),
      pages,
      ...(options.githubPort === undefined ? {} : { port: options.githubPort }),
    });
    ends.push(() => github.stop());
    const { people, cloneUrl } = await seed(github, options.files);

    const ports = await Promise.all(Array.from({ length: options.processes ?? 1 }, () => freePort()));
    const addresses = ports.map((port) => `http://127.0.0.1:${port}`);
    const balancer = ports.length > 1 ? await startLoadBalancer(addresses) : undefined;
    if (balancer) ends.push(() => balancer.stop());
    const manifest = parse(await readFile(manifestFile, 'utf8')) as AppManifest;
    const webhookUrl = `${balancer?.url ?? addresses[0]}/api/github/webhooks`;
    const app = await github.registerApp({ manifest, webhookUrl, webhookSecret, account: owner });
    github.protectBranch(`${owner}/${repo}`, 'main', {
      requiredStatusChecks: {
        strict: false,
        checks: checkNames.map((context) => ({ context, appId: app.appId })),
      },
    });
    const home = join(directory, 'slipway');
    await mkdir(home, { recursive: true });
    const environment = { ...aws, ...(await more) };
    const start = (index: number, changed: Environment = {}) =>
      startSlipway({
        directory: home,
        port: ports[index]!,
        github,
        app,
        webhookSecret,
        environment: { ...environment, ...changed },
      });
    const processes = await startAll(ports.map((_, index) => () => start(index)));
    ends.push(async () => {
      await Promise.all(processes.map((one) => one.stop()));
    });
    const shop: Shop = {
      github,
      app,
      aws,
      people,
      cloneUrl,
      home,
      as: (login) =>
        new Octokit({
          baseUrl: github.apiUrl,
          auth: people[login].token,
          log: silent,
          retry: { enabled: false },
        }),
      clone: (login) =>
        cloneWorkTree({ directory: join(directory, `clone-of-${login}`), cloneUrl, user: people[login] }),
      processes,
      get slipway() {
        return processes[0]!;
      },
      balancer,
      async restart(changed, index = 0) {
        await processes[index]!.kill();
        processes[index] = await start(index, changed);
      },
      stop,
    };
    await warm;
    return shop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All of them, or none: one that has started must not outlive another's failure. */
async function startAll(starts: readonly (() => Promise<SlipwayProcess>)[]): Promise<SlipwayProcess[]> {
  const settled = await Promise.allSettled(starts.map((start) => start()));
  const started = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = settled.find((one) => one.status === 'rejected');
  if (!failed) return started;
  await Promise.all(started.map((one) => one.kill()));
  throw failed.reason;
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** `acme/shop` and its people: one who writes, one who reviews, one who runs the place. */
async function seed(github: SandboxGitHub, files: Readonly<Record<string, string>>) {
  const people = {
    author: github.createUser('author'),
    reviewer: github.createUser('reviewer'),
    operator: github.createUser('operator'),
  };
  await github.createOrganisation(owner, { owners: ['operator'], members: ['author', 'reviewer'] });
  await github.createTeam(owner, 'infra', ['reviewer', 'operator']);
  const { cloneUrl } = await github.createRepository({ owner, name: repo, files, author: 'operator' });
  await github.addCollaborator(`${owner}/${repo}`, 'author', 'write');
  await github.addCollaborator(`${owner}/${repo}`, 'reviewer', 'write');
  return { people, cloneUrl };
}
