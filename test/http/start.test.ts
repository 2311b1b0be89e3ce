import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { AppManifest } from '../../src/sandbox/github/model/app.ts';
import type { SeededApp } from '../../src/sandbox/github/seeding.ts';
import { type SandboxGitHub, startSandboxGitHub } from '../../src/sandbox/github/start.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { startSlipway } from '../../src/sandbox/slipway-process.ts';
import { putDatabase } from '../db/databases.ts';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const PRIVATE_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;

/** Runs `slipway start` with nothing in its environment but this. */
async function start(env: Readonly<Record<string, string>>): Promise<{ code: number; said: string }> {
  const { ended, said } = launch(await mkdtemp(join(tmpdir(), 'slipway-start-')), env);
  const [code] = await ended;
  return { code, said: said() };
}

function launch(cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'start'], {
    cwd,
    env: {
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      HOME: cwd,
      ...env,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const ended = once(child, 'close') as Promise<[number, NodeJS.Signals | null]>;
  return { child, ended, said: () => said };
}

describe('slipway start and GitHub', { timeout: 60_000 }, () => {
  let github: SandboxGitHub;
  let app: SeededApp;
  beforeAll(async () => {
    github = await startSandboxGitHub({ directory: await mkdtemp(join(tmpdir(), 'slipway-github-')) });
    github.createUser('operator');
    await github.createOrganisation('acme', { owners: ['operator'], members: [] });
    const whole = parse(await readFile(new URL('../../app.yml', import.meta.url), 'utf8')) as AppManifest;
    // As one that was registered before these were asked for.
    const { security_events: _, ...permissions } = whole.default_permissions ?? {};
    const events = (whole.default_events ?? []).filter((event) => event !== 'push');
    const manifest = { ...whole, default_permissions: permissions, default_events: events };
    const webhookUrl = 'http://127.0.0.1:9/';
    app = await github.registerApp({ manifest, webhookUrl, webhookSecret: 's', account: 'acme' });
  });
  afterAll(() => github.stop());

  const environment = () => ({
    WEBHOOK_SECRET: 's',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    GHE_HOST: new URL(github.url).host,
    GHE_PROTOCOL: 'http',
  });

  test.for([
    ["with another App's key", (): string => String(app.appId), 'The key is not one of this App'],
    ['with a number that is no App of it', (): string => '4711', 'It knows no App of this number'],
  ] as const)('%s ends with 1 and says so, and nothing else', async ([, appId, says]) => {
    const port = String(await freePort());
    const { code, said } = await start({ ...environment(), APP_ID: appId(), PRIVATE_KEY, PORT: port });
    expect([code, said]).toEqual([1, expect.stringContaining('GitHub does not take APP_ID and PRIVATE_KEY')]);
    expect(said).toContain(says);
    expect(said).toContain('github-app-refused');
    expect(said).not.toMatch(/is ready|PRIVATE KEY-----|\n\s+at /);
  });

  test('finishes what is in hand, told twice to end, also while it starts', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'slipway-start-'));
    await putDatabase(join(cwd, '.slipway', 'db'));
    const running = launch(cwd, {
      ...environment(),
      APP_ID: String(app.appId),
      PRIVATE_KEY: app.privateKey,
      PORT: String(await freePort()),
    });
    // Before it listens: it holds its database by now.
    await expect.poll(() => existsSync(join(cwd, '.slipway', 'db', 'lock')), { timeout: 20_000 }).toBe(true);
    running.child.kill('SIGTERM');
    await expect.poll(() => running.said(), { timeout: 20_000 }).toContain('Stopping');
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual([0, null]);
  });

  test('with an App that lacks something works, and says what', async () => {
    const running = await startSlipway({
      directory: await mkdtemp(join(tmpdir(), 'slipway-start-')),
      port: await freePort(),
      github,
      app,
      webhookSecret: 's',
      environment: environment(),
    });
    try {
      const lacks = ['permission security_events: write', 'event push'];
      const answer = await fetch(`${running.url}/readyz`);
      expect([answer.status, await answer.json()]).toMatchObject([
        200,
        {
          status: 'ok',
          checks: { github: { status: 'incomplete', reason: expect.stringContaining(lacks.join('; ')) } },
        },
      ]);
      expect(running.log()).toContain(JSON.stringify(lacks));
    } finally {
      await running.kill();
    }
  });
});

describe('slipway start', { timeout: 60_000 }, () => {
  test.for([
    {
      what: 'with the number of the App alone',
      env: { APP_ID: '7' },
      says: ['WEBHOOK_SECRET: ', 'AWS_REGION: ', 'PRIVATE_KEY or PRIVATE_KEY_PATH: '],
    },
    {
      what: 'with a port that is none',
      env: { APP_ID: '7', PRIVATE_KEY, WEBHOOK_SECRET: 's', AWS_REGION: 'eu-west-1', PORT: 'http' },
      says: ['PORT: a number from 1 to 65535'],
    },
    {
      what: 'with the path of a key that cannot be read',
      env: { APP_ID: '7', PRIVATE_KEY_PATH: 'gone.pem', WEBHOOK_SECRET: 's', AWS_REGION: 'eu-west-1' },
      says: ['PRIVATE_KEY_PATH names a file that cannot be read: gone.pem', 'Check the path'],
    },
    {
      what: 'with a database server that is not there',
      env: {
        APP_ID: '7',
        PRIVATE_KEY,
        WEBHOOK_SECRET: 's',
        AWS_REGION: 'eu-west-1',
        DATABASE_URL: 'postgres://slipway:hunter2@127.0.0.1:9/slipway',
      },
      says: ['database-unreachable'],
    },
  ])('$what ends with 1 and says what to do', async ({ env, says }) => {
    const { code, said } = await start(env as Readonly<Record<string, string>>);
    expect(code).toBe(1);
    for (const words of says) expect(said).toContain(words);
    expect(said).not.toMatch(/hunter2|PRIVATE KEY-----|\n\s+at /);
  });
});
