/** A Vault as operators run it, not in development mode: one that can be sealed, and opened again. */
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../src/sandbox/services/server-process.ts';
import { vault } from '../../src/sandbox/services/vault.ts';

export interface SealableVault {
  readonly address: string;
  /** The root token. */
  readonly token: string;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSealableVault(): Promise<SealableVault> {
  const found = await vault.find();
  if (found.kind === 'missing') throw new Error(found.reason);
  const dataFolder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  const server = await startServer({
    name: 'vault',
    program: found.program,
    environment: found.environment,
    dataFolder,
    arguments(port) {
      const config = join(dataFolder, 'vault.json');
      const listener = { tcp: { address: `127.0.0.1:${port}`, tls_disable: true } };
      writeFileSync(config, JSON.stringify({ storage: { inmem: {} }, listener, disable_mlock: true }));
      return ['server', `-config=${config}`];
    },
    ready: /server started!/i,
    portTaken: /in use/i,
    probe: async (port) => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/sys/seal-status`);
      if (!response.ok) throw new Error(`it answered ${response.status}`);
    },
    stopSignal: 'TERM',
  });
  const address = `http://127.0.0.1:${server.port}`;
  const put = async (path: string, body: object, token?: string) => {
    const headers = token === undefined ? {} : { 'x-vault-token': token };
    const response = await fetch(`${address}/v1/${path}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
  const { keys, root_token: token } = await put('sys/init', { secret_shares: 1, secret_threshold: 1 });
  const active = async () => {
    // The leader is elected a moment after the seal is open.
    for (;;) {
      const { ok } = await fetch(`${address}/v1/sys/health`);
      if (ok) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const unseal = async () => {
    await put('sys/unseal', { key: keys[0] });
    await active();
  };
  await unseal();
  return { address, token, seal: () => put('sys/seal', {}, token), unseal, stop: server.stop };
}
