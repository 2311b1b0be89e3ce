/** Keys of an operator's. */
import { randomBytes } from 'node:crypto';
import { createMasker } from '../../src/secret/masker.ts';
import { type OperatorKeys, operatorKeys } from '../../src/secret/operator-keys.ts';

/** As `openssl rand -base64 32` makes one. */
export function makeKey(): string {
  return randomBytes(32).toString('base64');
}

/** The first wraps. */
export function keysOf(...keys: readonly string[]): OperatorKeys {
  return operatorKeys(keys.join(','), { vault: noVault, masker: createMasker() });
}

export function noVault(): never {
  throw new Error('no key of these is in Vault');
}
