/**
 * What a stack may do in Vault: what the settings of its environment say, which are read from the base branch.
 * Slipway's own rights there are those of all stacks together, so that nothing else keeps one team's templates from
 * another's secrets.
 */
import picomatch from 'picomatch';
import { SlipwayError } from '../../base/error.ts';
import { isSecret, type Value } from '../../base/value.ts';
import { isPlainPath } from '../../secret/vault/plain-path.ts';
import type { Vault } from '../../secret/vault.ts';
import type { ProviderContext, Refusal } from '../provider.ts';

export interface VaultScope {
  readonly vault: Vault;
  /** Globs over the paths that templates may read: `secrets` of the settings. */
  readonly reads: readonly string[];
  /** Globs over the paths that resources of templates may be at: `vault-writes` of the settings. */
  readonly writes: readonly string[];
  /** Told of each secret before it is used, so that it is masked wherever it turns up. */
  readonly onSecret: (plaintext: string) => void;
}

/** @throws SlipwayError `config-invalid` where there is no Vault */
export function vaultOf({ vault }: Pick<ProviderContext, 'vault'>): VaultScope {
  if (vault) return vault;
  throw new SlipwayError('config-invalid', {
    summary: 'A template has resources in Vault, and Slipway knows of none',
    remedy: 'Set VAULT_ADDR, and how Slipway logs in.',
  });
}

/** A path made of texts, some of which may not be known yet: undefined then. */
export function pathOf(...parts: readonly (Value | undefined)[]): string | undefined {
  const known = parts.filter((part) => typeof part === 'string');
  return known.length === parts.length ? known.join('') : undefined;
}

/** What stands against a path that resources are to be at. */
export function refusedPath(
  { writes }: Pick<VaultScope, 'writes'>,
  ...parts: readonly (Value | undefined)[]
): Refusal[] {
  if (parts.some((part) => isSecret(part))) {
    return [{ summary: 'a path in Vault is no secret', remedy: 'Name it without one.' }];
  }
  const path = pathOf(...parts);
  if (path === undefined) return [];
  if (!isPlainPath(path)) {
    return [
      {
        summary: `${JSON.stringify(path.slice(0, 200))} is no path in Vault`,
        remedy: 'Write names of letters, digits and _.@:+=,~- with / between them.',
      },
    ];
  }
  if (isAmong(path, writes)) return [];
  return [
    {
      summary: `the settings do not let this environment have anything at ${path} in Vault`,
      remedy: "Have an operator add it to the environment's vault-writes in .github/slipway.yml.",
    },
  ];
}

/** @throws SlipwayError `vault-refused` with the first of them */
export function refuse(refusals: readonly Refusal[]): void {
  const [first] = refusals;
  if (first) throw new SlipwayError('vault-refused', first);
}

const globbing = { dot: true, nonegate: true, windows: false } as const;

export function isAmong(path: string, globs: readonly string[]): boolean {
  return picomatch.isMatch(path, [...globs], globbing);
}

/**
 * Whether one of the globs has in it every path that a path of a Vault policy means. There a `+` is any one name, and a
 * `*` at the end is anything, slashes too. Says no where it is not sure.
 */
export function covers(globs: readonly string[], policyPath: string): boolean {
  return globs.some((glob) => coversAll(glob.split('/'), policyPath.split('/')));
}

function coversAll(globs: readonly string[], names: readonly string[]): boolean {
  for (const [index, name] of names.entries()) {
    const glob = globs[index];
    if (glob === undefined) return false;
    const isLast = index === names.length - 1;
    // Whatever follows.
    if (glob === '**') return index === globs.length - 1 && !isClimbing(names.slice(index));
    // What goes on over slashes is in nothing less than that.
    if (isLast && name.endsWith('*')) return false;
    if (name === '+' ? glob !== '*' : !(isPlainPath(name) && picomatch.isMatch(name, glob, globbing)))
      return false;
  }
  return globs.length === names.length;
}

function isClimbing(names: readonly string[]): boolean {
  return names.some((name) => /^\.\.?$/.test(name) || /[^\w.@:+=,~*-]/.test(name));
}
