import { type Selectable, sql } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import type { Database } from '../db/database.ts';
import { decrypted, encrypted, encryptedColumns } from '../db/encrypted-columns.ts';
import type { JournalTable } from '../db/schema.ts';
import { fenced } from './fence.ts';
import { writeResources } from './resources.ts';
import type { JournalEntry, State } from './state.ts';

export function journalEntries(
  database: Database,
  clock: Clock,
): Pick<State, 'begin' | 'end' | 'journal' | 'openEntries'> {
  return {
    begin: (entry, lock) =>
      fenced(database, lock, async (transaction) => {
        // Only into a run of this stack that goes on, and not where it has ended.
        const { rows } = await sql`
          insert into journal (run, intent, logical_id, operation, status, began_at)
          select id, ${entry.intent}, ${entry.logicalId}, ${entry.operation}, 'begun', ${entry.beganAt}::timestamptz
          from run where id = ${entry.run} and stack = ${lock.stack} and status = 'running'
          on conflict (run, intent) do update set began_at = excluded.began_at where journal.status = 'begun'
          returning intent`.execute(transaction);
        if (rows.length === 0)
          throw noSuch(
            `Run ${entry.run} of ${lock.stack} is not running, or intent ${entry.intent} has ended`,
          );
      }),
    end: (outcome, lock) =>
      fenced(database, lock, async (transaction) => {
        const access = { ...database, kysely: transaction };
        const { run, intent, error: said } = outcome;
        const error =
          said === undefined
            ? null
            : await encrypted(access, encryptedColumns.journalError, { run, intent }, said);
        const { numUpdatedRows } = await transaction
          .updateTable('journal')
          .set({ status: outcome.status, error, ended_at: clock.now() })
          .where('run', '=', outcome.run)
          .where('intent', '=', outcome.intent)
          .where('status', '=', 'begun')
          .where('run', 'in', (query) => query.selectFrom('run').select('id').where('stack', '=', lock.stack))
          .executeTakeFirst();
        if (numUpdatedRows === 0n) {
          throw noSuch(`Intent ${outcome.intent} of run ${outcome.run} is not begun, or ended already`);
        }
        await writeResources(access, lock, outcome);
      }),
    async journal(run) {
      const rows = await database.kysely
        .selectFrom('journal')
        .selectAll()
        .where('run', '=', run)
        .orderBy('sequence')
        .execute();
      return entriesOf(database, rows);
    },
    async openEntries(stack) {
      const rows = await database.kysely
        .selectFrom('journal')
        .innerJoin('run', 'run.id', 'journal.run')
        .selectAll('journal')
        .where('run.stack', '=', stack)
        .where('run.status', '!=', 'running')
        .where('journal.status', '=', 'begun')
        .orderBy('sequence')
        .execute();
      return entriesOf(database, rows);
    },
  };
}

function noSuch(summary: string): SlipwayError {
  return new SlipwayError('internal', { summary });
}

function entriesOf(
  database: Database,
  rows: readonly Selectable<JournalTable>[],
): Promise<readonly JournalEntry[]> {
  return Promise.all(rows.map((row) => toEntry(database, row)));
}

async function toEntry(database: Database, row: Selectable<JournalTable>): Promise<JournalEntry> {
  return {
    run: row.run,
    logicalId: row.logical_id,
    operation: row.operation,
    intent: row.intent,
    status: row.status,
    beganAt: row.began_at.toISOString(),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
    ...(row.error === null
      ? {}
      : { error: await decrypted(database, encryptedColumns.journalError, row, row.error) }),
  };
}
