import { seededRandom } from '../../src/sandbox/fault-proxy/random.ts';

/** Some of these, always the same for the same seed, in their own order. */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  const random = seededRandom(seed);
  const drawn = all
    .map((one, index) => ({ one, index, lot: random() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, count);
  return drawn.sort((a, b) => a.index - b.index).map(({ one }) => one);
}

/** The seed that the environment gives, or one of today's; printed, so that a failure can be had again. */
export function seedOf(what: string): number {
  const seed = Number(process.env.CORPUS_SEED ?? Date.now() % 1_000_000);
  console.log(`${what}: CORPUS_SEED=${seed}`);
  return seed;
}
