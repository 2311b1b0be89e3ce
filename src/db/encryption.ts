import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Kysely } from 'kysely';
import { SlipwayError } from '../base/error.ts';
import { decryptBytes, encryptBytes } from '../secret/aes-gcm.ts';
import type { OperatorKeys } from '../secret/operator-keys.ts';
import type { Schema } from './schema.ts';

/**
 * Texts of the database, encrypted with its current data key. Data keys are in the table `data_key`, wrapped; unwrapped
 * they are in memory alone. Those that were current before are kept, since rows of backups may be under them.
 *
 * `on` is what the caller reads and writes with, a transaction too: what is asked of the database is asked there.
 */
export interface Encryption {
  /** Undefined without a key of the operator's: then all is stored as it is. */
  readonly operator: OperatorKeys | undefined;
  /** The id of the data key that is written with; undefined while nothing is encrypted. */
  current(on: Kysely<Schema>): Promise<string | undefined>;
  /** The stored form of a text, or undefined while it is to be stored as it is. `context` is where it will be. */
  encrypt(on: Kysely<Schema>, context: string, text: string): Promise<string | undefined>;
  /**
   * The text of a stored form, which has to be where it was put.
   * @throws SlipwayError `encryption-key` without the operator's key, `encryption-broken` for what was altered or moved
   */
  decrypt(on: Kysely<Schema>, context: string, stored: string): Promise<string>;
  /**
   * Whether everything was encrypted once: what is stored as it is then was not put there by Slipway. Before that it is
   * what is still to be encrypted.
   */
  isComplete(on: Kysely<Schema>): Promise<boolean>;
  /** Reads the table of data keys anew. Throws `encryption-key`, and changes nothing, where one cannot be unwrapped. */
  reload(on: Kysely<Schema>): Promise<void>;
}

interface DataKeys {
  readonly byId: ReadonlyMap<string, KeyObject>;
  readonly current: string | undefined;
  /** Whether nothing was left that is not encrypted, with one of them. */
  readonly isComplete: boolean;
}

/** `encrypted:1:<id of the data key>:<Base64>`, in a JSON column as a string. */
const storedForm = /^encrypted:1:([0-9a-f]{12}):([A-Za-z0-9+/]+={0,2})$/;

/** After so long a process that others share the database with looks whether there is a newer data key. */
const freshMs = 60_000;

/** After so long nobody writes with the data key before any more: it has been looked for, and what was begun then has ended. */
export const settledMs = 2 * freshMs;

/** Whether this is what `encrypt` gave. */
export function isEncrypted(stored: unknown): stored is string {
  return typeof stored === 'string' && storedForm.test(stored);
}

/** @param shared whether other processes may make data keys */
export function createEncryption(operator: OperatorKeys | undefined, shared: boolean): Encryption {
  let keys: DataKeys = { byId: new Map(), current: undefined, isComplete: false };
  let readAt = performance.now();
  const reload = async (on: Kysely<Schema>) => {
    const begun = performance.now();
    keys = await readDataKeys(on, operator, keys);
    readAt = begun;
  };
  const readAgain = async (on: Kysely<Schema>) => {
    const before = keys;
    await reload(on);
    if (before.current === undefined || keys.byId.has(before.current)) return;
    // Without it nothing would be encrypted any more, and nobody would hear of it.
    keys = before;
    // To be looked for again each time, until it is back.
    readAt = Number.NEGATIVE_INFINITY;
    throw broken('data_key', `The data key ${before.current} is gone, with which this process writes.`);
  };
  const fresh = async (on: Kysely<Schema>) => {
    if (operator && shared && performance.now() - readAt > freshMs) await readAgain(on);
    return keys;
  };
  return {
    operator,
    reload,
    current: async (on) => (await fresh(on)).current,
    isComplete: async (on) => (await fresh(on)).isComplete,
    async encrypt(on, context, text) {
      const { byId, current } = await fresh(on);
      if (current === undefined) return undefined;
      return `encrypted:1:${current}:${encryptBytes(byId.get(current)!, Buffer.from(text), context)}`;
    },
    async decrypt(on, context, stored) {
      const [, id = '', text = ''] = storedForm.exec(stored) ?? [];
      // Another process has made it meanwhile.
      if (!(await fresh(on)).byId.has(id)) await readAgain(on);
      const key = keys.byId.get(id);
      if (!key)
        throw broken(context, id === '' ? 'It has no form that is known.' : `There is no data key ${id}.`);
      try {
        return decryptBytes(key, text, context).toString();
      } catch {
        throw broken(context, 'It was altered, or was put there from elsewhere.');
      }
    },
  };
}

async function readDataKeys(
  on: Kysely<Schema>,
  operator: OperatorKeys | undefined,
  known: DataKeys,
): Promise<DataKeys> {
  const rows = await on
    .selectFrom('data_key')
    .select(['id', 'wrapped_by', 'wrapped', 'complete_at'])
    .orderBy('number')
    .execute();
  if (rows.length > 0 && !operator) throw noKeyGiven(rows.map((row) => row.wrapped_by));
  const byId = new Map<string, KeyObject>();
  for (const { id, wrapped_by, wrapped } of rows) {
    byId.set(id, known.byId.get(id) ?? createSecretKey(await operator!.unwrap(id, wrapped_by, wrapped)));
  }
  return { byId, current: rows.at(-1)?.id, isComplete: rows.some((row) => row.complete_at !== null) };
}

/** Why a process without a key is of no use to this database. */
export function noKeyGiven(wrappedBy: readonly string[]): SlipwayError {
  return new SlipwayError('encryption-key', {
    summary: 'The database is encrypted, and no key was given',
    detail: `Its data keys are wrapped by ${[...new Set(wrappedBy)].join(', ')}.`,
    remedy:
      'Set SLIPWAY_ENCRYPTION_KEY, or SLIPWAY_ENCRYPTION_KEY_FILE, to the key that it was encrypted with.',
  });
}

/** What was changed past Slipway, and is not to be believed. */
export function broken(context: string, detail: string): SlipwayError {
  return new SlipwayError('encryption-broken', {
    summary: `An encrypted value cannot be read: ${context}`,
    detail,
    remedy: 'Somebody or something has changed the database past Slipway: restore a backup from before.',
  });
}
