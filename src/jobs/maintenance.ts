import type { Database } from '../db/database.ts';
import { vacuum } from '../db/vacuum.ts';
import { forgetDeliveries } from './deliveries.ts';
import type { Handler } from './queue.ts';

/** How long a webhook can be looked at, and a repeated one is recognised. */
const DELIVERY_DAYS = 30;

/**
 * The handler that keeps the database small, for `queue.every('maintenance', 6 * 3600, {})`.
 *
 * @example
 * createQueue(database, { handlers: { maintenance: maintenance(database), ...others }, log, clock });
 */
export function maintenance(database: Database): Handler<object> {
  return {
    retries: 1,
    retryDelaySeconds: 60,
    async handle() {
      await forgetDeliveries(database, DELIVERY_DAYS);
      await vacuum(database);
    },
  };
}
