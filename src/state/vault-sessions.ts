/**
 * Which tokens of Vault plans and runs have taken: written down before anything is leased with one, so that whoever
 * comes after a dead process can have it all revoked. No token is here, only what revokes it.
 */
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

export interface TakenSession {
  readonly accessor: string;
  /** The Vault's name in the configuration. */
  readonly vault: string;
  readonly stack: string;
  /** What is leased with it. */
  readonly path: string;
}

export interface VaultSessions {
  begin(session: TakenSession): Promise<void>;
  /** Says that whoever began it lives. Must be said more often than every half minute. */
  renew(accessor: string): Promise<void>;
  /** It was revoked. */
  end(accessor: string): Promise<void>;
  /** Those that nobody says anything of any more; all of them, where nobody else can have this database open. */
  abandoned(of: 'the dead' | 'everybody'): Promise<readonly TakenSession[]>;
}

export function createVaultSessions({ kysely }: Database): VaultSessions {
  // By the clock of the database, which is one for all processes.
  const soon = sql<Date>`now() + interval '30 seconds'`;
  return {
    async begin(session) {
      await kysely
        .insertInto('vault_session')
        .values({ ...session, alive_until: soon })
        .execute();
    },
    async renew(accessor) {
      await kysely
        .updateTable('vault_session')
        .set({ alive_until: soon })
        .where('accessor', '=', accessor)
        .execute();
    },
    async end(accessor) {
      await kysely.deleteFrom('vault_session').where('accessor', '=', accessor).execute();
    },
    abandoned(of) {
      const all = kysely.selectFrom('vault_session').select(['accessor', 'vault', 'stack', 'path']);
      return (of === 'everybody' ? all : all.where('alive_until', '<', sql<Date>`now()`)).execute();
    },
  };
}
