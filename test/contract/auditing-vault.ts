import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningService } from '../../src/sandbox/services/index.ts';
import { startServer } from '../../src/sandbox/services/server-process.ts';
import { vault } from '../../src/sandbox/services/vault.ts';

/**
 * A Vault whose configuration lets audit devices be made, which OpenBao's does not by itself. For a file that already
 * has one of the others, so that there is a program.
 */
export async function startAuditingVault(): Promise<RunningService> {
  const found = await vault.find();
  if (found.kind === 'missing') throw new Error(found.reason);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  const config = join(folder, 'config.hcl');
  await writeFile(config, 'unsafe_allow_api_audit_creation = true\n');
  const token = randomBytes(12).toString('hex');
  const server = await startServer({
    name: 'vault',
    program: found.program,
    arguments: (port) => [
      'server',
      '-dev',
      `-config=${config}`,
      '-dev-no-store-token',
      `-dev-root-token-id=${token}`,
      `-dev-listen-address=127.0.0.1:${port}`,
    ],
    environment: found.environment,
    ready: /server started!/i,
    portTaken: /in use/i,
    probe: async (port) => {
      const { ok, status } = await fetch(`http://127.0.0.1:${port}/v1/sys/health`);
      if (!ok) throw new Error(`it answered ${status}`);
    },
    stopSignal: 'TERM',
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    name: 'vault',
    url,
    environment: { VAULT_ADDR: url, VAULT_TOKEN: token },
    pid: server.pid,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
