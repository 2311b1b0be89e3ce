/** The world of the chaos test: everything that can be broken, and what breaks it. */
import pg from 'pg';
import { type CloudResource, readCloud } from '../../src/sandbox/demo/read-cloud.ts';
import { type FaultProxy, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { type RunningService, startService } from '../../src/sandbox/services/index.ts';
import { type Shop, startShop } from '../../src/sandbox/start-shop.ts';
import { warmEmulator } from '../../src/sandbox/warm-emulator.ts';
import type { World } from '../e2e/shop.ts';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.ts';

export interface ChaosWorld extends World {
  readonly shop: Shop;
  readonly proxy: FaultProxy;
  readonly postgres: RunningService;
  readonly wire: DatabaseProxy;
  /** What processes logged that were ended. */
  readonly logs: string[];
  /** Asks the database itself, past the wire. */
  query<Row extends object>(text: string): Promise<readonly Row[]>;
  cloud(stack?: string): Promise<readonly CloudResource[]>;
  stop(): Promise<void>;
}

/** Sweeps are seconds apart: what a lost webhook would have told is found by them, here as it is in minutes elsewhere. */
const sweepSeconds = '4';

/** Starts all of it, with so many processes of Slipway. */
export async function openChaosWorld(processes: number): Promise<ChaosWorld> {
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    const moto = await startService('moto');
    ends.push(() => moto.stop());
    // What is committed has to be there after a crash, as on a server that people trust.
    const postgres = await startService('postgres', { durable: true });
    ends.push(() => postgres.stop());
    await warmEmulator(moto.environment);
    const proxy = await startFaultProxy({ target: moto.url });
    ends.push(() => proxy.stop());
    const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
    // The database crashes now and then; whoever asks next is told.
    pool.on('error', () => {});
    pool.on('connect', (client) => client.on('error', () => {}));
    ends.push(() => pool.end());
    const wire = await startDatabaseProxy(postgres.url);
    ends.push(() => wire.stop());
    const shop = await startShop({
      files: { 'README.md': '# shop\n' },
      aws: { ...moto.environment, AWS_ENDPOINT_URL: proxy.url },
      environment: { DATABASE_URL: wire.url, SLIPWAY_SWEEP_SECONDS: sweepSeconds },
      processes,
    });
    ends.push(() => shop.stop());
    return {
      shop,
      proxy,
      postgres,
      wire,
      logs: [],
      stop,
      stranger: shop.github.createUser('stranger'),
      databaseUrl: postgres.url,
      async cloud(stack) {
        const all = await readCloud(moto.environment);
        return stack === undefined ? all : all.filter((r) => r.tags['slipway:stack'] === stack);
      },
      query: async <Row extends object>(text: string) => (await pool.query<Row>(text)).rows,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
