import picomatch from 'picomatch';
import { SlipwayError } from '../../base/error.ts';
import type { Vault, VaultData } from '../vault.ts';
import { isPlainPath } from './plain-path.ts';

/** What stands in `{{resolve:vault:PATH#KEY}}` or `{{resolve:vault:PATH#KEY:VERSION}}`. */
interface VaultReference {
  readonly path: string;
  readonly key: string;
  readonly version?: string;
}

/**
 * The version comes last and after a colon, as in CloudFormation's references to SSM.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
 */
function parseReference(reference: string): VaultReference | undefined {
  const [, path = '', key = '', version] = /^([^#]+)#([^#]+?)(?::(\d{1,9}))?$/.exec(reference) ?? [];
  if (!isPlainPath(path) || key === '') return undefined;
  return { path, key, ...(version === undefined ? {} : { version }) };
}

/**
 * The text of `PATH#KEY` in Vault, if the environment's settings allow the path: without that, whoever writes a
 * template could read every secret that Slipway can.
 *
 * @param allowed globs over paths; none means that nothing may be read
 * @throws SlipwayError `vault-refused` for a path that is not allowed, `cloud-unresolved` for a text that is not there
 */
export async function vaultText(
  vault: Vault | undefined,
  reference: string,
  allowed: readonly string[],
): Promise<string> {
  const parsed = parseReference(reference);
  if (!parsed) {
    throw new SlipwayError('vault-refused', {
      summary: `{{resolve:vault:${reference}}} is not of the form PATH#KEY or PATH#KEY:VERSION`,
      remedy: 'Write for example {{resolve:vault:secret/data/shop#password}}.',
    });
  }
  const { path, key, version } = parsed;
  if (!picomatch.isMatch(path, [...allowed], { dot: true })) {
    throw new SlipwayError('vault-refused', {
      summary: `The settings do not let this environment read ${path} in Vault`,
      remedy: "Have an operator add it to the environment's secrets in .github/slipway.yml.",
    });
  }
  if (!vault) {
    throw new SlipwayError('config-invalid', {
      summary: 'A template reads from Vault, and Slipway knows of none',
      remedy: 'Set VAULT_ADDR, and how Slipway logs in.',
    });
  }
  const value = (await readable(vault, parsed))?.[key];
  if (typeof value === 'string') return value;
  throw new SlipwayError('cloud-unresolved', {
    summary: `Vault has no text ${key} at ${path}${version === undefined ? '' : `, version ${version},`} that Slipway may read`,
    remedy: 'Check path and key, and the policy that Slipway logs in with.',
  });
}

/** Whoever writes a template learns no more of what Slipway may not read than of what is not there. */
async function readable(vault: Vault, { path, version }: VaultReference): Promise<VaultData | undefined> {
  try {
    const data = await vault.read(path, version === undefined ? undefined : { version });
    return data && contentOf(data, version);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'vault-denied') return undefined;
    throw error;
  }
}

/**
 * Version 2 of the key/value engine wraps the keys in `data`, beside `metadata`; version 1 does not, and answers with
 * what it has, whatever version is asked for.
 */
function contentOf(data: VaultData, version: string | undefined): VaultData | undefined {
  const { data: inner, metadata } = data;
  if (typeof metadata !== 'object' || metadata === null || typeof inner !== 'object' || inner === null) {
    return version === undefined ? data : undefined;
  }
  const isAsked = version === undefined || String((metadata as VaultData).version) === version;
  return isAsked ? { ...inner } : undefined;
}
