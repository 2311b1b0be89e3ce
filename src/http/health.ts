import type { IncomingMessage, ServerResponse } from 'node:http';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { JobPayloads } from '../jobs/kinds.ts';
import type { Queue } from '../jobs/queue.ts';
import type { PoliciesInForce } from '../workflow/policies-in-force.ts';

/**
 * `/healthz`: the process lives. `/readyz`: it can work, with the state of each thing that it needs, and 503 when
 * one is missing. Other paths are left to others.
 */
export function healthHandler(
  database: Database,
  queue: Queue<JobPayloads>,
  policies: Pick<PoliciesInForce, 'standing'> | undefined,
) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = request.url?.split('?', 1)[0];
    if (path === '/healthz') return answer(response, 200, { status: 'ok' });
    if (path !== '/readyz') return false;
    const checks = {
      database: await check(() => sql`select 1`.execute(database.kysely)),
      queue: await check(() => queue.stats()),
      ...(policies ? { policies: standings[policies.standing()] } : {}),
    };
    const ready = Object.values(checks).every((c) => c !== 'unavailable');
    return answer(response, ready ? 200 : 503, { status: ready ? 'ok' : 'not ready', checks });
  };
}

/** Webhooks are to come where policies are broken, too: people are told then why nothing goes on. */
const standings = { ok: 'ok', earlier: 'earlier', broken: 'broken', unread: 'unavailable' } as const;

/** `ok`, or that it is not: why is for the log, since anybody may ask. */
async function check(probe: () => Promise<unknown>): Promise<'ok' | 'unavailable'> {
  try {
    await probe();
    return 'ok';
  } catch {
    return 'unavailable';
  }
}

function answer(response: ServerResponse, status: number, body: object): true {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  return true;
}
