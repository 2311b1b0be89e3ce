import { canonicalJson } from '../base/canonical-json.ts';
import { SlipwayError } from '../base/error.ts';
import { type Secret, seal } from '../base/value.ts';
import type { Aws } from '../provider/aws/aws.ts';
import { secretString, secureParameter } from '../provider/aws/secrets.ts';
import type { ParameterValues, Scope, SecretReference } from '../stack/stack.ts';
import type { Masker } from './masker.ts';
import { vaultText } from './vault/reference.ts';
import type { Vault } from './vault.ts';

/** How secrets are sealed and found in one run. */
export type SecretScope = Pick<Scope, 'secret' | 'seal'>;

/**
 * Fetches every secret that a stack refers to, once, and gives the scope in which its expressions are evaluated.
 * Each is made known to the masker before anything else can see it. Throws `cloud-unresolved` for one that is not
 * there, without saying more of it than the reference itself.
 */
export async function resolveSecrets(
  references: readonly SecretReference[],
  from: SecretSources & { readonly fingerprintKey: string; readonly masker: Masker },
): Promise<SecretScope> {
  const sealed = new Map<string, Secret>();
  const sealText = (plaintext: string) => {
    from.masker.add(plaintext);
    return seal(plaintext, from.fingerprintKey);
  };
  await Promise.all(
    references.map(async (reference) => {
      sealed.set(canonicalJson(reference), sealText(await fetchSecret(reference, from)));
    }),
  );
  return {
    seal: sealText,
    secret(reference) {
      const secret = sealed.get(canonicalJson(reference));
      if (secret) return secret;
      throw unresolved(nameOf(reference));
    },
  };
}

/** Where secrets come from. */
export interface SecretSources {
  readonly parameters: ParameterValues;
  readonly aws: Aws;
  readonly vault: Vault | undefined;
  /** Paths in Vault that may be read, as globs. */
  readonly vaultPaths: readonly string[];
}

async function fetchSecret(reference: SecretReference, from: SecretSources): Promise<string> {
  if (reference.$slipway === 'parameter') {
    const value = from.parameters[reference.name];
    if (value === undefined) throw unresolved(nameOf(reference));
    return Array.isArray(value) ? value.join(',') : String(value);
  }
  const [service, ...rest] = reference.reference.split(':');
  if (service === 'ssm-secure') return secureParameter(from.aws, rest.join(':'));
  if (service === 'secretsmanager') return secretString(from.aws, rest.join(':'));
  if (service === 'vault') return vaultText(from.vault, rest.join(':'), from.vaultPaths);
  throw new SlipwayError('template-unsupported', {
    summary: `Dynamic references to ${service} are not supported`,
    remedy: 'Use ssm, ssm-secure, secretsmanager or vault.',
  });
}

function nameOf(reference: SecretReference): string {
  return reference.$slipway === 'parameter'
    ? `parameter ${reference.name}`
    : `{{resolve:${reference.reference}}}`;
}

function unresolved(name: string): SlipwayError {
  return new SlipwayError('cloud-unresolved', {
    summary: `The secret ${name} has no value`,
    remedy: 'Create it, or give the parameter a value.',
  });
}
