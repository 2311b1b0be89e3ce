import { ok, type RouteTable } from '../http/call.ts';
import type { RateLimit } from '../http/rate-limit.ts';

/** Where the caller stands with the rate limit. Asking does not count. */
export const rateLimitRoutes: RouteTable = {
  'GET /rate_limit': {
    access: { scope: 'anyone' },
    handle({ limit }) {
      const core = shown(limit);
      return ok({ resources: { core, search: core, graphql: core }, rate: core });
    },
  },
};

function shown({ limit, used, remaining, reset }: RateLimit) {
  return { limit, used, remaining, reset };
}
