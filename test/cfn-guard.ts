/**
 * `cfn-guard` and the rules of AWS Control Tower, as the package `@cdklabs/cdk-validator-cfnguard` ships them. It is
 * fetched as a file and not installed, since it would bring the whole of the CDK with it.
 */
import { createHash } from 'node:crypto';
import { access, chmod, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../src/sandbox/services/cache-folder.ts';
import { lastLine, runCommand } from '../src/sandbox/services/command.ts';
import { installOnce } from '../src/sandbox/services/install-once.ts';
import { type Missing, missing } from '../src/sandbox/services/service.ts';

const version = '0.0.62';
/** SHA-512 of the package, as the registry has it. */
const integrity = 'Sg2k8067B0AIJ82QFSLhHTUIqxOYTKABvVrTHiyc6j0rE2NHli2diIYqf+w+DkuDKCYYgMIOga3OrYMOHUw0mQ==';

export interface CfnGuard {
  readonly kind: 'found';
  readonly program: string;
  /** The folder of Control Tower's rules. */
  readonly rules: string;
}

export async function findCfnGuard(): Promise<CfnGuard | Missing> {
  const platform = { linux: 'ubuntu', darwin: 'macos' }[process.platform as string];
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string];
  if (!platform || !machine) return missing(`there is no cfn-guard for ${process.platform} ${process.arch}`);
  const folder = join(cacheFolder(), 'services', `cfn-guard-${version}`);
  try {
    await installOnce(folder, fetchInto);
  } catch (error) {
    return missing(`cfn-guard could not be fetched: ${(error as Error).message}`);
  }
  const program = join(folder, 'package', 'bin', platform, machine, 'cfn-guard');
  await chmod(program, 0o755);
  return { kind: 'found', program, rules: join(folder, 'package', 'rules', 'control-tower', 'cfn-guard') };
}

async function fetchInto(folder: string): Promise<void> {
  const name = `@cdklabs/cdk-validator-cfnguard@${version}`;
  await succeed('npm', ['pack', '--silent', name], folder);
  const archive = join(folder, `cdklabs-cdk-validator-cfnguard-${version}.tgz`);
  const found = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (found !== integrity) throw new Error(`${name} is not what it was`);
  await succeed('tar', ['-xzf', archive], folder);
  await rm(archive);
  await access(join(folder, 'package', 'rules'));
}

async function succeed(program: string, args: readonly string[], folder: string): Promise<void> {
  const { exitCode, stderr } = await runCommand(program, args, { folder, timeoutMs: 300_000 });
  if (exitCode !== 0) throw new Error(lastLine(stderr) || `${program} was ended`);
}
