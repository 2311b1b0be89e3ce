import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { startSlipway } from '../../src/sandbox/slipway-process.ts';
import { type Figure, median } from '../bench/scenario.ts';
import { startDurablePostgres } from './durable-postgres.ts';
import type { LoadScenario } from './scenario.ts';
import { readUsage } from './usage.ts';
import { openLoadWorld, webhookSecret } from './world.ts';

const runs = 3;
/** By then it has loaded ahead what it will need. */
const restMs = 8_000;

/** How long a start takes on a database that is there, and what a process takes that has nothing to do. */
export const idle: LoadScenario = {
  name: 'idle',
  about: 'start and memory of a process without work, embedded and on PostgreSQL',
  async run(_, say) {
    const postgres = await startDurablePostgres(say);
    const world = await openLoadWorld(postgres);
    const directory = await mkdtemp(join(tmpdir(), 'slipway-load-idle-'));
    const figures: Figure[] = [];
    try {
      for (const kind of ['PostgreSQL', 'embedded'] as const) {
        const environment: Readonly<Record<string, string>> = {
          AWS_REGION: 'eu-west-1',
          LOG_LEVEL: 'warn',
          SLIPWAY_COMPLIANCE_SECONDS: 'off',
          // As `bin/slipway` does: what Node compiles is kept.
          NODE_COMPILE_CACHE: join(directory, 'compiled'),
          ...(kind === 'PostgreSQL' ? { DATABASE_URL: world.databaseUrl } : {}),
        };
        const measured: { readyMs: number; residentMb: number }[] = [];
        // The first makes the database, and is not counted.
        for (let run = 0; run <= runs; run++) {
          const { github, app } = world;
          const port = await freePort();
          const began = performance.now();
          const slipway = await startSlipway({ directory, port, github, app, webhookSecret, environment });
          const readyMs = performance.now() - began;
          await new Promise((resolve) => setTimeout(resolve, run === 0 ? 1_000 : restMs));
          const residentMb = (await readUsage()).residentMb(slipway.pid);
          await slipway.stop();
          say(`${kind}: ready after ${(readyMs / 1000).toFixed(1)} s, ${residentMb.toFixed(0)} MB`);
          if (run > 0) measured.push({ readyMs, residentMb });
        }
        figures.push(
          {
            what: `${kind}: start to ready`,
            value: median(measured.map(({ readyMs }) => readyMs)) / 1000,
            unit: 's',
            budget: { most: 2 },
          },
          {
            what: `${kind}: resident memory without work`,
            value: median(measured.map(({ residentMb }) => residentMb)),
            unit: 'MB',
            // DESIGN.md sets none for the embedded one, which has a whole database in the process.
            ...(kind === 'PostgreSQL' ? { budget: { most: 250 } } : {}),
          },
        );
      }
      return figures;
    } finally {
      await rm(directory, { recursive: true, force: true });
      await world.stop();
      await postgres.stop();
    }
  },
};
