import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { Database, EmbeddedDatabase } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/database.ts';
import type { Standing } from '../../src/github/standing.ts';
import { type HealthDependencies, healthHandler } from '../../src/http/health.ts';
import { storeDelivery } from '../../src/jobs/deliveries.ts';
import { describeWithDatabases } from '../db/databases.ts';
import { quiet, recordingQueue } from '../jobs/recorder.ts';

async function ready(dependencies: HealthDependencies) {
  return answerOf(healthHandler(dependencies), '/readyz');
}

async function statusOf(handler: ReturnType<typeof healthHandler>, url: string) {
  return (await answerOf(handler, url))[0];
}

async function answerOf(handler: ReturnType<typeof healthHandler>, url: string): Promise<[number, unknown]> {
  let told: [number, unknown] | undefined;
  let status = 0;
  const response = {
    writeHead(code: number) {
      status = code;
      return response;
    },
    end(text: string) {
      told = [status, JSON.parse(text)];
    },
  };
  await handler({ url } as IncomingMessage, response as unknown as ServerResponse);
  return told!;
}

const stats = async () => ({ waiting: 0, delayed: 0, active: 0, retrying: 0, aside: 0 });

await describeWithDatabases('whether Slipway is ready', (fresh, kind) => {
  const well = (database: Database): HealthDependencies => ({
    database,
    queue: { stats },
    policies: undefined,
    github: () => ({ status: 'ok' }),
    isOutdated: () => false,
  });

  test('is told with how GitHub stands, and does not hang on it', async () => {
    const database = await fresh();
    const standings: readonly Standing[] = [
      { status: 'unreachable', reason: 'GitHub does not answer' },
      { status: 'refused', reason: 'GitHub does not take APP_ID and PRIVATE_KEY' },
      { status: 'unknown' },
    ];
    for (const github of standings) {
      const [status, body] = await ready({ ...well(database), github: () => github });
      expect([status, body]).toEqual([
        200,
        { status: 'ok', checks: { database: { status: 'ok' }, queue: { status: 'ok' }, github } },
      ]);
    }
  });

  test('is found out once for all who ask at the same time', async () => {
    const database = await fresh();
    let asked = 0;
    const queue = {
      async stats() {
        asked++;
        return stats();
      },
    };
    const handler = healthHandler({ ...well(database), queue });
    const statuses = await Promise.all(Array.from({ length: 50 }, () => statusOf(handler, '/readyz')));
    expect([asked, new Set(statuses)]).toEqual([1, new Set([200])]);
    expect([await statusOf(handler, '/readyz'), asked]).toEqual([200, 2]);
  });

  if (kind === 'embedded')
    test('hangs on the room that the embedded database has, and nothing is begun without', async () => {
      const full = { ...((await fresh()) as EmbeddedDatabase), hasRoom: () => false };
      const [status, body] = await ready(well(full));
      expect([status, body]).toMatchObject([503, { checks: { disk: { status: 'unavailable' } } }]);
      const errors: unknown[] = [];
      const log = { ...quiet, error: ({ err }: { err: unknown }) => errors.push(err) } as typeof quiet;
      const queue = await recordingQueue(full, () => {}, { log });
      await queue.enqueue('plan', { name: 'waits' });
      await queue.start();
      await expect.poll(() => errors).toMatchObject([{ code: 'disk-full' }]);
      const delivery = { id: 'd-1', event: 'push', payload: {} };
      await expect(storeDelivery(full, queue, delivery, [])).rejects.toMatchObject({ code: 'disk-full' });
      expect(await queue.stats()).toMatchObject({ waiting: 1 });
      await queue.stop({ gracefulMs: 0 });
    });

  test('ends where a newer version has changed the database', async () => {
    const [status, body] = await ready({ ...well(await fresh()), isOutdated: () => true });
    expect([status, body]).toMatchObject([503, { checks: { version: { status: 'unavailable' } } }]);
  });

  test('hangs on the queue, and on policies only while there never were any', async () => {
    const database = await fresh();
    const queue = { stats: () => Promise.reject(new Error('host db-7 with password hunter2')) };
    const [status, body] = await ready({ ...well(database), queue });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      checks: { queue: { status: 'unavailable', reason: 'The queue cannot be read' } },
    });
    expect(JSON.stringify(body)).not.toMatch(/db-7|hunter2/);
    for (const [standing, code] of [
      ['ok', 200],
      ['earlier', 200],
      ['broken', 200],
      ['unread', 503],
    ] as const) {
      const [found] = await ready({ ...well(database), policies: { standing: () => standing } });
      expect([standing, found]).toEqual([standing, code]);
    }
  });

  if (kind === 'server')
    test('hangs on the database, and does not wait for ever for what says nothing', async () => {
      const { url } = (await fresh()) as Database & { url: string };
      const gone = await openDatabase({ url });
      const silent = { stats: () => new Promise<never>(() => {}) };
      expect((await ready({ ...well(gone), queue: silent }))[0]).toBe(503);
      await gone.close();
      const [status, body] = await ready(well(gone));
      expect([status, body]).toMatchObject([
        503,
        { checks: { database: { status: 'unavailable', reason: 'The database does not answer' } } },
      ]);
    });
});
