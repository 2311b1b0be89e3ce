import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { serveSetup, writeEnv } from '../../src/http/serve-setup.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

const earlier = process.env.WEBHOOK_SECRET;
afterEach(() => {
  delete process.env.PRIVATE_KEY;
  if (earlier === undefined) delete process.env.WEBHOOK_SECRET;
});

test('the page that registers the App is served to nobody but this machine', async () => {
  await expect(serveSetup({ HOST: '0.0.0.0' }, '.')).rejects.toMatchObject({ code: 'config-invalid' });
});

test('it asks for what app.yml says, wherever Slipway is started', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'slipway-setup-'));
  const port = await freePort();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'start'], {
    cwd,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      PORT: String(port),
    },
  });
  try {
    let page = '';
    await expect
      .poll(async () => {
        const answer = await fetch(`http://localhost:${port}/probot`).catch(() => undefined);
        page = (await answer?.text()) ?? '';
        return answer?.status;
      })
      .toBe(200);
    expect(page).toContain('merge_group');
    expect(page).toContain('security_events');
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

test('what it is given goes into .env, beside what is there, for nobody else to read', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'slipway-env-')), '.env');
  await writeFile(file, 'AWS_REGION=eu-west-1\nWEBHOOK_SECRET=old\n', { mode: 0o600 });
  const key = '-----BEGIN KEY-----\nabc\n-----END KEY-----\n';
  writeEnv(file, { PRIVATE_KEY: `"${key}"`, WEBHOOK_SECRET: 'a#b c' });
  expect(parseEnv(await readFile(file, 'utf8'))).toEqual({
    AWS_REGION: 'eu-west-1',
    PRIVATE_KEY: key,
    WEBHOOK_SECRET: 'a#b c',
  });
  expect((await stat(file)).mode & 0o077).toBe(0);
});
