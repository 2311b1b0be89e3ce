import type { Clock } from '../base/clock.ts';
import type { Database } from '../db/database.ts';
import { handOverRecords } from './hand-overs.ts';
import { journalEntries } from './journal.ts';
import { stackLocks } from './locks.ts';
import { resourceRecords } from './resources.ts';
import { runRecords } from './runs.ts';
import { stackRecords } from './stacks.ts';
import type { State } from './state.ts';
import { vaultUses } from './vault-uses.ts';

/** The state in a database, shared by as many processes as the database allows. `clock` dates what ends. */
export function createState(database: Database, clock: Clock): State {
  return {
    ...stackRecords(database),
    ...resourceRecords(database),
    ...stackLocks(database),
    ...runRecords(database, clock),
    ...journalEntries(database, clock),
    ...handOverRecords(database, clock),
    ...vaultUses(database, clock),
  };
}
