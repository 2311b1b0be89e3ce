import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Figure } from '../bench/scenario.ts';
import { drained } from './drained.ts';
import { startDurablePostgres } from './durable-postgres.ts';
import { findLosses } from './losses.ts';
import { percentile } from './percentile.ts';
import { sampled } from './sampled.ts';
import type { LoadScenario } from './scenario.ts';
import type { Sending, Sent } from './send-webhooks.ts';
import { shares, spending } from './spent.ts';
import { type MixSource, mixedWebhooks, seedMix } from './webhook-mix.ts';
import { type LoadWorld, openLoadWorld, webhookSecret } from './world.ts';

const perSecond = 200;
/** What a process has loaded and compiled by then is there to stay. */
const settledAfterMs = 10_000;

/** 200 signed webhooks a second at one process, while it does the jobs that they ask for. */
export const webhooks: LoadScenario = {
  name: 'webhooks',
  about: '200 signed webhooks a second, one process, PostgreSQL',
  async run({ seconds = 60 }, say) {
    const postgres = await startDurablePostgres(say);
    const world = await openLoadWorld(postgres);
    try {
      const source = await seedMix(world, 600, 6);
      await world.start(1);
      await drained(world, 60);
      const count = perSecond * seconds;
      say(`${count} webhooks in ${seconds} s`);
      const spent = await spending(world);
      const memory = sampled(world.slipways[0]!.pid);
      const sending = { url: `${world.slipways[0]!.url}/api/github/webhooks`, secret: webhookSecret };
      const sent = await fromChild({ ...sending, perSecond, count }, source);
      const samples = memory.stop();
      const used = await spent();
      const losses = await findLosses(world, sent, (index) => mixedWebhooks(source)(index).asks);
      say('all sent; waiting for the jobs');
      const behind = await drained(world, 300);
      const later = samples.filter(({ atMs }) => atMs > Math.min(settledAfterMs, seconds * 500));
      const [first = 0, last = 0] = [later.slice(0, 5), later.slice(-5)].map((part) =>
        percentile(
          part.map(({ residentMb }) => residentMb),
          50,
        ),
      );
      const ms = sent.map((one) => one.ms);
      return [
        { what: 'acknowledged, p50', value: percentile(ms, 50), unit: 'ms' },
        { what: 'acknowledged, p99', value: percentile(ms, 99), unit: 'ms', budget: { most: 50 } },
        { what: 'acknowledged, slowest', value: Math.max(...ms), unit: 'ms' },
        countOf('not acknowledged', sent.filter(({ status }) => status < 200 || status > 299).length),
        countOf('acknowledged and not stored', losses.deliveries.length),
        countOf('stored, and its job neither waits nor is done', losses.jobs.length),
        countOf('jobs given up', await asideCount(world)),
        { what: 'the jobs were done after so many seconds', value: behind, unit: 's' },
        { what: 'sent and answered in', value: used.seconds, unit: 's', of: shares(used) },
        { what: 'resident memory after 10 s', value: first, unit: 'MB' },
        { what: 'resident memory at the end', value: last, unit: 'MB' },
        { what: 'at the end, of what it was after 10 s', value: last / first, unit: 'times', budget: flat },
      ];
    } finally {
      await world.stop();
      await postgres.stop();
    }
  },
};

/** A leak of what each webhook brings along, 20 kB, would make it three times as much. */
const flat = { most: 1.25 };

function countOf(what: string, value: number): Figure {
  return { what, value, unit: 'count', budget: { most: 0 } };
}

async function fromChild(sending: Sending, source: MixSource): Promise<readonly Sent[]> {
  const child = fork(fileURLToPath(new URL('sender-child.ts', import.meta.url)), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  child.send({ sending, source });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process that sends ended with ${code}`);
  });
  const [sent] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  return sent as readonly Sent[];
}

async function asideCount({ query }: LoadWorld): Promise<number> {
  const [aside] = await query<{ jobs: number }>(
    `select count(*)::integer as jobs from pgboss.job where name = 'slipway-aside'`,
  );
  return aside?.jobs ?? 0;
}
