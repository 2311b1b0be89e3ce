import { ok, type RouteTable } from '../http/call.ts';

const nothing = { total_count: 0, incomplete_results: false, items: [] as [] };

/** Search, which never finds anything: an index that lags is what an App must cope with. */
export const searchRoutes: RouteTable = {
  'GET /search/code': { access: { scope: 'signed-in' }, handle: () => ok(nothing) },
  'GET /search/issues': {
    access: { scope: 'anyone' },
    handle: () => ok({ ...nothing, search_type: 'lexical' }),
  },
  'GET /search/repositories': { access: { scope: 'anyone' }, handle: () => ok(nothing) },
};
