import type { Log } from '../base/log.ts';
import { type Database, openDatabase } from '../db/database.ts';
import type { Masker } from '../secret/masker.ts';
import { operatorKeys } from '../secret/operator-keys.ts';
import type { Vaults } from '../secret/vault/configuration.ts';
import type { ServerConfig } from './config.ts';

/** Opens the database that the configuration names, encrypted where it has a key. */
export async function openStore(
  { databaseUrl, directory, encryptionKey }: ServerConfig,
  { vaults, masker, log }: { readonly vaults: Vaults; readonly masker: Masker; readonly log: Log },
): Promise<Database> {
  const vault = () => vaults.server('default');
  const keys = encryptionKey === undefined ? undefined : operatorKeys(encryptionKey, { vault, masker });
  if (databaseUrl === undefined) return openDatabase({ directory: `${directory}/db`, keys });
  const database = await openDatabase({ url: databaseUrl, keys });
  // One process's own on a laptop needs no set-up; what others can reach is another matter.
  if (!keys)
    log.warn('the database is not encrypted: SLIPWAY_ENCRYPTION_KEY would encrypt what is sensitive in it');
  return database;
}
