import { issueInstallationToken } from '../actions/installation-tokens.ts';
import { installationOn, reachable } from '../http/allow.ts';
import { type Call, created, type Data, noContent, ok, type RouteTable } from '../http/call.ts';
import { fieldsOf } from '../http/fields.ts';
import { notFound } from '../http/refusal.ts';
import type { Installation } from '../model/app.ts';
import { findAccount, repositoriesOf } from '../model/world.ts';
import { renderOwnApp, renderRestInstallation } from '../render/app.ts';
import { renderRepository } from '../render/repository.ts';

/** What an App sees of itself, its installations and their tokens. */
export const appRoutes: RouteTable = {
  'GET /app': {
    access: { scope: 'app' },
    handle: ({ world, app }) => ok(renderOwnApp(world, app)),
  },
  'GET /app/installations': {
    access: { scope: 'app' },
    handle(call) {
      const { world, app } = call;
      const mine = [...world.installations.values()].filter((one) => one.app.id === app.id);
      const rendered = call.page(mine).map((one) => renderRestInstallation(world, one));
      // The published type of this list wants each account to be a user and an enterprise at once.
      return ok(rendered as unknown as Data<'GET /app/installations'>);
    },
  },
  'GET /app/installations/{installation_id}': {
    access: { scope: 'app' },
    handle: (call) => ok(renderRestInstallation(call.world, ownInstallation(call))),
  },
  'POST /app/installations/{installation_id}/access_tokens': {
    access: { scope: 'app' },
    handle(call) {
      const body = fieldsOf(call, 'AccessToken');
      const token = issueInstallationToken(call.world, ownInstallation(call), {
        repositories: body.texts('repositories') ?? null,
        repositoryIds: (body.values.repository_ids as number[] | undefined) ?? null,
        permissions: (body.object('permissions')?.values as Record<string, string> | undefined) ?? null,
      });
      return created(token);
    },
  },
  'DELETE /installation/token': {
    access: { scope: 'installation' },
    handle({ world, token }) {
      for (const [secret, known] of world.tokens) if (known === token) world.tokens.delete(secret);
      return noContent;
    },
  },
  'GET /installation/repositories': {
    access: { scope: 'installation' },
    handle(call) {
      const { world, token } = call;
      const installation = token?.kind === 'installation' ? token.installation : null;
      const all = installation ? reachable(token!, repositoriesOf(world, installation.account)) : [];
      return ok({
        total_count: all.length,
        repository_selection: installation?.repositories === 'all' ? 'all' : 'selected',
        repositories: call.page(all).map((repository) => renderRepository(world, repository)),
      });
    },
  },
  'GET /repos/{owner}/{repo}/installation': {
    access: { scope: 'app' },
    handle({ world, app, repository }) {
      const found = installationOn(world, app.id, repository.owner.id);
      if (!found || (found.repositories !== 'all' && !found.repositories.has(repository.id)))
        throw notFound();
      return ok(renderRestInstallation(world, found));
    },
  },
  'GET /orgs/{org}/installation': {
    access: { scope: 'app' },
    handle({ world, app, organisation }) {
      const found = installationOn(world, app.id, organisation.id);
      if (!found) throw notFound();
      return ok(renderRestInstallation(world, found));
    },
  },
  'GET /users/{username}/installation': {
    access: { scope: 'app' },
    handle({ world, app, path }) {
      const account = findAccount(world, path.username!);
      const found = account && installationOn(world, app.id, account.id);
      if (!found) throw notFound();
      return ok(renderRestInstallation(world, found));
    },
  },
};

function ownInstallation(call: Call): Installation {
  const found = call.world.installations.get(call.number('installation_id'));
  if (!found || found.app.id !== call.app.id) throw notFound();
  return found;
}
