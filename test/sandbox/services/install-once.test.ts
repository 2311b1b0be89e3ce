import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installOnce } from '../../../src/sandbox/services/install-once.ts';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'slipway-cache-'));
});
afterEach(() => rm(cache, { recursive: true, force: true }));

test('four processes that install at the same time make one whole folder, once', async () => {
  const module = new URL('../../../src/sandbox/services/install-once.ts', import.meta.url).href;
  const script = `
    import { installOnce } from ${JSON.stringify(module)};
    import { appendFile, writeFile } from 'node:fs/promises';
    await installOnce(${JSON.stringify(join(cache, 'it'))}, async (into) => {
      await appendFile(${JSON.stringify(join(cache, 'log'))}, 'installed\\n');
      await writeFile(into + '/first', '1');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await writeFile(into + '/second', '2');
    });`;
  const processes = [1, 2, 3, 4].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }),
  );
  const exits = await Promise.all(processes.map((child) => once(child, 'exit')));

  expect(exits.map(([code]) => code)).toEqual([0, 0, 0, 0]);
  expect(await readFile(join(cache, 'log'), 'utf8')).toBe('installed\n');
  expect((await readdir(cache)).sort()).toEqual(['it', 'log']);
  expect((await readdir(join(cache, 'it'))).sort()).toEqual(['first', 'second']);
});

test('an installation that fails leaves nothing, and the next one is tried', async () => {
  const folder = join(cache, 'it');
  const failing = installOnce(folder, async (into) => {
    await writeFile(join(into, 'half'), '');
    throw new Error('no network');
  });
  await expect(failing).rejects.toThrow('no network');
  expect(await readdir(cache)).toEqual([]);

  await installOnce(folder, (into) => writeFile(join(into, 'whole'), ''));
  expect(await readdir(folder)).toEqual(['whole']);
});

test('what a dead process left, lock and half an installation, is taken over', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'exit');
  await writeFile(join(cache, 'it.lock'), String(dead.pid));
  await mkdir(join(cache, `it.partial-${dead.pid}-00`));
  await installOnce(join(cache, 'it'), (into) => writeFile(join(into, 'whole'), ''));
  expect(await readdir(cache)).toEqual(['it']);
});
