import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ServerCommand, startServer } from '../../../src/sandbox/services/server-process.ts';

/** A server in one line of Node, so that these tests need no other program. */
function nodeServer(script: string): ServerCommand {
  return {
    name: 'example',
    program: process.execPath,
    arguments: (port) => ['-e', script, String(port)],
    environment: {},
    ready: /listening/,
    portTaken: /in use/,
    probe: async (port) => {
      await (await fetch(`http://127.0.0.1:${port}`)).arrayBuffer();
    },
    stopSignal: 'TERM',
  };
}

const LISTEN = `
  require('node:http').createServer((_, response) => response.end('hello'))
    .listen(process.argv[1], '127.0.0.1', () => console.log('listening'));`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a server that ends at once is an error with the last lines it printed', async () => {
  const script = `console.log('one'); console.error('bad flag: --moon'); process.exit(3)`;
  await expect(startServer(nodeServer(script))).rejects.toMatchObject({
    code: 'service-failed',
    message: 'example did not start: it ended with exit code 3',
    problem: { detail: expect.stringContaining('bad flag: --moon') },
  });
});

test('a program that is not there is an error that says so', async () => {
  const command = { ...nodeServer(''), program: '/nowhere/program' };
  await expect(startServer(command)).rejects.toThrow(/did not start: .*ENOENT/);
});

test('a port that somebody took meanwhile is given up for another', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-once-'));
  const marker = JSON.stringify(join(folder, 'tried'));
  const taken = `
    if (!require('node:fs').existsSync(${marker})) {
      require('node:fs').writeFileSync(${marker}, '');
      console.error('port already in use'); process.exit(1);
    }`;
  const server = await startServer(nodeServer(taken + LISTEN));
  expect(await (await fetch(`http://127.0.0.1:${server.port}`)).text()).toBe('hello');
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
  await rm(folder, { recursive: true });
});

test('a server ignoring its signal is killed', { timeout: 15_000 }, async () => {
  const server = await startServer(nodeServer(`process.on('SIGTERM', () => {});${LISTEN}`));
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
});

test.each([
  ['is killed', 'process.kill(process.pid, "SIGKILL")'],
  ['exits without stopping it', 'process.exit(0)'],
  ['comes to its end', ''],
])('the server and its data are gone when the process that started it %s', async (_, ending) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-data-'));
  const module = new URL('../../../src/sandbox/services/server-process.ts', import.meta.url).href;
  const script = `
    import { startServer } from ${JSON.stringify(module)};
    const server = await startServer({
      name: 'example', program: process.execPath,
      arguments: (port) => ['-e', ${JSON.stringify(LISTEN)}, String(port)],
      environment: {}, ready: /listening/, portTaken: /in use/, probe: async () => {},
      stopSignal: 'TERM', dataFolder: ${JSON.stringify(folder)},
    });
    process.stdout.write(String(server.port), () => { ${ending} });`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let port = '';
  parent.stdout.on('data', (text) => {
    port += text;
  });
  await once(parent, 'close');

  expect(port).toMatch(/^\d+$/);
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}`).then(
          () => 'answers',
          () => 'gone',
        ),
      { timeout: 5_000 },
    )
    .toBe('gone');
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
});
