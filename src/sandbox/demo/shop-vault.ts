import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../base/error.ts';
import { startService } from '../services/index.ts';

/** A Vault for the demo, which Slipway may do in what the shop needs and no more. */
export interface ShopVault {
  readonly url: string;
  /** With which Slipway logs in: by AppRole, as in production. */
  readonly environment: Readonly<Record<string, string>>;
  /** Asks it as the operator who may do everything, or with another token; with none of Slipway's code. */
  ask(path: string, asked?: VaultQuestion): Promise<VaultReply>;
  stop(): Promise<void>;
}

interface VaultQuestion {
  readonly body?: object;
  /** None where it is empty. */
  readonly token?: string;
}

interface VaultReply {
  readonly status: number;
  /** What stands in `data`, or in `auth` where somebody logs in. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A Vault, or why there is none. Where every server has to be there, as in CI, that is an error. */
export async function shopVaultIfThere(
  env: Readonly<Record<string, string | undefined>>,
  onProgress: (message: string) => void,
  start = startShopVault,
): Promise<{ readonly vault?: ShopVault; readonly leftOut?: string }> {
  try {
    return { vault: await start(onProgress) };
  } catch (error) {
    const isMissing = error instanceof SlipwayError && error.code === 'service-missing';
    if (!isMissing || env.SLIPWAY_REQUIRE_SERVICES === '1') throw error;
    return { leftOut: error.message };
  }
}

/** Starts an empty one and sets it up, as docs/vault.md says. Throws `service-missing` where none can be had. */
async function startShopVault(onProgress: (message: string) => void): Promise<ShopVault> {
  const server = await startService('vault', { onProgress });
  const folder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const root = server.environment.VAULT_TOKEN!;
  const ask: ShopVault['ask'] = async (path, { body, token = root } = {}) => {
    const answer = await fetch(`${server.url}/v1/${path}`, {
      headers: token === '' ? {} : { 'x-vault-token': token },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    const { data, auth } = text === '' ? {} : JSON.parse(text);
    return { status: answer.status, data: data ?? auth ?? {} };
  };
  try {
    const policy = await readFile(new URL('shop/slipway.hcl', import.meta.url), 'utf8');
    for (const [path, body] of [
      ['sys/auth/approle', { type: 'approle' }],
      ['sys/mounts/shop-ssh', { type: 'ssh' }],
      ['sys/policies/acl/slipway', { policy }],
      ['auth/approle/role/slipway', { token_policies: ['slipway'], token_ttl: '1h' }],
    ] as const) {
      const { status } = await ask(path, { body });
      if (status >= 300) throw new Error(`Vault answers ${status} to ${path}`);
    }
    const role = 'auth/approle/role/slipway';
    const { data } = await ask(`${role}/role-id`);
    const made = await ask(`${role}/secret-id`, { body: {} });
    const file = join(folder, 'secret-id');
    await writeFile(file, String(made.data.secret_id), { mode: 0o600 });
    return {
      url: server.url,
      environment: {
        VAULT_ADDR: server.url,
        SLIPWAY_VAULT_LOGIN: 'approle',
        SLIPWAY_VAULT_ROLE_ID: String(data.role_id),
        SLIPWAY_VAULT_SECRET_ID_FILE: file,
      },
      ask,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
