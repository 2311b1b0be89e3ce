import type { Database } from '../db/database.ts';
import { vacuum } from '../db/vacuum.ts';
import { prune } from '../state/prune.ts';
import type { Handler } from './queue.ts';

/**
 * The handler that keeps the database small, for `queue.every('maintenance', 6 * 3600, {})`. Jobs that are done or aside
 * pg-boss deletes.
 *
 * @example
 * createQueue(database, { handlers: { maintenance: maintenance(database), ...others }, log, clock });
 */
export function maintenance(database: Database): Handler<object> {
  return {
    retries: 1,
    retryDelaySeconds: 60,
    async handle(_, signal) {
      await prune(database, signal);
      if (!signal.aborted) await vacuum(database);
    },
  };
}
