import type { Log } from '../base/log.ts';
import { beginEncryption } from '../db/data-keys.ts';
import type { Database } from '../db/database.ts';
import { encryptRows, isAllEncrypted } from '../db/encrypt-rows.ts';
import type { Handler } from './queue.ts';

/**
 * The handler that encrypts what is stored readably although there is a key, or under an earlier data key, for
 * `queue.every('encryption', 300, {})`. Once all is, it asks no more than that.
 */
export function encryption(database: Database, log: Pick<Log, 'info' | 'warn'>): Handler<object> {
  return {
    retries: 1,
    retryDelaySeconds: 60,
    async handle(_, signal) {
      if (!(await beginEncryption(database))) {
        log.warn('nothing is encrypted yet: processes without SLIPWAY_ENCRYPTION_KEY use the database');
        return;
      }
      if (await isAllEncrypted(database)) return;
      const count = await encryptRows(database, { signal });
      if (count > 0) log.info({ count }, 'values were encrypted');
    },
  };
}
