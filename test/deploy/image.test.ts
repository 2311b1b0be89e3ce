/** deploy/Dockerfile, followed without an engine: the same files, commands and user, on a root that is read-only. */
import { generateKeyPairSync } from 'node:crypto';
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../src/sandbox/services/command.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { putDatabase } from '../db/databases.ts';
import { image, type LaidImage, layImage, namespaces, type RunningImage, top } from './image.ts';
import { container, manifests } from './manifests.ts';

const manifest = JSON.parse(await readFile(join(top, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

describe('The image', () => {
  test('is made from the version of Node that the tests run on, pinned', () => {
    for (const base of image.bases) expect(base).toBe(`node:${manifest.devDependencies.node}-bookworm-slim`);
  });

  test('has a user without rights, named by number, and the port that it says', () => {
    expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(image.environment).toMatchObject({ PORT: String(image.port), HOST: '0.0.0.0' });
  });
});

const why = await whyNot();
if (why && process.env.SLIPWAY_REQUIRE_SERVICES === '1') throw new Error(why);

/** Why a root of its own cannot be made here; undefined where it can. */
async function whyNot(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes root on Linux';
  const [program, ...args] = namespaces;
  const { exitCode, stderr } = await runCommand(program!, [...args, 'true']);
  return exitCode === 0 ? undefined : `no namespaces can be made here: ${stderr.trim()}`;
}

describe.skipIf(why)(`The image, running${why ? ` (skipped: ${why})` : ''}`, () => {
  let laid: LaidImage;
  let running: RunningImage;
  let url: string;
  let github: Server;

  beforeAll(async () => {
    laid = await layImage();
    const [uid, gid] = image.user.split(':').map(Number) as [number, number];
    // As Compose mounts a secret.
    const secrets = join(laid.root, 'run/secrets');
    await mkdir(secrets, { recursive: true });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(join(secrets, 'private-key'), pem, { mode: 0o400 });
    await chown(join(secrets, 'private-key'), uid, gid);
    // Making the tables would take seconds; they are where an earlier start would have left them.
    const state = join(laid.root, image.volume, '.slipway');
    await putDatabase(join(state, 'db'));
    await runCommand('chown', ['-R', image.user, state]);
    // One that knows the App, which is installed nowhere: nothing leaves this machine, and nothing is tried again.
    const app = JSON.stringify({ id: 7, permissions: {}, events: [] });
    github = createServer((request, response) => {
      const isApp = request.url === '/api/v3/app';
      response.writeHead(isApp ? 200 : 404, { 'content-type': 'application/json' }).end(isApp ? app : '{}');
    });
    await new Promise<void>((listening) => github.listen(0, '127.0.0.1', listening));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    running = await laid.start({
      APP_ID: '7',
      WEBHOOK_SECRET: 'a secret of this test only',
      PRIVATE_KEY_PATH: '/run/secrets/private-key',
      AWS_REGION: 'eu-west-1',
      GHE_HOST: `127.0.0.1:${(github.address() as AddressInfo).port}`,
      GHE_PROTOCOL: 'http',
      PORT: String(port),
    });
  });
  afterAll(async () => {
    await running?.stop();
    await laid?.remove();
    github?.close();
  });

  test('is ready on a root that it cannot write to, and keeps what it writes in the volume', async () => {
    const status = () =>
      fetch(`${url}/readyz`).then(
        (answer) => answer.status,
        () => running.log(),
      );
    await expect.poll(status, { timeout: 25_000 }).toBe(200);
    const { stdout } = await running.run(['sh', '-c', 'id -u; touch /app/x /usr/x || echo refused; pwd']);
    expect(stdout).toBe(`${image.user.split(':')[0]}\nrefused\n${image.volume}\n`);
  });

  test('holds what Slipway needs at run time and nothing else', async () => {
    const names = await readdir(join(laid.root, 'app'));
    expect(names.sort()).toEqual(['app.yml', 'bin', 'node_modules', 'package.json', 'policies', 'src']);
    const packages = await readdir(join(laid.root, 'app/node_modules'));
    expect(packages).toEqual(expect.arrayContaining(['pg', 'probot']));
    for (const name of Object.keys(manifest.devDependencies)) expect(packages).not.toContain(name);
  });

  test('answers where the manifests ask it and let webhooks in', async () => {
    const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((name) => container[name].httpGet);
    for (const { path } of probes) expect((await fetch(url + path)).status, path).toBe(200);
    const [{ path }] = manifests['ingress.yaml'].spec.rules[0].http.paths;
    // There, and wanting to know what it is sent and by whom.
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(url + path, { method: 'POST', body: '{}', headers })).status).toBe(400);
  });

  test('is healthy by its own check, which sees when nobody answers', async () => {
    expect(await running.run(image.healthcheck)).toMatchObject({ exitCode: 0 });
    expect(await running.run(image.healthcheck, { PORT: '9' })).toMatchObject({ exitCode: 1 });
  });

  test('has the command line on its path', async () => {
    const { stdout, stderr } = await running.run(['slipway', '--version']);
    expect(stdout, stderr).toBe(`${manifest.version}\n`);
  });

  test('ends by SIGTERM although it is the first process, and keeps what Node compiled for the next start', async () => {
    expect(await running.stop(), running.log()).toBe(0);
    expect(running.log()).toContain('Stopping: finishing what is in hand.');
    expect(await readdir(join(laid.root, image.volume, 'compiled'))).not.toEqual([]);
  });
});
