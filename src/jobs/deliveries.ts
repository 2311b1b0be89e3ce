import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { diskFull } from '../db/disk-room.ts';
import { decrypted, encryptedColumns, encryptedWithFacts } from '../db/encrypted-columns.ts';
import type { EnqueueOptions, Payloads, Queue } from './queue.ts';

/** A verified webhook, as it came. */
export interface Delivery {
  /** GitHub's `X-GitHub-Delivery`, which a redelivery repeats. */
  readonly id: string;
  readonly event: string;
  readonly action?: string;
  /** `owner/repo` */
  readonly repository?: string;
  readonly payload: object;
}

/** What to do about a delivery. */
export type DeliveryJob<P extends Payloads> = {
  [Kind in keyof P & string]: { readonly kind: Kind; readonly payload: P[Kind] } & EnqueueOptions;
}[keyof P & string];

/**
 * Stores the delivery and enqueues its jobs (none, when there is nothing to do) in one transaction: after it, the
 * webhook can be acknowledged, because neither can be lost or done without the other. A delivery that is there
 * already changes nothing.
 */
export async function storeDelivery<P extends Payloads>(
  database: Database,
  queue: Queue<P>,
  delivery: Delivery,
  jobs: readonly DeliveryJob<P>[],
): Promise<'stored' | 'duplicate'> {
  // Not acknowledged, it is sent again once there is room.
  if (database.kind === 'embedded' && !database.hasRoom()) throw diskFull();
  const outcome = await database.kysely.transaction().execute(async (transaction) => {
    const access = { ...database, kysely: transaction };
    const payload = await encryptedWithFacts(
      access,
      encryptedColumns.deliveryPayload,
      delivery,
      delivery.payload,
    );
    const stored = await transaction
      .insertInto('delivery')
      .values({
        id: delivery.id,
        event: delivery.event,
        action: delivery.action ?? null,
        repository: delivery.repository ?? null,
        payload: payload.stored,
        facts: payload.facts,
        handled_at: jobs.length > 0 ? null : sql<Date>`now()`,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!stored) return 'duplicate';
    for (const job of jobs) await queue.enqueueIn(transaction, job.kind, job.payload, job);
    return 'stored';
  });
  if (outcome === 'stored' && jobs.length > 0) queue.wake();
  return outcome;
}

/** The webhook's payload, for a job that was given the delivery's id alone. */
export async function deliveredPayload(database: Database, id: string): Promise<object | undefined> {
  const row = await database.kysely
    .selectFrom('delivery')
    .select(['id', 'payload'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && decrypted(database, encryptedColumns.deliveryPayload, row, row.payload);
}

/** When the newest was stored. */
export async function lastReceived(database: Database): Promise<Date | undefined> {
  const row = await database.kysely
    .selectFrom('delivery')
    .select((expression) => expression.fn.max('received_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}

/** Notes that what a delivery asked for is done. */
export async function deliveryHandled(database: Database, id: string): Promise<void> {
  await database.kysely
    .updateTable('delivery')
    .set({ handled_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}
