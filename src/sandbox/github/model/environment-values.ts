import { generateKeyPairSync } from 'node:crypto';

/** What workflows that name an environment are given: variables for everybody to read, and secrets. */
export interface EnvironmentValues {
  /** Secrets are sealed for it. */
  readonly key: SealingKey;
  /** By name, which is in capital letters. */
  readonly variables: Map<string, EnvironmentValue>;
  /** The same, sealed: nobody is given one back. */
  readonly secrets: Map<string, EnvironmentValue>;
}

export interface EnvironmentValue {
  readonly value: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A pair of keys of X25519, as libsodium's sealed boxes take them. */
interface SealingKey {
  readonly id: string;
  readonly publicKey: Buffer;
  /** For whoever plays a workflow: GitHub keeps it. */
  readonly privateKey: Buffer;
}

/** None yet. */
export function newEnvironmentValues(keyId: string): EnvironmentValues {
  const { privateKey } = generateKeyPairSync('x25519');
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' });
  const key = {
    id: keyId,
    publicKey: Buffer.from(x, 'base64url'),
    privateKey: Buffer.from(d, 'base64url'),
  };
  return { key, variables: new Map(), secrets: new Map() };
}
