import createClient from 'node-vault';
import picomatch from 'picomatch';
import { SlipwayError } from '../base/error.ts';

/** HashiCorp Vault or OpenBao, as far as templates read secrets from it. */
export interface Vault {
  /** The secret's keys and texts, or undefined when there is none at the path, or no right to read it. */
  read(path: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

export interface VaultOptions {
  /** `https://vault.example:8200` */
  readonly address: string;
  readonly token: string;
  readonly namespace?: string;
}

const timeoutMs = 10_000;

/** Opens a Vault. Nothing is asked of it before the first read. */
export function openVault({ address, token, namespace }: VaultOptions): Vault {
  const client = createClient({
    endpoint: address,
    token,
    ...(namespace === undefined ? {} : { namespace }),
    requestOptions: { timeout: timeoutMs },
  });
  return {
    async read(path) {
      try {
        const { data } = (await client.read(path)) as { data: Record<string, unknown> };
        return contentOf(data);
      } catch (error) {
        const status = (error as { response?: { statusCode?: number } }).response?.statusCode;
        if (status === 404 || status === 403) return undefined;
        // The library's error carries the request, token included: it goes no further.
        throw new SlipwayError('vault-unavailable', {
          summary: status === undefined ? 'Vault did not answer' : `Vault answered with ${status}`,
          remedy: 'See that it is reachable and unsealed; then plan again.',
        });
      }
    },
  };
}

/** Version 2 of the key/value engine wraps the keys in `data`, beside `metadata`; version 1 does not. */
function contentOf(data: Record<string, unknown>): Readonly<Record<string, unknown>> {
  const inner = data.data;
  return 'metadata' in data && typeof inner === 'object' && inner !== null ? { ...inner } : data;
}

/**
 * The text of `PATH#KEY` in Vault, if the environment's settings allow the path: without that, whoever writes a
 * template could read every secret that Slipway can.
 * @param allowed globs over paths; none means that nothing may be read
 * @throws SlipwayError `vault-refused` for a path that is not allowed, `cloud-unresolved` for a text that is not there
 */
export async function vaultText(
  vault: Vault | undefined,
  reference: string,
  allowed: readonly string[],
): Promise<string> {
  const [path = '', key = '', ...rest] = reference.split('#');
  if (!isPlainPath(path) || key === '' || rest.length > 0) {
    throw new SlipwayError('vault-refused', {
      summary: `{{resolve:vault:${reference}}} is not of the form PATH#KEY`,
      remedy: 'Write for example {{resolve:vault:secret/data/shop#password}}.',
    });
  }
  if (!picomatch.isMatch(path, [...allowed], { dot: true })) {
    throw new SlipwayError('vault-refused', {
      summary: `The settings do not let this environment read ${path} in Vault`,
      remedy: "Have an operator add it to the environment's secrets in .github/slipway.yml.",
    });
  }
  if (!vault) {
    throw new SlipwayError('config-invalid', {
      summary: 'A template reads from Vault, and Slipway knows of none',
      remedy: 'Set VAULT_ADDR and VAULT_TOKEN.',
    });
  }
  const value = (await vault.read(path))?.[key];
  if (typeof value === 'string') return value;
  throw new SlipwayError('cloud-unresolved', {
    summary: `Vault has no text ${key} at ${path} that Slipway may read`,
    remedy: 'Check path and key, and the policy of the token.',
  });
}

/**
 * Whether the path means in a URL what it says: `%2e%2e` and `..\\` climb there, past a glob that saw a name in them,
 * and a `?` begins something else altogether.
 */
function isPlainPath(path: string): boolean {
  return path.split('/').every((name) => /^[\w.@:+=,~-]+$/.test(name) && !/^\.\.?$/.test(name));
}

/** From VAULT_ADDR, VAULT_TOKEN and VAULT_NAMESPACE, as Vault's own tools take them; undefined without an address. */
export function vaultFrom(env: Readonly<Record<string, string | undefined>>): Vault | undefined {
  const { VAULT_ADDR: address, VAULT_TOKEN: token, VAULT_NAMESPACE: namespace } = env;
  if (!address || !token) return undefined;
  return openVault({ address, token, ...(namespace ? { namespace } : {}) });
}
