import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Database } from '../db/database.ts';
import { appendAudit } from './audit.ts';
import type { State } from './state.ts';

/** What runs asked Vault, in the audit record. */
export function vaultUses({ kysely }: Database, clock: Clock): Pick<State, 'noteVaultUses'> {
  return {
    async noteVaultUses(run, stack, uses) {
      const used = { event: 'vault-used', run, stack, uses } as const;
      // Each by itself: the same may be asked any number of times.
      const key = `${run} vault ${randomUUID()}`;
      await kysely.transaction().execute((transaction) => appendAudit(transaction, clock, key, used));
    },
  };
}
