import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { fencedOff } from './fence.ts';
import type { Lock, State } from './state.ts';

/** Whether a holder is dead is decided by the database's clock alone: those of two processes may differ. */
export function stackLocks(database: Database): Pick<State, 'lock' | 'renew' | 'unlock'> {
  const { kysely } = database;
  const rowOf = (lock: Lock) =>
    kysely
      .updateTable('stack_lock')
      .where('stack', '=', lock.stack)
      .where('holder', '=', lock.holder)
      .where('fence', '=', lock.fence);
  return {
    async lock(stack, holder, ttlMs) {
      const { rows } = await sql<{ fence: number }>`
        insert into stack_lock as held (stack, holder, fence, ttl_ms, expires_at)
        values (${stack}, ${holder}, 1, ${ttlMs}::bigint, ${after(sql`${ttlMs}::bigint`)})
        on conflict (stack) do update set
          holder = excluded.holder, fence = held.fence + 1, ttl_ms = excluded.ttl_ms, expires_at = excluded.expires_at
        where held.holder is null or held.expires_at <= clock_timestamp()
        returning fence`.execute(kysely);
      return rows[0] && { stack, holder, fence: rows[0].fence };
    },
    async renew(lock) {
      const { numUpdatedRows } = await rowOf(lock)
        .set({ expires_at: after(sql`ttl_ms`) })
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw fencedOff(lock);
    },
    async unlock(lock) {
      await rowOf(lock).set({ holder: null }).execute();
    },
  };
}

function after(milliseconds: ReturnType<typeof sql>) {
  return sql<Date>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;
}
