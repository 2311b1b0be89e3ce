import { createHmac, generateKeyPairSync } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { drainMs, outdatedCode, runToEnd } from '../../src/http/run-to-end.ts';
import { type RunningServer, serve } from '../../src/http/serve.ts';
import { createServerDatabase } from '../db/databases.ts';
import { describeWithServices } from '../services.ts';
import { serverConfig } from './server-config.ts';

await describeWithServices(
  'a server whose database a newer version changes',
  ['postgres'],
  ({ postgres }) => {
    test('says so, still takes webhooks, and cannot be started again', async () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const databaseUrl = await createServerDatabase(postgres.url);
      const config = await serverConfig({
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        webhookSecret: 'hush',
        databaseUrl,
        directory: '.slipway',
      });
      const server = await serve(config);
      const database = await openDatabase({ url: databaseUrl });
      await sql`insert into slipway_migration (number, name) select max(number) + 1, 'of tomorrow' from slipway_migration`.execute(
        database.kysely,
      );
      await server.outdated;
      const ready = await fetch(`${server.url}/readyz`);
      expect([ready.status, await ready.json()]).toMatchObject([
        503,
        {
          checks: {
            version: { status: 'unavailable', reason: expect.stringContaining('newer version of Slipway') },
          },
        },
      ]);
      const body = JSON.stringify({
        action: 'created',
        installation: { id: 1 },
        repository: { id: 7, name: 'shop', owner: { login: 'acme' } },
        issue: { number: 1, pull_request: {} },
        comment: { id: 1, body: '/slipway plan', user: { type: 'User' } },
        sender: { type: 'User' },
      });
      const taken = await fetch(`${server.url}/api/github/webhooks`, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'issue_comment',
          'x-github-delivery': 'meanwhile',
          'x-hub-signature-256': `sha256=${createHmac('sha256', 'hush').update(body).digest('hex')}`,
        },
      });
      expect(taken.status).toBe(200);
      const before = performance.now();
      // GitHub is away all the time, which the sweep and others wait for.
      await server.stop();
      expect(performance.now() - before).toBeLessThan(5_000);
      const { rows } =
        await sql`select 1 from pgboss.job where data->>'kind' = 'comment' and state = 'created'`.execute(
          database.kysely,
        );
      expect(rows).toHaveLength(1);
      await expect(serve(config)).rejects.toMatchObject({ code: 'state-newer' });
      await database.close();
    });
  },
);

describe('the process of a server', () => {
  const run = async (server: Partial<RunningServer>, end = new AbortController().signal) => {
    const happened: string[] = [];
    const code = await runToEnd(
      {
        outdated: new Promise(() => {}),
        ...server,
        stop: async () => {
          happened.push('stopped');
        },
      },
      end,
      { sleep: async (ms) => void happened.push(`slept ${ms}`) },
      (text) => void happened.push(text),
    );
    return [code, ...happened];
  };

  test('that is told to end stops and is fine', async () => {
    expect(await run({}, AbortSignal.abort())).toEqual([
      0,
      'Stopping: finishing what is in hand.',
      'stopped',
    ]);
  });

  test('that is outdated goes on until nobody sends it webhooks, and wants to be started anew', async () => {
    expect(await run({ outdated: Promise.resolve() })).toEqual([
      outdatedCode,
      'A newer version of Slipway has changed the database: handing over to it.',
      `slept ${drainMs}`,
      'Stopping: finishing what is in hand.',
      'stopped',
    ]);
  });
});
