/** What CI runs a part of, always the same one, and an npm script runs whole. */
import { seededRandom } from '../src/sandbox/fault-proxy/random.ts';

/**
 * Some of these, in their own order, as `NAME_SEED` draws them; `NAME=all` takes all of them. Which ones does not
 * depend on what was drawn before: test files share a process, in any order.
 */
export function drawn<T>(name: string, all: readonly T[], count: number): readonly T[] {
  if (process.env[name] === 'all' || all.length <= count) return all;
  return sample(all, count, keptSeedOf(name));
}

/** Some of these, always the same for the same seed, in their own order. */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  const random = seededRandom(seed);
  const lots = all
    .map((one, index) => ({ one, index, lot: random() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, count);
  return lots.sort((a, b) => a.index - b.index).map(({ one }) => one);
}

/**
 * The seed of what `NAME` draws: the one in `NAME_SEED`, a new one under `NAME_SEED=any` or `SEED=any`, and else
 * always the same, so that what fails in CI is the change that was made. Printed, so that a failure can be had again.
 */
export function seedOf(name: string): number {
  const wanted = process.env[`${name}_SEED`] ?? process.env.SEED ?? '1';
  const seed = wanted === 'any' ? Date.now() % 1_000_000 : Number(wanted);
  console.log(`${name}_SEED=${seed}`);
  return seed;
}

const seeds = new Map<string, number>();

/** Printed once. */
function keptSeedOf(name: string): number {
  const seed = seeds.get(name) ?? seedOf(name);
  seeds.set(name, seed);
  return seed;
}
