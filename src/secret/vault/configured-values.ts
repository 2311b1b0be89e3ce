import { SlipwayError } from '../../base/error.ts';
import type { Masker } from '../masker.ts';
import { openVaults, readVaults } from './configuration.ts';
import { vaultText } from './reference.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What Slipway itself needs and nobody should see. */
const names = [
  'PRIVATE_KEY',
  'WEBHOOK_SECRET',
  'DATABASE_URL',
  'SLIPWAY_ENCRYPTION_KEY',
  'SLIPWAY_FINGERPRINT_KEY',
] as const;

/**
 * The environment, in which those variables that say `vault:PATH#KEY` have what Vault has there: read once, at the
 * start. Vault is asked nothing where none says so.
 *
 * @param masker where each is made known before anything else sees it
 * @throws SlipwayError what the way to Vault throws, and `cloud-unresolved` for what is not there
 */
export async function withVaultValues(env: Env, masker: Pick<Masker, 'add'>): Promise<Env> {
  const wanted = names.flatMap((name) => {
    // The encryption key can also be a key of Vault's own, `vault:transit/slipway`, which never leaves it.
    const reference = /^vault:([^#,]+#[^,]+)$/.exec(env[name] ?? '')?.[1];
    return reference === undefined ? [] : [{ name, reference }];
  });
  if (wanted.length === 0) return env;
  const vaults = readVaults(env);
  if (!vaults.default) {
    throw new SlipwayError('config-invalid', {
      summary: `${wanted.map(({ name }) => name).join(' and ')} ask for values from Vault, and Slipway knows of none`,
      remedy: 'Set VAULT_ADDR, and how Slipway logs in.',
    });
  }
  const vault = openVaults(vaults, masker.add).server('default');
  const values = await Promise.all(
    wanted.map(async ({ name, reference }) => {
      const value = await vaultText(vault, reference, ['**']);
      masker.add(value);
      return [name, value] as const;
    }),
  );
  return { ...env, ...Object.fromEntries(values) };
}
