import type { Selectable } from 'kysely';
import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import type { Database } from '../db/database.ts';
import type { HandOverTable } from '../db/schema.ts';
import type { StackId } from '../stack/stack.ts';
import { appendAudit } from './audit.ts';
import { fenced } from './fence.ts';
import type { State } from './state.ts';

/** What was handed over, and to where: never the value. */
export interface HandOverRecord {
  readonly stack: StackId;
  readonly output: string;
  /** Where it is, as a text that is the same for the same place: one stack has it, and no other. */
  readonly place: string;
  /** Tells whether the value is still the one that was handed over; keyed where it is a secret. */
  readonly fingerprint: string;
  /** `begun`: nobody knows whether it arrived. `lost`: its consumer could not open it in time. */
  readonly status: 'begun' | 'given' | 'lost';
  readonly run: string;
  /** ISO 8601; when it was begun, or given. */
  readonly at: string;
  /** Of the latest token that it was wrapped in. */
  readonly wrapped?: WrappedToken;
}

/** A token that opens once. The accessor names it, and opens nothing. */
export interface WrappedToken {
  readonly accessor: string;
  /** ISO 8601 */
  readonly until: string;
}

/** What was handed over of all stacks, in a database. */
export function handOverRecords(
  database: Database,
  clock: Clock,
): Pick<
  State,
  | 'handOvers'
  | 'beginHandOver'
  | 'wrapHandOver'
  | 'endHandOver'
  | 'removeHandOver'
  | 'noteOpened'
  | 'loseHandOver'
> {
  const { kysely } = database;
  return {
    async handOvers(stack) {
      const rows = await kysely
        .selectFrom('hand_over')
        .selectAll()
        .where('stack', '=', stack)
        .orderBy('place')
        .execute();
      return rows.map(toRecord);
    },
    async beginHandOver({ output, place, fingerprint, run }, lock) {
      const { stack } = lock;
      await fenced(database, lock, async (transaction) => {
        const values = { output, fingerprint, status: 'begun' as const, run, at: clock.now() };
        const { numInsertedOrUpdatedRows: written } = await transaction
          .insertInto('hand_over')
          .values({ stack, place, ...values, accessor: null, wrapped_until: null })
          .onConflict((conflict) =>
            conflict.column('place').doUpdateSet(values).where('hand_over.stack', '=', stack),
          )
          .executeTakeFirst();
        if (written !== 1n) throw taken(place);
      });
    },
    async wrapHandOver({ place, wrapped: { accessor, until } }, lock) {
      await fenced(database, lock, async (transaction) => {
        await transaction
          .updateTable('hand_over')
          .set({ accessor, wrapped_until: until })
          .where('stack', '=', lock.stack)
          .where('place', '=', place)
          .execute();
      });
    },
    async endHandOver({ output, place, run, wrapped }, lock) {
      const { stack } = lock;
      await fenced(database, lock, async (transaction) => {
        await transaction
          .updateTable('hand_over')
          .set({
            status: 'given',
            at: clock.now(),
            ...(wrapped ? {} : { accessor: null, wrapped_until: null }),
          })
          .where('stack', '=', stack)
          .where('place', '=', place)
          .execute();
        const given = { event: 'output-handed-over', run, stack, output, place } as const;
        await appendAudit(
          transaction,
          clock,
          `${run} gave ${place}`,
          wrapped ? { ...given, wrapped } : given,
        );
      });
    },
    async removeHandOver({ output, place, run }, lock) {
      const { stack } = lock;
      await fenced(database, lock, async (transaction) => {
        await transaction
          .deleteFrom('hand_over')
          .where('stack', '=', stack)
          .where('place', '=', place)
          .execute();
        const taken = { event: 'output-taken-back', run, stack, output, place } as const;
        await appendAudit(transaction, clock, `${run} took back ${place}`, taken);
      });
    },
    async noteOpened({ stack, output, place, wrapped }, found) {
      const opened = { event: 'wrapped-token-opened', stack, output, place, wrapped, found } as const;
      await kysely
        .transaction()
        .execute((transaction) => appendAudit(transaction, clock, `opened ${wrapped.accessor}`, opened));
    },
    async loseHandOver({ stack, place, wrapped }) {
      await kysely
        .updateTable('hand_over')
        .set({ status: 'lost' })
        .where('stack', '=', stack)
        .where('place', '=', place)
        .where('accessor', '=', wrapped?.accessor ?? '')
        .execute();
    },
  };
}

function toRecord({ wrapped_until: until, accessor, at, ...row }: Selectable<HandOverTable>): HandOverRecord {
  return {
    ...row,
    at: at.toISOString(),
    ...(accessor === null || until === null ? {} : { wrapped: { accessor, until: until.toISOString() } }),
  };
}

function taken(place: string): SlipwayError {
  return new SlipwayError('hand-over-refused', {
    summary: `Another stack hands something over at ${place}`,
    remedy: 'Give one of them another name.',
  });
}
