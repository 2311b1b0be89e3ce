import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { sharedAnswer } from '../base/shared-answer.ts';
import type { Database } from '../db/database.ts';
import type { Standing } from '../github/standing.ts';
import type { JobPayloads } from '../jobs/kinds.ts';
import type { Queue } from '../jobs/queue.ts';
import type { PoliciesInForce } from '../workflow/policies-in-force.ts';

/** How a thing is that Slipway needs, and why where it is not well. Anybody may read it: no names, hosts or secrets. */
export interface Check {
  readonly status: string;
  readonly reason?: string;
}

export interface HealthDependencies {
  readonly database: Database;
  readonly queue: Pick<Queue<JobPayloads>, 'stats'>;
  readonly policies: Pick<PoliciesInForce, 'standing'> | undefined;
  readonly github: () => Standing;
  /** A newer version has changed the database. */
  readonly isOutdated: () => boolean;
}

/**
 * `/healthz`: the process lives. `/readyz`: how each thing is that it needs. 503 means that it can take no webhooks, or
 * would begin nothing that they ask for, ever: then others should have them. That GitHub is away is told and is no
 * 503: nobody else reaches it either, and what it sends is stored until it can be done. Other paths are left to others.
 */
export function healthHandler({ database, queue, policies, github, isOutdated }: HealthDependencies) {
  const look = sharedAnswer(() =>
    Promise.all([
      check(() => sql`select 1`.execute(database.kysely), 'The database does not answer'),
      check(() => queue.stats(), 'The queue cannot be read'),
    ]),
  );
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = request.url?.split('?', 1)[0];
    if (path === '/healthz') return answer(response, 200, { status: 'ok' });
    if (path !== '/readyz') return false;
    const [stored, queued] = await look();
    const checks: Readonly<Record<string, Check>> = {
      database: stored,
      queue: queued,
      github: github(),
      ...(database.kind === 'embedded' && !database.hasRoom() ? { disk } : {}),
      ...(isOutdated() ? { version: outdated } : {}),
      ...(policies ? { policies: standings[policies.standing()] } : {}),
    };
    const ready = Object.values(checks).every(({ status }) => status !== 'unavailable');
    return answer(response, ready ? 200 : 503, { status: ready ? 'ok' : 'not ready', checks });
  };
}

const disk: Check = {
  status: 'unavailable',
  reason: 'The disk of the embedded database is nearly full',
};

const outdated: Check = {
  status: 'unavailable',
  reason: 'A newer version of Slipway has changed the database, and takes over',
};

/** Webhooks are to come where policies are broken, too: people are told then why nothing goes on. */
const standings: Readonly<Record<ReturnType<PoliciesInForce['standing']>, Check>> = {
  ok: { status: 'ok' },
  earlier: { status: 'earlier', reason: 'The newest are broken, and those of before are in force' },
  broken: { status: 'broken', reason: 'They are broken, and nothing is judged until they are mended' },
  unread: {
    status: 'unavailable',
    reason: 'They were never read, and nothing is judged until GitHub gives them',
  },
};

/** What does not answer so soon is not there. */
const patienceMs = 2_000;

/** Why in full is for the log, since anybody may ask. */
async function check(probe: () => Promise<unknown>, reason: string): Promise<Check> {
  const timer = new AbortController();
  try {
    const tooLate = delay(patienceMs, undefined, { ref: false, signal: timer.signal }).then(() => {
      throw new Error(reason);
    });
    await Promise.race([probe(), tooLate]);
    return { status: 'ok' };
  } catch {
    return { status: 'unavailable', reason };
  } finally {
    timer.abort();
  }
}

function answer(response: ServerResponse, status: number, body: object): true {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  return true;
}
