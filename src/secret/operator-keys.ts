import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { SlipwayError } from '../base/error.ts';
import { decryptBytes, encryptBytes } from './aes-gcm.ts';
import type { Masker } from './masker.ts';
import type { Vault } from './vault.ts';

/**
 * The operator's keys, which never are in the database: they encrypt ('wrap') the data keys that are there, and that
 * columns are encrypted with. So another operator's key means some data keys to wrap anew, and no rows.
 */
export interface OperatorKeys {
  /** What the first is called, which wraps: `key-` and a fingerprint, or `vault:` and where it is. */
  readonly first: string;
  /** Wraps a data key with the first. `id` is authenticated with it. */
  wrap(id: string, dataKey: Buffer): Promise<string>;
  /**
   * Gives a data key that the operator's key of that name has wrapped.
   * @throws SlipwayError `encryption-key` where that key is not among them, or did not wrap this
   */
  unwrap(id: string, wrappedBy: string, wrapped: string): Promise<Buffer>;
}

interface OperatorKey {
  readonly name: string;
  wrap(id: string, dataKey: Buffer): Promise<string>;
  unwrap(id: string, wrapped: string): Promise<Buffer>;
}

const keyBytes = 32;

/**
 * Reads what SLIPWAY_ENCRYPTION_KEY holds: keys with commas between them, each Base64 of 32 bytes, or
 * `vault:MOUNT/NAME`, a key of Vault's transit engine, which never leaves Vault.
 *
 * @param vault opens the Vault that keys are in, where any is
 * @throws SlipwayError `config-invalid`, which shows nothing of a key
 */
export function operatorKeys(
  text: string,
  { vault, masker }: { readonly vault: () => Vault; readonly masker: Masker },
): OperatorKeys {
  const keys = text.split(',').map((part, index) => {
    const one = part.trim();
    if (one.startsWith('vault:')) return transitKey(one, vault);
    const bytes = Buffer.from(one, 'base64');
    // Node reads what is no Base64 as well as it can: 31 characters of a password are a key to it.
    if (bytes.length !== keyBytes || unpadded(bytes.toString('base64')) !== unpadded(one))
      throw notAKey(index);
    masker.add(one);
    masker.add(bytes.toString('hex'));
    return heldKey(createSecretKey(bytes), bytes);
  });
  const [first] = keys;
  if (!first) throw notAKey(0);
  return {
    first: first.name,
    wrap: (id, dataKey) => first.wrap(id, dataKey),
    async unwrap(id, wrappedBy, wrapped) {
      const key = keys.find(({ name }) => name === wrappedBy);
      if (!key) throw otherKey(`It is wrapped by ${wrappedBy}; given are ${named(keys)}.`);
      const dataKey = await key.unwrap(id, wrapped);
      if (dataKey.length !== keyBytes) throw otherKey(`What ${wrappedBy} gives is no data key.`);
      masker.add(dataKey.toString('base64'));
      masker.add(dataKey.toString('hex'));
      return dataKey;
    },
  };
}

function heldKey(key: KeyObject, bytes: Buffer): OperatorKey {
  // Tells keys apart, and tells nothing of them.
  const fingerprint = createHmac('sha256', bytes).update('slipway operator key').digest('hex').slice(0, 12);
  const name = `key-${fingerprint}`;
  return {
    name,
    wrap: async (id, dataKey) => encryptBytes(key, dataKey, contextOf(id)),
    async unwrap(id, wrapped) {
      try {
        return decryptBytes(key, wrapped, contextOf(id));
      } catch {
        throw otherKey(`The data key ${id} was altered: ${name} did not wrap what is stored.`);
      }
    },
  };
}

/** https://openbao.org/api-docs/secret/transit/#encrypt-data */
function transitKey(name: string, vault: () => Vault): OperatorKey {
  const [, mount, key] = /^vault:([\w./-]+)\/([\w.-]+)$/.exec(name) ?? [];
  if (!mount || !key) {
    throw invalid(`${name.slice(0, 60)} is not vault:MOUNT/NAME, such as vault:transit/slipway.`);
  }
  const ask = async (action: string, body: Readonly<Record<string, string>>, answer: string) => {
    const { [answer]: text } = await vault().write(`${mount}/${action}/${key}`, body);
    if (typeof text !== 'string') throw otherKey(`Vault gave nothing for ${name}.`);
    return text;
  };
  const bound = (id: string) => ({ associated_data: Buffer.from(contextOf(id)).toString('base64') });
  return {
    name,
    wrap: (id, dataKey) =>
      ask('encrypt', { plaintext: dataKey.toString('base64'), ...bound(id) }, 'ciphertext'),
    unwrap: async (id, ciphertext) =>
      Buffer.from(await ask('decrypt', { ciphertext, ...bound(id) }, 'plaintext'), 'base64'),
  };
}

function contextOf(id: string): string {
  return `slipway data key ${id}`;
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/, '');
}

function named(keys: readonly OperatorKey[]): string {
  return keys.map(({ name }) => name).join(', ');
}

function notAKey(index: number): SlipwayError {
  return invalid(`Number ${index + 1} of the keys is neither Base64 of 32 bytes nor vault:MOUNT/NAME.`);
}

function invalid(detail: string): SlipwayError {
  return new SlipwayError('config-invalid', {
    summary: 'SLIPWAY_ENCRYPTION_KEY cannot be used',
    detail,
    remedy: 'Make a key with: openssl rand -base64 32. Several have commas between them; the first wraps.',
  });
}

function otherKey(detail: string): SlipwayError {
  return new SlipwayError('encryption-key', {
    summary: 'The data key of the database cannot be unwrapped with what SLIPWAY_ENCRYPTION_KEY holds',
    detail,
    remedy: 'Give the key that wrapped it, after a comma behind the new one where there is one.',
  });
}
