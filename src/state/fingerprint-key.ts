import { randomBytes } from 'node:crypto';
import type { Database } from '../db/database.ts';

/**
 * The installation's key for secrets' fingerprints: made at the first start and kept, since another key would make
 * every secret look changed. Two processes that start at once agree on one.
 */
export async function fingerprintKey(database: Database): Promise<string> {
  const { kysely } = database;
  await kysely
    .insertInto('setting')
    .values({ name: 'fingerprint-key', value: randomBytes(32).toString('hex') })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const { value } = await kysely
    .selectFrom('setting')
    .select('value')
    .where('name', '=', 'fingerprint-key')
    .executeTakeFirstOrThrow();
  return value;
}
