import type { Fault, World } from './fault.ts';

export interface DelaySettings {
  readonly ms: number;
  /** Up to so much more, at random. */
  readonly jitterMs?: number;
  /** `before` (the default) the call is passed on, or `after`, which delays only the answer. */
  readonly when?: 'before' | 'after';
}

/** Lets the client wait. */
export const delay: Fault<DelaySettings> = {
  create: ({ ms, jitterMs = 0, when = 'before' }, world) => ({
    matched: async (call, next) => {
      const length = ms + world.random() * jitterMs;
      if (when === 'before') await pause(length, world);
      const answer = await next(call);
      if (when === 'after') await pause(length, world);
      return answer;
    },
  }),
};

function pause(ms: number, { clock, stopped }: World): Promise<void> {
  // Aborted when the proxy stops, and then there is nobody left to wait for.
  return clock.sleep(ms, stopped).catch(() => {});
}
