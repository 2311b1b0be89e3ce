import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createMasker } from '../../secret/masker.ts';
import { operatorKeys } from '../../secret/operator-keys.ts';
import { type FaultProxy, startFaultProxy } from '../fault-proxy/index.ts';
import { type RunningService, startService } from '../services/index.ts';
import { type Shop, type ShopOptions, startShop } from '../start-shop.ts';
import { warmEmulator } from '../warm-emulator.ts';
import { databaseRows } from './database-rows.ts';
import { until } from './watch.ts';

/** The demo's world with several processes of Slipway on one PostgreSQL. */
export interface FleetShop {
  readonly shop: Shop;
  /** While a stack is being applied: ends the process that does it, and starts it again when another goes on. */
  killTheOneThatApplies(): Promise<readonly string[]>;
  /** Every row of Slipway's database, as whoever has its key reads it. */
  databaseRows(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Far longer than the demo: nobody is there any more to hear the answer. */
const forEver = 600_000;

/** What the demo's template ends with, once the cloud has done it and before Slipway hears of it. */
const moment = { action: 'RunInstances', nth: 1 };

/** Starts everything. Throws `service-missing` when there is no AWS emulator or no PostgreSQL to be had. */
export async function startFleetShop(
  options: Pick<ShopOptions, 'files' | 'onProgress' | 'environment'> & { readonly processes: number },
): Promise<FleetShop> {
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  const onProgress = options.onProgress ? { onProgress: options.onProgress } : {};
  try {
    const started = await Promise.allSettled([
      startService('moto', onProgress),
      startService('postgres', onProgress),
    ]);
    for (const one of started) if (one.status === 'fulfilled') ends.push(() => one.value.stop());
    const [moto, postgres] = started.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    }) as [RunningService, RunningService];
    const warm = warmEmulator(moto.environment);
    // Waited for below; a failure in between must not be one that nobody handles.
    warm.catch(() => {});
    const proxy = await startFaultProxy({ target: moto.url });
    ends.push(() => proxy.stop());
    const key = randomBytes(32).toString('base64');
    const shop = await startShop({
      ...options,
      aws: { ...moto.environment, AWS_ENDPOINT_URL: proxy.url },
      // The same comes of it as without.
      environment: Promise.resolve(options.environment).then((given) => ({
        ...given,
        ...postgres.environment,
        SLIPWAY_ENCRYPTION_KEY: key,
      })),
    });
    ends.push(() => shop.stop());
    await warm;
    proxy.rules.add({ match: moment, fault: { kind: 'delay', ms: forEver, when: 'after' } });
    const keys = operatorKeys(key, { vault: notInVault, masker: createMasker() });
    return {
      shop,
      stop,
      killTheOneThatApplies: () => killTheOneThatApplies(shop, proxy, postgres.url),
      databaseRows: () => databaseRows({ url: postgres.url, keys }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function killTheOneThatApplies(
  shop: Shop,
  proxy: FaultProxy,
  databaseUrl: string,
): Promise<readonly string[]> {
  await until(
    'the instance to be started, unheard',
    async () => proxy.calls.find((c) => c.action === moment.action),
    (call) => call?.forwarded === true,
  );
  // For the emulator to have done it.
  await sleep(150);
  const held = await lockOf(databaseUrl);
  const index = shop.processes.findIndex((one) => one.pid === held.pid);
  if (index < 0) throw new Error(`the process ${held.pid} that applies is none of ours`);
  const killedAt = Date.now();
  await shop.processes[index]!.kill();
  proxy.rules.clear();
  await until(
    'another process to take the stack over',
    () => lockOf(databaseUrl),
    ({ fence }) => fence > held.fence,
  );
  const silence = Math.round((Date.now() - killedAt) / 1000);
  // As what runs it in production would, and late enough that it was another one that took over.
  await shop.restart({}, index);
  return [
    `process ${index + 1} of ${shop.processes.length} was killed (kill -9) when it had started the instance`,
    `another one took ${held.stack} over, ${silence} s later`,
  ];
}

function notInVault(): never {
  throw new Error('the key of this database is no key in Vault');
}

interface HeldLock {
  readonly stack: string;
  readonly fence: number;
  readonly pid: number;
}

/** The lock of the only stack there is; who holds it is `host:pid`. */
async function lockOf(databaseUrl: string): Promise<HeldLock> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ stack: string; holder: string | null; fence: string }>(
      'select stack, holder, fence from stack_lock',
    );
    const [row] = rows;
    if (!row) throw new Error('no stack was ever locked');
    return { stack: row.stack, fence: Number(row.fence), pid: Number(row.holder?.split(':').at(-1)) };
  } finally {
    await client.end();
  }
}
