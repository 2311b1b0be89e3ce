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
  /** GitHub's API as one of the people. */
  as(login: keyof Shop['people']): Octokit;
  clone(login: keyof Shop['people']): Promise<WorkTree>;
  slipway: SlipwayProcess;
  /** Ends Slipway with kill -9 and starts it again on the same port and database, with more in its environment. */
  restart(environment?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export interface ShopOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly onProgress?: (message: string) => void;
  /** More of Slipway's environment: DATABASE_URL, another AWS_ENDPOINT_URL. */
  readonly environment?: Readonly<Record<string, string>>;
  /** An emulator that runs already, instead of one of its own. */
  readonly aws?: RunningService['environment'];
  readonly githubPort?: number;
}

const manifestFile = new URL('../../app.yml', import.meta.url);
const webhookSecret = 'a secret of this sandbox only';

/** Starts everything. Throws `service-missing` when there is no AWS emulator to be had. */
export async function startShop(options: ShopOptions): Promise<Shop> {
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

    const port = await freePort();
    const manifest = parse(await readFile(manifestFile, 'utf8')) as AppManifest;
    const webhookUrl = `http://127.0.0.1:${port}/api/github/webhooks`;
    const app = await github.registerApp({ manifest, webhookUrl, webhookSecret, account: owner });
    github.protectBranch(`${owner}/${repo}`, 'main', {
      requiredStatusChecks: {
        strict: false,
        checks: checkNames.map((context) => ({ context, appId: app.appId })),
      },
    });
    const home = join(directory, 'slipway');
    await mkdir(home, { recursive: true });
    const start = (more: Readonly<Record<string, string>> = {}) =>
      startSlipway({
        directory: home,
        port,
        github,
        app,
        webhookSecret,
        environment: { ...aws, ...options.environment, ...more },
      });
    const shop: Shop = {
      github,
      app,
      aws,
      people,
      cloneUrl,
      as: (login) =>
        new Octokit({
          baseUrl: github.apiUrl,
          auth: people[login].token,
          log: silent,
          retry: { enabled: false },
        }),
      clone: (login) =>
        cloneWorkTree({ directory: join(directory, `clone-of-${login}`), cloneUrl, user: people[login] }),
      slipway: await start(),
      async restart(environment) {
        await shop.slipway.kill();
        shop.slipway = await start(environment);
      },
      stop,
    };
    ends.push(() => shop.slipway.stop());
    await warm;
    return shop;
  } catch (error) {
    await stop();
    throw error;
  }
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
