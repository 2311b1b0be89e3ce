/** A Vault that writes its own audit log to a file: OpenBao takes that from its configuration, and Vault by its API. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../src/sandbox/services/server-process.ts';
import { vault } from '../../src/sandbox/services/vault.ts';

export interface AuditedVault {
  readonly address: string;
  /** The root token. */
  readonly token: string;
  /** What it has answered so far. */
  answers(): Promise<readonly VaultLogEntry[]>;
  stop(): Promise<void>;
}

/** A line of its log; the rest of it is left out. */
interface VaultLogEntry {
  readonly type: 'request' | 'response';
  readonly request: {
    readonly id: string;
    readonly path: string;
    /** Those that it was told to write. */
    readonly headers?: Readonly<Record<string, readonly string[]>>;
  };
  readonly error?: string;
}

const token = 'root-of-the-audited';

export async function startAuditedVault(): Promise<AuditedVault> {
  const found = await vault.find();
  if (found.kind === 'missing') throw new Error(found.reason);
  const dataFolder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  const log = join(dataFolder, 'audit.log');
  const server = await startServer({
    name: 'vault',
    program: found.program,
    environment: found.environment,
    dataFolder,
    arguments(port) {
      const config = join(dataFolder, 'vault.hcl');
      writeFileSync(config, `audit "file" "file" {\n  options = { file_path = ${JSON.stringify(log)} }\n}\n`);
      const dev = ['-dev', '-dev-no-store-token', `-dev-root-token-id=${token}`];
      return ['server', ...dev, `-config=${config}`, `-dev-listen-address=127.0.0.1:${port}`];
    },
    ready: /server started!/i,
    portTaken: /in use/i,
    probe: async (port) => {
      const headers = { 'x-vault-token': token };
      const response = await fetch(`http://127.0.0.1:${port}/v1/secret/config`, { headers });
      if (!response.ok) throw new Error(`it answered ${response.status}`);
    },
    stopSignal: 'TERM',
  });
  const address = `http://127.0.0.1:${server.port}`;
  const read = () => readFile(log, 'utf8').catch(() => undefined);
  if ((await read()) === undefined) {
    await fetch(`${address}/v1/sys/audit/file`, {
      method: 'PUT',
      headers: { 'x-vault-token': token },
      body: JSON.stringify({ type: 'file', options: { file_path: log } }),
    });
  }
  return {
    address,
    token,
    async answers() {
      const lines = ((await read()) ?? '').trim().split('\n');
      return lines
        .map((line) => JSON.parse(line) as VaultLogEntry)
        .filter(({ type, error }) => type === 'response' && error === undefined);
    },
    stop: server.stop,
  };
}
