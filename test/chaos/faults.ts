/** What goes wrong: each fault strikes, lasts for a while, and leaves everything as it was. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultSettings } from '../../src/sandbox/fault-proxy/index.ts';
import type { Random } from '../../src/sandbox/fault-proxy/random.ts';
import type { RequestFault, WebhookFault } from '../../src/sandbox/github/http/faults.ts';
import { pick } from './templates.ts';
import type { Timeline } from './timeline.ts';
import type { ChaosWorld } from './world.ts';

export interface Struck {
  readonly world: ChaosWorld;
  readonly random: Random;
  readonly timeline: Timeline;
  /** Processes that a fault has in its hands: no other touches them. */
  readonly held: Set<number>;
}

type Fault = (struck: Struck) => Promise<void>;

/** So often as one of all: what breaks most is what comes most. */
interface Weighted {
  readonly weight: number;
  readonly strike: Fault;
}

export const faults: Readonly<Record<string, Weighted>> = {
  'kill -9 of a process': { weight: 4, strike: withProcess(kill) },
  'a process that stalls': { weight: 1, strike: withProcess(stall) },
  'a process that is told to stop': { weight: 1, strike: withProcess(restart) },
  'a crash of the database': { weight: 1, strike: ({ world }) => world.postgres.crash!() },
  'connections to the database cut': { weight: 2, strike: cutConnections },
  'a database that does not answer': { weight: 1, strike: stallDatabase },
  'GitHub is slow': { weight: 1, strike: github({ kind: 'delay', milliseconds: 1_200 }, 0.5) },
  'a secondary rate limit': {
    weight: 1,
    strike: github({ kind: 'secondary-rate-limit', retryAfterSeconds: 2 }, 0.4),
  },
  'GitHub answers 5xx': { weight: 1, strike: github({ kind: 'server-error', status: 502 }, 0.4) },
  'connections to GitHub cut': { weight: 1, strike: github({ kind: 'cut' }, 0.3) },
  "GitHub's answers lost": { weight: 1, strike: github({ kind: 'cut', afterHandling: true }, 0.3) },
  'webhooks duplicated': { weight: 1, strike: webhooks({ kind: 'duplicate' }) },
  'webhooks reordered': { weight: 1, strike: webhooks({ kind: 'reorder' }) },
  'webhooks late': { weight: 1, strike: webhooks({ kind: 'delay', milliseconds: 6_000 }) },
  'webhooks lost': { weight: 1, strike: webhooks({ kind: 'drop' }) },
  'AWS throttles': { weight: 1, strike: aws({ kind: 'throttle' }, 0.4) },
  'AWS answers 5xx': { weight: 1, strike: aws({ kind: 'server-error' }, 0.3) },
  'connections to AWS cut': { weight: 1, strike: aws({ kind: 'cut', when: 'before' }, 0.2) },
  "AWS's answers lost": { weight: 1, strike: aws({ kind: 'cut', when: 'after' }, 0.2) },
  'AWS is slow': { weight: 1, strike: aws({ kind: 'delay', ms: 1_500 }, 0.4) },
};

const all = Object.entries(faults).flatMap(([name, { weight }]) => Array<string>(weight).fill(name));

export interface Strikes {
  /** How often each fault struck. */
  readonly counts: Readonly<Record<string, number>>;
  /** What went wrong that nobody had asked for. */
  readonly problems: readonly string[];
}

/** Faults, one after the other and some at once, until `over` says so; returns when all of them have passed. */
export async function strikeUntil(over: () => boolean, struck: Struck): Promise<Strikes> {
  const { random, timeline } = struck;
  const counts: Record<string, number> = {};
  const problems: string[] = [];
  const going = new Set<Promise<void>>();
  while (!over()) {
    await sleep(1_500 + random() * 4_500);
    const name = pick(random, all);
    counts[name] = (counts[name] ?? 0) + 1;
    timeline.note(`fault: ${name}`);
    const strike = faults[name]!.strike(struck)
      .catch((error: unknown) => void problems.push(`${name}: ${String(error)}`))
      .finally(() => going.delete(strike));
    going.add(strike);
  }
  await Promise.all(going);
  return { counts, problems };
}

/** For one that no other fault has in its hands; where there is none, nothing happens. */
function withProcess(strike: (struck: Struck, index: number) => Promise<void>): Fault {
  return async (struck) => {
    const { world, held, random } = struck;
    const free = world.shop.processes.map((_, i) => i).filter((i) => !held.has(i));
    if (free.length === 0) return;
    const index = pick(random, free);
    held.add(index);
    try {
      if (!world.shop.processes[index]!.isRunning()) {
        const { log } = world.shop.processes[index]!;
        await startAgain(world, random, index);
        throw new Error(`process ${index + 1} had ended by itself:\n${lastLines(log())}`);
      }
      await strike(struck, index);
    } finally {
      held.delete(index);
    }
  };
}

export function lastLines(log: string): string {
  return log.split('\n').slice(-12).join('\n');
}

async function kill({ world, random }: Struck, index: number): Promise<void> {
  await world.shop.processes[index]!.kill();
  await sleep(random() * 4_000);
  await startAgain(world, random, index);
}

async function restart({ world, random }: Struck, index: number): Promise<void> {
  await world.shop.processes[index]!.stop();
  await startAgain(world, random, index);
}

/** As a supervisor does, until it stays: without a database it ends again. */
export async function startAgain({ shop, logs }: ChaosWorld, random: Random, index: number): Promise<void> {
  logs.push(shop.processes[index]!.log());
  // Some keep GitHub's advice on how to space out writes, and some run into its limits.
  const environment = { SLIPWAY_GITHUB_THROTTLE: random() < 0.15 ? 'on' : 'off' };
  for (let attempt = 1; ; attempt++) {
    try {
      return await shop.restart(environment, index);
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(1_000);
    }
  }
}

async function stall({ world, random }: Struck, index: number): Promise<void> {
  const { pid } = world.shop.processes[index]!;
  process.kill(pid, 'SIGSTOP');
  // Shorter and longer than a claim on a job and a lock on a stack live without a word.
  await sleep(pick(random, [2_000, 10_000, 18_000]));
  process.kill(pid, 'SIGCONT');
}

async function cutConnections({ world, random, timeline }: Struck): Promise<void> {
  const times = pick(random, [1, 1, 4]);
  for (let i = 0; i < times; i++) {
    timeline.note(`  ${world.wire.cut(() => random() < 0.6)} connections cut`);
    await sleep(random() * 800);
  }
}

async function stallDatabase({ world, random }: Struck): Promise<void> {
  const goOn = world.wire.stall();
  await sleep(pick(random, [1_000, 6_000, 12_000]));
  if (random() < 0.5) world.wire.cut();
  goOn();
}

/** How long a fault of GitHub's or AWS's lasts. */
const episodeMs = 4_000;

function github(fault: RequestFault, chance: number): Fault {
  return async ({ world }) => {
    const match = { by: 'app', chance, times: Number.POSITIVE_INFINITY } as const;
    const end = world.shop.github.faults.onRequests(match, fault);
    await sleep(episodeMs);
    end();
  };
}

function webhooks(fault: WebhookFault): Fault {
  return async ({ world }) => {
    const match = { chance: 0.6, times: Number.POSITIVE_INFINITY };
    const end = world.shop.github.faults.onWebhooks(match, fault);
    await sleep(episodeMs);
    end();
  };
}

function aws(fault: FaultSettings, chance: number): Fault {
  return async ({ world }) => {
    const end = world.proxy.rules.add({ match: { action: '*', chance }, fault });
    await sleep(episodeMs);
    end();
  };
}
