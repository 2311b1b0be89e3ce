import type { LoadWorld } from './world.ts';

/** Seconds until no job waits or runs, at most so many. */
export async function drained({ query }: Pick<LoadWorld, 'query'>, mostSeconds: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const [left] = await query<{ jobs: number }>(
      `select count(*)::integer as jobs from pgboss.job where name = 'slipway' and state < 'completed'`,
    );
    const seconds = (performance.now() - began) / 1000;
    if (left?.jobs === 0 || seconds > mostSeconds) return seconds;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
