import type { Clock } from '../../../base/clock.ts';

/** How much of its hour a caller has used. */
export interface RateLimit {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

/** Counts calls by caller, an hour at a time. */
export interface RateLimiter {
  /** Where a caller stands. */
  peek(key: string): RateLimit;
  /** Counts one call. */
  count(key: string): RateLimit;
}

const hour = 3600;
const anonymousLimit = 60;

/** Makes a limiter whose hours follow the clock given. */
export function rateLimiter(clock: Clock, signedInLimit: number): RateLimiter {
  const windows = new Map<string, { used: number; reset: number }>();
  function windowOf(key: string) {
    const now = Math.floor(clock.now().getTime() / 1000);
    const known = windows.get(key);
    if (known && known.reset > now) return known;
    const fresh = { used: 0, reset: now + hour };
    windows.set(key, fresh);
    return fresh;
  }
  const limiter: RateLimiter = {
    peek(key) {
      const { used, reset } = windowOf(key);
      const limit = key === 'anonymous' ? anonymousLimit : signedInLimit;
      return { limit, used, remaining: Math.max(0, limit - used), reset };
    },
    count(key) {
      windowOf(key).used++;
      return limiter.peek(key);
    },
  };
  return limiter;
}
