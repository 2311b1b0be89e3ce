/**
 * Values as they travel from the template to the cloud: JSON, plus two kinds that JSON has not. An `Unknown` is
 * what only the cloud can give; a `Secret` is what nobody may see. Both are JSON-serialisable markers under the
 * reserved key `$slipway`, which the template reader refuses in templates, so that a marker cannot be forged.
 */
import { createHmac } from 'node:crypto';

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export type Properties = { readonly [key: string]: Value };

export const reservedKey = '$slipway';

export type Unknown = {
  readonly $slipway: 'unknown';
  /** What will give it, as `Fn::Sub` would write it: `${Vpc}`, `arn:aws:s3:::${Bucket}/*`. Without secrets. */
  readonly of?: string;
  /** Fingerprints of the secrets that go into it, too. */
  readonly secrets?: readonly string[];
};
export const unknown: Unknown = Object.freeze({ $slipway: 'unknown' });

/** A secret as plans and state hold it: the keyed fingerprint tells 'changed' from 'unchanged', nothing more. */
export type Secret = { readonly $slipway: 'secret'; readonly fingerprint: string };

// The plaintext is kept beside the marker and not in it, so that no serialiser, logger or error can reach it.
const plaintexts = new WeakMap<object, string>();

/** Wraps a plaintext. `key` is the installation's fingerprint key; the same text gives the same fingerprint. */
export function seal(plaintext: string, key: string): Secret {
  const fingerprint = createHmac('sha256', key).update(plaintext).digest('hex').slice(0, 32);
  const secret: Secret = Object.freeze({ $slipway: 'secret', fingerprint });
  plaintexts.set(secret, plaintext);
  return secret;
}

/** The plaintext of a secret sealed in this process; undefined when it came from a plan or the state. */
export function reveal(secret: Secret): string | undefined {
  return plaintexts.get(secret);
}

export function isObject(value: unknown): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

export function isUnknown(value: unknown): value is Unknown {
  return isObject(value) && value.$slipway === 'unknown';
}

export function isSecret(value: unknown): value is Secret {
  return isObject(value) && value.$slipway === 'secret';
}

/** Whether anything in the value, at any depth, is still unknown. */
export function hasUnknown(value: Value): boolean {
  if (isUnknown(value)) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}
