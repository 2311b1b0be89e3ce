import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { requireService } from '../../services.ts';

const MAIN = fileURLToPath(new URL('../../../src/sandbox/services/main.ts', import.meta.url));

/** Runs the command; with `until`, presses Ctrl-C when it has printed that. */
async function run(args: readonly string[], until?: RegExp, environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
    if (until?.test(stdout)) child.kill('SIGINT');
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

test('--help names every server and has examples', async () => {
  const { exitCode, stdout } = await run(['--help']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/moto .*vault .*postgres/);
  expect(stdout).toContain('npm run services -- --check');
});

test('an unknown server gets a suggestion and exit code 1', async () => {
  const { exitCode, stderr } = await run(['mto']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("Did you mean 'moto'?");
});

test('--check of a server that cannot be had says why and how to get it, with exit code 1', async () => {
  const nowhere = { PATH: '/nowhere', SLIPWAY_CACHE: '/nowhere' };
  const { exitCode, stdout } = await run(['--check', 'moto'], undefined, nowhere);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/moto +missing: there is no python3 on PATH/);
  expect(stdout).toContain('put moto_server 5.2 on PATH');
});

const moto = await requireService('moto');
test.skipIf(moto.kind === 'missing')('prints what to export, and ends the server on Ctrl-C', async () => {
  const { exitCode, stdout } = await run(['moto'], /Ctrl-C/);
  expect(exitCode).toBe(0);
  const url = /^export AWS_ENDPOINT_URL='(.*)'$/m.exec(stdout)?.[1] ?? '';
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await answers(url)).toBe(false);
});

test.skipIf(moto.kind === 'missing')('--json prints one document', async () => {
  const { stdout } = await run(['moto', '--json'], /\]\n$/);
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'moto', environment: { AWS_REGION: 'eu-west-1' } }]);
});
