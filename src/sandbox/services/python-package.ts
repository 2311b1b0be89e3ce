import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { lastLine, runCommand } from './command.ts';
import { installOnce } from './install-once.ts';
import type { Missing, OnProgress } from './service.ts';
import { missing } from './service.ts';
import { which } from './which.ts';

const PIP_WITHIN_MS = 10 * 60_000;

/** A Python package as pip wrote it into a folder of the cache. */
export interface PythonPackage {
  readonly kind: 'installed';
  readonly python: string;
  /** What `PYTHONPATH` has to be; programs that the package brings are in its `bin`. */
  readonly folder: string;
}

/**
 * Installs a Python package into the cache, unless it is there.
 *
 * @param name names the folder, such as `moto-5.2`
 * @param requirement what pip is asked for, such as `moto[server]==5.2.*`
 */
export async function pythonPackage(
  name: string,
  requirement: string,
  onProgress?: OnProgress,
): Promise<PythonPackage | Missing> {
  const python = await which('python3');
  if (python === undefined) return missing(`there is no python3 on PATH to install ${requirement} with`);
  const folder = await folderFor(python, name);
  if (folder === undefined) return missing(`${python} does not run`);
  const installed = { kind: 'installed', python, folder } as const;
  if (await isThere(folder)) return installed;

  const pip = await runCommand(python, ['-m', 'pip', '--version']);
  if (pip.exitCode !== 0) return missing(`python3 has no pip to install ${requirement} with`);
  onProgress?.(`installing ${requirement} with pip`);
  try {
    await installOnce(folder, async (into) => {
      const args = [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-compile',
        '--disable-pip-version-check',
        '--no-input',
      ];
      // A user's or a system's pip settings may ask for --user, which pip refuses together with --target.
      const result = await runCommand(python, [...args, '--no-user', '--target', into, requirement], {
        timeoutMs: PIP_WITHIN_MS,
        environment: { PIP_USER: '0' },
      });
      if (result.exitCode !== 0) throw new Error(lastLine(result.stderr) || 'pip was ended');
    });
  } catch (error) {
    return missing(`pip could not install ${requirement}: ${(error as Error).message}`);
  }
  return installed;
}

/** Compiled packages fit one version of Python on one kind of machine, so each has its own folder. */
async function folderFor(python: string, name: string): Promise<string | undefined> {
  const script = 'import sys; print("py%d.%d" % sys.version_info[:2])';
  const { exitCode, stdout } = await runCommand(python, ['-c', script]);
  if (exitCode !== 0) return undefined;
  return join(cacheFolder(), 'services', `${name}-${stdout.trim()}-${process.platform}-${process.arch}`);
}

async function isThere(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}
