import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { findIsolation } from '../../src/scanner/isolation.ts';
import { runTool, type ToolRun } from '../../src/scanner/run-tool.ts';

const isolation = await findIsolation();

const node = (script: string, more: Partial<ToolRun> = {}) =>
  runTool({
    command: [process.execPath, '--eval', script],
    environment: {},
    timeoutMs: 30_000,
    input: { name: 'template.yaml', text: 'Resources: {}\n' },
    ...more,
  });

async function printed(script: string, more: Partial<ToolRun> = {}): Promise<string> {
  const result = await node(script, more);
  if (result.kind === 'failed') throw new Error(result.reason);
  return result.output;
}

describe('what a tool is given', () => {
  test('is a folder with nothing in it but the template', async () => {
    const script = `const fs = require('fs'); console.log(JSON.stringify([fs.readdirSync('.'), fs.readFileSync('template.yaml', 'utf8')]))`;
    expect(JSON.parse(await printed(script))).toEqual([['template.yaml'], 'Resources: {}\n']);
  });

  test('is nothing of our environment but PATH, and a home that goes away', async () => {
    process.env.SLIPWAY_TEST_SECRET = 'hidden';
    try {
      const script = 'console.log(JSON.stringify([process.env, process.cwd()]))';
      const [env, folder] = JSON.parse(await printed(script, { environment: { RULES: 'all' } }));
      expect(env).toEqual({ LANG: 'C.UTF-8', RULES: 'all', PATH: process.env.PATH, HOME: folder });
      expect(folder).not.toBe(process.cwd());
    } finally {
      delete process.env.SLIPWAY_TEST_SECRET;
    }
  });

  test('is no network, where the platform can keep it off', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const script = `require('net').connect(${port}, '127.0.0.1', () => { console.log('reached'); process.exit() }).on('error', () => console.log('kept off'))`;
    expect((await printed(script)).trim()).toBe(isolation.length > 0 ? 'kept off' : 'reached');
    server.close();
  });
});

describe('what a tool gives', () => {
  test('is what it prints, whatever it exits with', async () => {
    expect(await printed(`console.log('result'); process.exitCode = 3`)).toBe('result\n');
  });

  test('is what it writes to the file that is named', async () => {
    const script = `require('fs').writeFileSync('out.sarif', 'result'); console.log('noise')`;
    expect(await printed(script, { output: 'out.sarif' })).toBe('result');
    expect(await printed('', { output: 'out.sarif' })).toBe('');
  });

  test('is nothing where the file is a link to another, or no file', async () => {
    const link = `require('fs').symlinkSync('/etc/hostname', 'out.sarif')`;
    expect(await printed(link, { output: 'out.sarif' })).toBe('');
    expect(await printed(`require('fs').mkdirSync('out.sarif')`, { output: 'out.sarif' })).toBe('');
  });
});

describe('a tool is ended', () => {
  const endless = 'setInterval(() => {}, 1000)';
  test.each([
    ['when its time is over', endless, { timeoutMs: 700 }, 'took longer than 0.7 s'],
    [
      'when it writes without end',
      `for (;;) require('fs').writeSync(1, 'x'.repeat(1e6))`,
      {},
      'wrote more than 16 MB',
    ],
    [
      'when its file grows without end',
      `require('fs').truncateSync('out.sarif', 2e9)`.replace(
        'truncateSync',
        `writeFileSync('out.sarif', ''), require('fs').truncateSync`,
      ),
      { output: 'out.sarif' },
      'wrote more than 16 MB',
    ],
  ])('%s', async (_, script, more, reason) => {
    expect(await node(script, more)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(reason),
    });
  });

  test('with all that it started, also what left its group', async () => {
    const child = `const fs = require('fs'); setInterval(() => fs.appendFileSync(process.env.MARK, '.'), 50)`;
    const detached = isolation.length > 0;
    const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit', detached: ${detached} }); ${endless}`;
    const folder = await mkdtemp(join(tmpdir(), 'slipway-mark-'));
    const mark = join(folder, 'mark');
    const result = await node(script, { timeoutMs: 2_000, environment: { MARK: mark } });
    expect(result).toMatchObject({ kind: 'failed' });
    const length = (await readFile(mark, 'utf8')).length;
    await sleep(300);
    expect((await readFile(mark, 'utf8')).length).toBe(length);
    await rm(folder, { recursive: true });
  });

  test.runIf(isolation[0] === 'setpriv')('with us, even if we are killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-mark-'));
    const mark = join(folder, 'mark');
    const tool = `const fs = require('fs'); setInterval(() => fs.appendFileSync('${mark}', '.'), 20)`;
    const program = `
      import { runTool } from ${JSON.stringify(new URL('../../src/scanner/run-tool.ts', import.meta.url).href)};
      const input = { name: 'template.yaml', text: '' };
      await runTool({ command: [process.execPath, '--eval', ${JSON.stringify(tool)}], environment: {}, timeoutMs: 60_000, input });
    `;
    const us = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: 'ignore',
      // What it cannot remove any more goes with the folder.
      env: { ...process.env, TMPDIR: folder },
    });
    await vi.waitFor(() => readFile(mark), { timeout: 20_000 });
    us.kill('SIGKILL');
    await new Promise((resolve) => us.once('exit', resolve));
    await sleep(100);
    const length = (await readFile(mark, 'utf8')).length;
    await sleep(300);
    expect((await readFile(mark, 'utf8')).length).toBe(length);
    await rm(folder, { recursive: true });
  });

  test('a program that is not there is told by its name', async () => {
    expect(await node('', { command: ['no-such-linter', 'x'] })).toMatchObject({
      kind: 'failed',
      reason: 'no-such-linter could not be started',
    });
  });
});
