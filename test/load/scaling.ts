import type { Figure } from '../bench/scenario.ts';
import { drained } from './drained.ts';
import { startDurablePostgres } from './durable-postgres.ts';
import type { LoadScenario } from './scenario.ts';
import { propose, seedRepository, template } from './seed.ts';
import { sendWebhooks } from './send-webhooks.ts';
import { shares, spending } from './spent.ts';
import { cores } from './usage.ts';
import { type LoadWorld, openLoadWorld, webhookSecret } from './world.ts';

const wholePulls = 2_400;
const perRepository = 10;
const fleets = [1, 2, 4, 8];
/** What GitHub takes for an answer, more or less: what a process waits for most of the time. */
const githubMs = 80;
/** Above this the processors are what stops it growing. */
const busy = 90;

/**
 * The same pull requests are planned again by one, two, four and eight processes; GitHub answers as late as the real
 * one. What else grows with them, or does not, is in the shares.
 */
export const scaling: LoadScenario = {
  name: 'scaling',
  about: 'the same work by 1, 2, 4 and 8 processes',
  async run({ scale = 1 / 20 }, say) {
    const postgres = await startDurablePostgres(say);
    const world = await openLoadWorld(postgres);
    try {
      const bodies = await seed(world, Math.max(perRepository, Math.round(wholePulls * scale)));
      const figures: Figure[] = [];
      for (const count of [0, ...fleets]) {
        // Once for nothing: the comments are made, and the databases' caches filled.
        await world.start(count || 4);
        await drained(world, 120);
        world.github.faults.onRequests(
          { times: Number.POSITIVE_INFINITY },
          { kind: 'delay', milliseconds: githubMs },
        );
        const spent = await spending(world);
        await sendWebhooks(
          {
            url: `${world.balancer.url}/api/github/webhooks`,
            secret: webhookSecret,
            perSecond: 100,
            count: bodies.length,
          },
          (index) => ({ event: 'pull_request', body: bodies[index]! }),
        );
        await drained(world, 600);
        const used = await spent();
        world.github.faults.clear();
        await world.stopSlipways();
        say(`${count || 'at first 4'}: ${(bodies.length / used.seconds).toFixed(1)} a second`);
        if (count === 0) continue;
        figures.push({
          what: `${count} ${count === 1 ? 'process' : 'processes'}: planned`,
          value: bodies.length / used.seconds,
          unit: '/s',
          of: shares(used),
        });
      }
      return [...figures, { what: 'cores', value: cores, unit: 'count' }, ...limits(figures)];
    } finally {
      await world.stop();
      await postgres.stop();
    }
  },
};

/** Opens them while nobody listens; gives the webhooks that tell that each was pushed to. */
async function seed(world: LoadWorld, count: number): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (let number = 0; number < count / perRepository; number++) {
    const branches = Array.from({ length: perRepository }, (_, i) => [
      `b${i}`,
      { [`infra/app-${i}.yaml`]: template(i) },
    ]);
    const repository = await seedRepository(world, `app-${number}`, Object.fromEntries(branches));
    for (let i = 0; i < perRepository; i++) await propose(world, repository, `b${i}`);
    await world.github.settled();
    for (const { event, action, body, repositoryId } of world.github.deliveries) {
      if (event === 'pull_request' && action === 'opened' && repositoryId === repository.id)
        bodies.push(JSON.stringify({ ...JSON.parse(body), action: 'synchronize' }));
    }
  }
  return bodies;
}

/** From how many processes on the processors are what there is too little of. */
function limits(figures: readonly Figure[]): Figure[] {
  const full = figures.findIndex(({ of = {} }) => {
    const all = Object.entries(of).filter(([name]) => name.startsWith('% of all cores'));
    return all.reduce((sum, [, share]) => sum + share, 0) > busy;
  });
  if (full < 0) return [];
  return [
    { what: `processes that keep all cores busy, ${busy}% and more`, value: fleets[full]!, unit: 'count' },
  ];
}
