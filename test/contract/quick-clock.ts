import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/base/clock.ts';

/** A clock that skips what is slept: minutes of waiting pass in no time, and deadlines still come. */
export function quickClock(): Clock & { readonly slept: () => number } {
  const begun = Date.now();
  let skipped = 0;
  return {
    now: () => new Date(begun + skipped),
    slept: () => skipped,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      skipped += ms;
      await setImmediate();
    },
  };
}
