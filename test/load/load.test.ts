/** The part of `npm run bench:load` that a busy machine can hold: that nothing is lost. Times are for the tool. */
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { createServerDatabase } from '../db/databases.ts';
import { quiet, recordingQueue } from '../jobs/recorder.ts';
import { sample, seedOf } from '../seeded.ts';
import { describeWithServices } from '../services.ts';
import { drained } from './drained.ts';
import { findLosses } from './losses.ts';
import { sendWebhooks } from './send-webhooks.ts';
import { mixedWebhooks, seedMix } from './webhook-mix.ts';
import { openLoadWorld, webhookSecret } from './world.ts';

await describeWithServices('under load', ['postgres'], ({ postgres }) => {
  test('of 50 webhooks a second every one that is acknowledged is stored, and its job is done', {
    timeout: 120_000,
  }, async () => {
    const world = await openLoadWorld(postgres);
    try {
      const source = await seedMix(world, 40, 0);
      await world.start(1);
      const webhook = mixedWebhooks(source);
      const url = `${world.slipways[0]!.url}/api/github/webhooks`;
      const asks = (index: number) => webhook(index).asks;
      const sent = await sendWebhooks({ url, secret: webhookSecret, perSecond: 50, count: 100 }, webhook);
      expect(sent.filter(({ status }) => status < 200 || status > 299)).toEqual([]);
      expect(await findLosses(world, sent, asks)).toEqual({ deliveries: [], jobs: [] });
      expect(await drained(world, 60)).toBeLessThan(60);
      // Nothing waits any more: what is done must have begun after its webhook came.
      expect(await findLosses(world, sent, asks)).toEqual({ deliveries: [], jobs: [] });
      expect(await world.query(`select data from pgboss.job where name = 'slipway-aside'`)).toEqual([]);
      // That a loss would be seen.
      await world.query(`delete from pgboss.job where data->>'kind' = 'comment'`);
      await world.query('delete from delivery where id = $1', [sent[0]!.id]);
      const losses = await findLosses(world, sent, asks);
      expect(losses.deliveries).toEqual([sent[0]!.id]);
      expect(losses.jobs).toHaveLength(33);
    } finally {
      await world.stop();
    }
  });

  test('300 jobs over two processes are done once each, and those of one key in their order', async () => {
    const url = await createServerDatabase(postgres.url);
    const done: string[] = [];
    const record = (event: string) => {
      if (event.startsWith('end ')) done.push(event.slice('end '.length));
    };
    const databases = await Promise.all([openDatabase({ url }), openDatabase({ url })]);
    afterAll(() => Promise.all(databases.map((database) => database.close())));
    const queues = [];
    for (const database of databases) queues.push(await recordingQueue(database, record, { log: quiet }));
    const names = Array.from({ length: 300 }, (_, i) => `${i}`);
    const slow = new Set(sample(names, 20, seedOf('LOAD')));
    for (const name of names) {
      const takesMs = slow.has(name) ? 50 : 0;
      await queues[0]!.enqueue('plan', { name, takesMs }, { key: `pr ${Number(name) % 30}` });
    }
    await Promise.all(queues.map((queue) => queue.start()));
    await expect.poll(() => done.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(300);
    await Promise.all(queues.map((queue) => queue.stop({ gracefulMs: 5_000 })));
    expect(done.toSorted((a, b) => Number(a) - Number(b))).toEqual(names);
    for (let key = 0; key < 30; key++) {
      const ofKey = names.filter((name) => Number(name) % 30 === key);
      expect(done.filter((name) => Number(name) % 30 === key)).toEqual(ofKey);
    }
  });
});
