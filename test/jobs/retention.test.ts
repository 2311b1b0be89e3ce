import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { openBoss } from '../../src/jobs/boss.ts';
import { createServerDatabase } from '../db/databases.ts';
import { describeWithServices } from '../services.ts';
import { createRecorder, quiet, recordingQueue } from './recorder.ts';

// On a server alone, which starts in no time: the embedded one runs the same in test/jobs/queue.test.ts.
await describeWithServices('jobs are kept so long', ['postgres'], ({ postgres }) => {
  const fresh = async () => openDatabase({ url: await createServerDatabase(postgres.url) });
  test('what is done is deleted after an hour, what is aside after thirty days, and what a period needs with it', async () => {
    const database = await fresh();
    const recorder = createRecorder();
    const queue = await recordingQueue(database, recorder.record);
    await queue.start();
    await queue.enqueue('plan', { name: 'bad', fails: 9 });
    queue.every('plan', 7200, { name: 'recurring' });
    await queue.enqueue('plan', { name: 'good' });
    await Promise.all(['exhausted bad', 'end good', 'end recurring'].map((event) => recorder.until(event)));
    await expect.poll(() => queue.stats()).toMatchObject({ active: 0, aside: 1 });
    await queue.stop({ gracefulMs: 0 });
    const boss = await openBoss(database, quiet);
    const left = async (hours: number) => {
      const { rows } = await sql<{ name: string }>`
        with aged as (
          update pgboss.job set
            completed_on = completed_on - ${hours} * interval '1 hour',
            keep_until = keep_until - ${hours} * interval '1 hour' returning 1
        ) select count(*) from aged`.execute(database.kysely);
      expect(rows).toHaveLength(1);
      await sql`update pgboss.queue set maintain_on = null`.execute(database.kysely);
      await boss.supervise();
      const found = await sql<{ name: string }>`
        select data->'payload'->>'name' as name from pgboss.job order by 1`.execute(database.kysely);
      return found.rows.map(({ name }) => name);
    };
    expect(await left(0)).toEqual(['bad', 'good', 'recurring']);
    expect(await left(2)).toEqual(['bad', 'recurring']);
    expect(await left(24 * 29)).toEqual(['bad']);
    expect(await left(24)).toEqual([]);
    await boss.stop({ graceful: false });
    await database.close();
  });
});
