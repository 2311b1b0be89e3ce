import { randomBytes } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { decrypted, encrypted, encryptedColumns } from '../db/encrypted-columns.ts';

/**
 * The installation's key for secrets' fingerprints: made at the first start and kept, since another key would make
 * every secret look changed. Two processes that start at once agree on one.
 */
export async function fingerprintKey(database: Database): Promise<string> {
  const { kysely } = database;
  const row = { name: 'fingerprint-key' };
  const made = randomBytes(32).toString('hex');
  await kysely
    .insertInto('setting')
    .values({ ...row, value: await encrypted(database, encryptedColumns.settingValue, row, made) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const { value } = await kysely
    .selectFrom('setting')
    .select('value')
    .where('name', '=', row.name)
    .executeTakeFirstOrThrow();
  return decrypted(database, encryptedColumns.settingValue, row, value);
}
