import pLimit from 'p-limit';
import { editPullRequest } from '../../src/sandbox/github/actions/pull-requests.ts';
import { person } from '../../src/sandbox/github/model/actor.ts';
import type { PullRequestIssue } from '../../src/sandbox/github/model/pull-request.ts';
import type { Repository } from '../../src/sandbox/github/model/repository.ts';
import { findAccount } from '../../src/sandbox/github/model/world.ts';
import type { Figure } from '../bench/scenario.ts';
import { drained } from './drained.ts';
import { startDurablePostgres } from './durable-postgres.ts';
import { percentile } from './percentile.ts';
import type { LoadScenario } from './scenario.ts';
import { propose, seedRepository, template } from './seed.ts';
import { largestMb, shares, spending } from './spent.ts';
import { type Watch, watchComments } from './watch-comments.ts';
import { type LoadWorld, openLoadWorld, owner } from './world.ts';

const processes = 4;
const whole = { pulls: 10_000, repositories: 1_000, burst: 500 };
/** Of a part that is smaller, a burst would be over before anybody noticed. */
const leastBurst = 60;
/** People that press the button at the same time. */
const openers = 8;
/** GitHub's for an installation of a large organisation: its primary limit, in calls an hour. */
const hourlyCalls = 15_000;

/** How a pull request fared; times in milliseconds since 1970. */
interface Opened {
  readonly pull: string;
  readonly at: number;
}

/**
 * 10,000 pull requests over 1,000 repositories with two stacks each, through four processes: first as fast as they can
 * be opened, then at half the pace that came of it, and again while one repository opens 500 at once.
 */
export const fleet: LoadScenario = {
  name: 'fleet',
  about: '10,000 pull requests, 1,000 repositories, 2,000 stacks, four processes',
  async run({ scale = 1 / 20 }, say) {
    const postgres = await startDurablePostgres(say);
    const world = await openLoadWorld(postgres);
    const issues = new Map<string, () => Promise<void>>();
    const watch = watchComments(world, (pull) => {
      // Nobody leaves five pull requests open on one stack: it is closed as soon as it has been seen.
      void issues
        .get(pull)?.()
        .catch((error) => say(String(error)));
      issues.delete(pull);
    });
    try {
      const repositories = Math.max(4, Math.round(whole.repositories * scale));
      const each = Math.round(whole.pulls / whole.repositories);
      const burst = Math.max(leastBurst, Math.round(whole.burst * scale));
      say(`making ${repositories} repositories`);
      const all = await seed(world, repositories, each, burst);
      await world.start(processes);
      await drained(world, 120);
      const play = { world, watch, issues };

      const half = Math.floor(each / 2);
      const rush = all.ordinary.slice(0, half * repositories);
      say(`${rush.length} pull requests as fast as they can be opened`);
      const spent = await spending(world);
      const callsBefore = watch.calls();
      const began = performance.now();
      const rushed = await openAll(play, rush);
      const openedAfter = (performance.now() - began) / 1000;
      await watch.until(rushed.map(({ pull }) => pull));
      const took = (performance.now() - began) / 1000;
      const throughput = rush.length / took;
      const used = shares(await spent());
      const callsEach = (watch.calls() - callsBefore) / rush.length;
      await drained(world, 120);

      const rest = all.ordinary.slice(rush.length);
      const middle = Math.floor(rest.length / 2);
      const pace = throughput / 2;
      say(`${middle} at ${pace.toFixed(1)} a second`);
      const calm = await openAt(play, rest.slice(0, middle), pace);
      await watch.until(calm.map(({ pull }) => pull));
      await drained(world, 120);
      say(`${rest.length - middle} more, while one repository opens ${burst} at once`);
      const bursting = openAll(play, all.burst);
      const beside = await openAt(play, rest.slice(middle), pace);
      const burstOpened = await bursting;
      await watch.until([...beside, ...burstOpened].map(({ pull }) => pull));
      const [calmMs, besideMs, burstMs] = [calm, beside, burstOpened].map((opened) => waits(watch, opened));
      return [
        { what: 'pull requests, of 10,000', value: rush.length + rest.length + burst, unit: 'count' },
        { what: 'as fast as they come: planned and commented', value: throughput, unit: '/s', of: used },
        { what: 'as fast as they come: opened', value: rush.length / openedAfter, unit: '/s' },
        ...waitFigures(`at ${pace.toFixed(1)} a second`, calmMs!),
        ...waitFigures(`beside a burst of ${burst}`, besideMs!),
        ...waitFigures('of the burst', burstMs!),
        {
          what: 'beside the burst, p95 of what it was without',
          value: percentile(besideMs!, 95) / percentile(calmMs!, 95),
          unit: 'times',
          budget: { most: 3 },
        },
        { what: "calls of GitHub's API for a pull request", value: callsEach, unit: 'calls' },
        {
          what: "GitHub's 15,000 calls an hour allow, in an hour",
          value: hourlyCalls / callsEach,
          unit: 'count',
        },
        { what: 'resident memory of the largest process', value: await largestMb(world), unit: 'MB' },
      ] satisfies Figure[];
    } finally {
      watch.stop();
      await world.stop();
      await postgres.stop();
    }
  },
};

interface Branch {
  readonly repository: Repository;
  readonly branch: string;
}

/** Pull requests take turns over the repositories, and in each over its two stacks. */
async function seed(world: LoadWorld, repositories: number, each: number, burst: number) {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `b${i}`);
  const limit = pLimit(openers);
  const made = await Promise.all(
    Array.from({ length: repositories }, (_, number) =>
      limit(() => {
        const files = names(each).map((name, i) => [name, { [`infra/app-${i % 2}.yaml`]: template(i) }]);
        return seedRepository(world, `app-${number}`, Object.fromEntries(files));
      }),
    ),
  );
  const monolith = names(burst).map((name, i) => [name, { [`infra/app-${i}.yaml`]: template(i) }]);
  const large = await seedRepository(world, 'monolith', Object.fromEntries(monolith));
  return {
    ordinary: names(each).flatMap((branch) => made.map((repository): Branch => ({ repository, branch }))),
    burst: names(burst).map((branch): Branch => ({ repository: large, branch })),
  };
}

interface Play {
  readonly world: LoadWorld;
  readonly watch: Watch;
  /** How each that is open is closed. */
  readonly issues: Map<string, () => Promise<void>>;
}

async function open({ world, issues }: Play, { repository, branch }: Branch): Promise<Opened> {
  const issue: PullRequestIssue = await propose(world, repository, branch);
  const at = Date.now();
  const pull = `${owner}/${repository.name}#${issue.number}`;
  const author = person(findAccount(world.github.world, 'author')!);
  issues.set(pull, () => editPullRequest(world.github.world, repository, issue, author, { state: 'closed' }));
  return { pull, at };
}

function openAll(play: Play, branches: readonly Branch[]): Promise<Opened[]> {
  const limit = pLimit(openers);
  return Promise.all(branches.map((branch) => limit(() => open(play, branch))));
}

/** At a steady pace, whether the ones before are done or not. */
async function openAt(play: Play, branches: readonly Branch[], perSecond: number): Promise<Opened[]> {
  const began = performance.now();
  const opening: Promise<Opened>[] = [];
  for (const [index, branch] of branches.entries()) {
    const early = began + (index * 1000) / perSecond - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    opening.push(open(play, branch));
  }
  return Promise.all(opening);
}

function waits({ commentedAt }: Watch, opened: readonly Opened[]): readonly number[] {
  return opened.map(({ pull, at }) => Math.max(0, commentedAt.get(pull)! - at));
}

function waitFigures(when: string, ms: readonly number[]): Figure[] {
  return [50, 95, 99].map((hundredth) => ({
    what: `${when}: comment after, p${hundredth}`,
    value: percentile(ms, hundredth) / 1000,
    unit: 's',
  }));
}
