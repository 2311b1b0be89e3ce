import type { Clock } from '../../base/clock.ts';

/**
 * How long something lasts: so many milliseconds, as it is in a cloud, or so many reads that see it, which
 * does not depend on how fast a test runs.
 */
export type AWhile = { readonly ms: number } | { readonly reads: number };

/** Begins now. Each call counts as one read and says whether it still lasts. */
export function begin(length: AWhile, clock: Clock): () => boolean {
  if ('ms' in length) {
    const end = clock.now().getTime() + length.ms;
    return () => clock.now().getTime() < end;
  }
  let left = length.reads;
  return () => left-- > 0;
}
