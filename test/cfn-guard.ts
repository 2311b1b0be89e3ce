/**
 * `cfn-guard` and the rules of AWS Control Tower, as the package `@cdklabs/cdk-validator-cfnguard` ships them. It is
 * fetched as a file and not installed, since it would bring the whole of the CDK with it.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { type Missing, missing } from '../src/sandbox/services/service.ts';
import { npmPackage } from './npm-package.ts';

const version = '0.0.62';
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
  const found = await npmPackage('@cdklabs/cdk-validator-cfnguard', version, integrity);
  if (found.kind === 'missing') return found;
  const program = join(found.folder, 'bin', platform, machine, 'cfn-guard');
  await chmod(program, 0o755);
  return { kind: 'found', program, rules: join(found.folder, 'rules', 'control-tower', 'cfn-guard') };
}
