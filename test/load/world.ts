/**
 * What a load scenario runs in: a GitHub on this machine, a cloud that answers at once, PostgreSQL as people run it
 * (with fsync), and as many Slipway processes as the scenario asks for. Scenarios drive it and measure; what is here
 * decides nothing.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parse } from 'yaml';
import type { AppManifest } from '../../src/sandbox/github/model/app.ts';
import type { SeededApp } from '../../src/sandbox/github/seeding.ts';
import { type SandboxGitHub, startSandboxGitHub } from '../../src/sandbox/github/start.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import type { RunningService } from '../../src/sandbox/services/index.ts';
import { type SlipwayProcess, startSlipway } from '../../src/sandbox/slipway-process.ts';
import { type StubCloud, startStubCloud } from '../bench/stub-cloud.ts';
import { createServerDatabase } from '../db/databases.ts';
import { type Balancer, startBalancer } from './balancer.ts';

export const owner = 'acme';
export const webhookSecret = 'a secret of this load only';

export interface LoadWorld {
  readonly github: SandboxGitHub;
  readonly app: SeededApp;
  readonly cloud: StubCloud;
  readonly postgres: RunningService;
  readonly databaseUrl: string;
  /** Where GitHub sends its webhooks: to one process after the other. */
  readonly balancer: Balancer;
  /** Those that run now. */
  readonly slipways: readonly SlipwayProcess[];
  /** Starts so many more, all on one database. */
  start(count: number, environment?: Readonly<Record<string, string>>): Promise<void>;
  /** Ends all of them. */
  stopSlipways(): Promise<void>;
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

const manifestFile = new URL('../../app.yml', import.meta.url);

/** Starts everything but Slipway. `postgres` stays the caller's to stop. */
export async function openLoadWorld(postgres: RunningService): Promise<LoadWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-load-'));
  const ends: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const databaseUrl = await createServerDatabase(postgres.url);
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
    ends.push(() => pool.end());
    const cloud = await startStubCloud();
    ends.push(() => cloud.stop());
    // GitHub's own limit of calls is a figure of the result, and no brake of the measurement.
    const github = await startSandboxGitHub({ directory: join(directory, 'github'), rateLimit: 1e9 });
    ends.push(() => github.stop());
    const balancer = await startBalancer();
    ends.push(() => balancer.stop());
    await seedPeople(github);
    const manifest = parse(await readFile(manifestFile, 'utf8')) as AppManifest;
    const webhookUrl = `${balancer.url}/api/github/webhooks`;
    const app = await github.registerApp({ manifest, webhookUrl, webhookSecret, account: owner });

    const slipways: SlipwayProcess[] = [];
    let started = 0;
    const stopSlipways = async () => {
      balancer.aimAt([]);
      await Promise.all(slipways.splice(0).map((slipway) => slipway.stop()));
    };
    ends.push(stopSlipways);
    const startOne = async (environment: Readonly<Record<string, string>>) => {
      const home = join(directory, `slipway-${++started}`);
      await mkdir(home);
      const aws = {
        AWS_ENDPOINT_URL: cloud.url,
        AWS_ACCESS_KEY_ID: 'testing',
        AWS_SECRET_ACCESS_KEY: 'testing',
        AWS_REGION: 'eu-west-1',
        // What runs is scanned once a day: not in the minute that is measured.
        SLIPWAY_COMPLIANCE_SECONDS: 'off',
      };
      slipways.push(
        await startSlipway({
          directory: home,
          port: await freePort(),
          github,
          app,
          webhookSecret,
          environment: {
            ...aws,
            ...profiling(),
            DATABASE_URL: databaseUrl,
            LOG_LEVEL: 'warn',
            ...environment,
          },
        }),
      );
    };
    return {
      github,
      app,
      cloud,
      postgres,
      databaseUrl,
      balancer,
      slipways,
      async start(count, environment = {}) {
        for (let i = 0; i < count; i++) await startOne(environment);
        balancer.aimAt(slipways.map(({ url }) => url));
      },
      stopSlipways,
      query: async <Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
        (await pool.query<Row>(sql, [...values])).rows,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `LOAD_PROFILE=/tmp/profiles npm run bench:load` leaves there what each process spent its time on, for Chrome. */
function profiling(): Readonly<Record<string, string>> {
  const { LOAD_PROFILE } = process.env;
  return LOAD_PROFILE ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${LOAD_PROFILE}` } : {};
}

async function seedPeople(github: SandboxGitHub): Promise<void> {
  for (const login of ['author', 'reviewer', 'operator']) github.createUser(login);
  await github.createOrganisation(owner, { owners: ['operator'], members: ['author', 'reviewer'] });
  await github.createTeam(owner, 'infra', ['reviewer', 'operator']);
}
