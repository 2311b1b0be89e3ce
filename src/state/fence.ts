import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { SlipwayError } from '../base/error.ts';
import type { Database } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import type { Lock } from './state.ts';

/**
 * Runs `write` in a transaction that only commits while `lock` is still the stack's: a process that stalled for
 * longer than its time to live and was taken for dead cannot overwrite what its successor did. (Kleppmann,
 * 'How to do distributed locking', 2016.)
 *
 * @throws SlipwayError `apply-fenced`
 */
export async function fenced<T>(
  database: Database,
  lock: Lock,
  write: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  try {
    return await database.kysely.transaction().execute(async (transaction) => {
      // `for share` lets the calls of one run end side by side, and makes who would take the lock over wait.
      if (!(await isHeld(transaction, lock, sql`for share`))) throw fencedOff(lock);
      return write(transaction);
    });
  } catch (error) {
    // Who stalled inside of the transaction has lost its connection too; that the lock is gone is what counts.
    const held = await isHeld(database.kysely, lock, sql``).catch(() => true);
    throw held ? error : fencedOff(lock);
  }
}

async function isHeld(on: Kysely<Schema>, lock: Lock, end: RawBuilder<unknown>): Promise<boolean> {
  const row = await on
    .selectFrom('stack_lock')
    .select('fence')
    .where('stack', '=', lock.stack)
    .where('holder', '=', lock.holder)
    .where('fence', '=', lock.fence)
    .modifyEnd(end)
    .executeTakeFirst();
  return row !== undefined;
}

export function fencedOff(lock: Lock): SlipwayError {
  return new SlipwayError('apply-fenced', {
    summary: `This run no longer holds ${lock.stack}`,
    detail: `It was '${lock.holder}' with fence ${lock.fence}, and did not renew in time or was unlocked.`,
    remedy: 'Look at the run that holds it now; what this one had begun, that one finishes',
  });
}
