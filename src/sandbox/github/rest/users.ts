import { ok, type RouteTable } from '../http/call.ts';
import { notFound } from '../http/refusal.ts';
import { findAccount } from '../model/world.ts';
import { renderProfile } from '../render/account.ts';

/** Users. */
export const userRoutes: RouteTable = {
  'GET /user': {
    access: { scope: 'signed-in' },
    handle: ({ world, actor }) => ok(renderProfile(world, actor.account)),
  },
  'GET /users/{username}': {
    access: { scope: 'anyone' },
    handle({ world, path }) {
      const account = findAccount(world, path.username!);
      if (!account) throw notFound();
      return ok(renderProfile(world, account));
    },
  },
  'GET /users/{username}/keys': {
    access: { scope: 'anyone' },
    handle(call) {
      const account = findAccount(call.world, call.path.username!);
      if (!account) throw notFound();
      return ok(call.page(account.keys).map(({ id, key }) => ({ id, key })));
    },
  },
};
