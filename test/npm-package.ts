/** A published package as a file in the cache: for tools and data that tests need, without what they depend on. */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../src/sandbox/services/cache-folder.ts';
import { lastLine, runCommand } from '../src/sandbox/services/command.ts';
import { installOnce } from '../src/sandbox/services/install-once.ts';
import { type Missing, missing } from '../src/sandbox/services/service.ts';

export interface NpmPackage {
  readonly kind: 'found';
  readonly folder: string;
}

/** @param integrity SHA-512 of the package in Base64, as the registry has it */
export async function npmPackage(
  name: string,
  version: string,
  integrity: string,
): Promise<NpmPackage | Missing> {
  const plain = name.replace('@', '').replace('/', '-');
  const folder = join(cacheFolder(), 'services', `${plain}-${version}`);
  try {
    await installOnce(folder, async (into) => {
      await succeed('npm', ['pack', '--silent', `${name}@${version}`], into);
      const archive = join(into, `${plain}-${version}.tgz`);
      const found = createHash('sha512')
        .update(await readFile(archive))
        .digest('base64');
      if (found !== integrity) throw new Error(`${name}@${version} is not what it was`);
      await succeed('tar', ['-xzf', archive], into);
      await rm(archive);
    });
  } catch (error) {
    return missing(`${name} could not be fetched: ${(error as Error).message}`);
  }
  return { kind: 'found', folder: join(folder, 'package') };
}

async function succeed(program: string, args: readonly string[], folder: string): Promise<void> {
  const { exitCode, stderr } = await runCommand(program, args, { folder, timeoutMs: 300_000 });
  if (exitCode !== 0) throw new Error(lastLine(stderr) || `${program} was ended`);
}
