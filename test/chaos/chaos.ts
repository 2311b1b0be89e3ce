/**
 * One hour in miniature: people work in several repositories while processes are killed, the database crashes,
 * connections break, GitHub and AWS fail, and webhooks go astray. Then nothing fails any more, and everything has to
 * be as if nothing had.
 */
import { seededRandom } from '../../src/sandbox/fault-proxy/random.ts';
import { lastLines, startAgain, strikeUntil } from './faults.ts';
import { broken } from './invariants.ts';
import { openWorkplace, work } from './people.ts';
import { settle } from './settle.ts';
import { type Timeline, timeline } from './timeline.ts';
import { type ChaosWorld, openChaosWorld } from './world.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How long things go wrong. */
  readonly seconds: number;
  /** People go on until so many of their pull requests are merged, though nothing goes wrong any more. */
  readonly merges: number;
  readonly processes: number;
  readonly repositories: number;
  /** Told of each thing that happens. */
  readonly tell?: (line: string) => void;
}

export interface ChaosReport {
  /** What does not hold; empty where all is well. */
  readonly problems: readonly string[];
  readonly timeline: readonly string[];
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
  /** What each process logged, as far as it lived. */
  readonly logs: readonly string[];
}

/** Authors in each repository, who get in one another's way now and then. */
const authors = 2;

export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, processes, repositories } = options;
  const world = await openChaosWorld(processes);
  try {
    const places = await Promise.all(
      Array.from({ length: repositories }, (_, i) => openWorkplace(world, `shop-${i + 1}`)),
    );
    const happened = timeline(options.tell);
    const until = Date.now() + options.seconds * 1000;
    const over = () => Date.now() > until;
    const merged = () => places.flatMap((p) => p.proposals).filter((one) => one.fate === 'merged').length;
    const done = () => over() && merged() >= options.merges;
    const desks = places.flatMap((place, i) =>
      Array.from({ length: authors }, (_, k) =>
        work(world, place, seededRandom(seed * 1000 + i * authors + k), done, happened),
      ),
    );
    const struck = { world, random: seededRandom(seed), timeline: happened, held: new Set<number>() };
    const [strikes] = await Promise.all([strikeUntil(over, struck), ...desks]);
    happened.note('nothing goes wrong any more');
    const dead = await revive(world, happened);
    const unsettled = await settle(world, places, happened);
    happened.note(unsettled.length === 0 ? 'all is quiet' : 'it does not settle');
    const problems = [...strikes.problems, ...dead, ...unsettled, ...(await broken(world, places))];
    const all = places.flatMap((place) => place.proposals);
    const [counted] = await world.query<{ runs: number; jobs: number; webhooks: number }>(`
      select (select count(*)::integer from run) as runs, (select count(*)::integer from pgboss.job) as jobs,
        (select count(*)::integer from delivery) as webhooks`);
    return {
      problems,
      timeline: happened.lines,
      faults: strikes.counts,
      figures: {
        'pull requests': all.length,
        merged: merged(),
        ...counted,
        'calls to AWS': world.proxy.count(),
        'requests to GitHub': world.shop.github.requests.entries.length,
      },
      logs: [...world.logs, ...world.shop.processes.map((one) => one.log())],
    };
  } finally {
    await world.stop();
  }
}

/** One that ended though nobody had ended it is a defect; the rest goes on with all of them. */
async function revive(world: ChaosWorld, happened: Timeline): Promise<readonly string[]> {
  const dead = world.shop.processes.flatMap((one, index) => (one.isRunning() ? [] : [index]));
  const problems = dead.map((index) => {
    return `process ${index + 1} ended by itself:\n${lastLines(world.shop.processes[index]!.log())}`;
  });
  for (const index of dead) await startAgain(world, seededRandom(1), index);
  if (dead.length > 0) happened.note(`${dead.length} processes had ended by themselves`);
  return problems;
}
