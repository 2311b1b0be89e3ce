import { access } from 'node:fs/promises';
import { lastLine, runCommand } from './command.ts';
import type { OnProgress } from './service.ts';
import { which } from './which.ts';

const APT_WITHIN_MS = 10 * 60_000;

/**
 * Installs a package of the distribution: the last resort, and only as root on Debian and its relatives.
 * Resolves with why it could not, or with `undefined` when it did.
 */
export async function aptInstall(name: string, onProgress?: OnProgress): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'installing it takes root';
  const isDebian = await access('/etc/debian_version').then(
    () => true,
    () => false,
  );
  const apt = await which('apt-get');
  if (!isDebian || apt === undefined) return 'this is not Debian, so it is not installed by itself';

  onProgress?.(`installing ${name} with apt-get`);
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', name]]) {
    // Another process may be installing just now.
    const result = await runCommand(apt, ['--quiet', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      timeoutMs: APT_WITHIN_MS,
      environment: { DEBIAN_FRONTEND: 'noninteractive' },
    });
    // Old lists may do, so only the installation's failure counts.
    if (result.exitCode !== 0 && args[0] === 'install') {
      return `apt-get could not install ${name}: ${lastLine(result.stderr)}`;
    }
  }
  return undefined;
}
