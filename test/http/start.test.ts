import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const PRIVATE_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;

/** Runs `slipway start` with nothing in its environment but this. */
async function start(env: Readonly<Record<string, string>>): Promise<{ code: number; said: string }> {
  const cwd = await mkdtemp(join(tmpdir(), 'slipway-start-'));
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
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

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
