import { setTimeout as sleep } from 'node:timers/promises';
import { isConcluded } from '../e2e/repository.ts';
import { openJobs } from './jobs.ts';
import { help, type Proposal, type Workplace } from './people.ts';
import type { Timeline } from './timeline.ts';
import type { ChaosWorld } from './world.ts';

/** How long it may take until everything is as it has to be, once nothing goes wrong any more. */
const settlesWithinMs = 240_000;

/** Longer than from one sweep to the next, which finds what nobody told of. */
const quietMs = 6_000;

/** Helps where Slipway asks for it, until nothing is left to be done. Says what still is after its time. */
export async function settle(
  world: ChaosWorld,
  places: readonly Workplace[],
  { note }: Timeline,
): Promise<readonly string[]> {
  let told = '';
  const until = Date.now() + settlesWithinMs;
  let quietSince: number | undefined;
  for (;;) {
    for (const place of places) for (const one of place.proposals) await help(world, place, one);
    const left = await unsettled(world, places);
    const now = left.join('\n  ');
    if (now !== told) note(`left to do: ${left.length}\n  ${now}`);
    told = now;
    if (left.length > 0) quietSince = undefined;
    else quietSince ??= Date.now();
    if (quietSince !== undefined && Date.now() - quietSince > quietMs) return [];
    if (Date.now() > until) return left.map((what) => `it does not settle: ${what}`);
    await sleep(500);
  }
}

async function unsettled(world: ChaosWorld, places: readonly Workplace[]): Promise<readonly string[]> {
  const jobs = await openJobs(world);
  const proposals = places.flatMap((place) =>
    place.proposals
      .filter((one) => !isSettled(one))
      .map((one) => `${place.repository.name}#${one.pull.number} (${one.fate}) shows ${headOf(one)}`),
  );
  return [
    ...jobs.map(({ kind, key, state, error }) => `a job ${kind} of ${key} is ${state}: ${error ?? ''}`),
    ...proposals,
  ];
}

function isSettled({ pull, fate }: Proposal): boolean {
  const seen = pull.look();
  if (fate === 'closed') return true;
  if (!isConcluded(seen)) return false;
  return fate === 'open' ? !/^## ❌/m.test(seen.comment) : /^## (✅|⚪|☑️)/m.test(seen.comment);
}

export function headOf({ pull }: Proposal): string {
  const seen = pull.look();
  const checks = Object.entries(seen.checks).map(([name, c]) => `${name} ${c.conclusion ?? c.status}`);
  return `${/^## .*/m.exec(seen.comment)?.[0] ?? 'no comment'} [${checks.join(', ')}]`;
}
