import type { Actor } from '../model/actor.ts';
import { coversRepository, type Installation, type Level, type Token } from '../model/app.ts';
import type { Repository } from '../model/repository.ts';
import { includesRole, type Role, roleOf } from '../model/role.ts';
import type { World } from '../model/world.ts';
import type { Access, Call } from './call.ts';
import { notFound, refusal } from './refusal.ts';

/** The actor that a token stands for. */
export function actorOf(token: Token): Actor {
  if (token.kind === 'user') return { account: token.account, installation: null, permissions: null };
  const { installation, permissions } = token;
  return { account: installation.app.bot, installation, permissions };
}

/** Whether a token reaches a repository: its installation covers it, and the token was not narrowed to others. */
function reaches(token: Token & { kind: 'installation' }, repository: Repository): boolean {
  if (!coversRepository(token.installation, repository)) return false;
  return token.repositories === 'all' || token.repositories.has(repository.id);
}

/** The role that a token gives in a repository. */
export function tokenRole(world: World, repository: Repository, token: Token | null): Role {
  if (token?.kind !== 'installation') return roleOf(world, repository, token?.account ?? null);
  if (!reaches(token, repository)) return repository.private ? 'none' : 'read';
  return token.permissions.contents === 'write' ? 'write' : 'read';
}

/** Whether a level of permission includes another. */
export function includesLevel(held: Level | undefined, needed: Level): boolean {
  const levels: readonly (Level | undefined)[] = ['read', 'write', 'admin'];
  return levels.indexOf(held) >= levels.indexOf(needed);
}

/** Refuses the call, in GitHub's way, when its caller may not make it. */
export function requireAllowed(call: Call, access: Access, signedIn: boolean): void {
  if (access.scope === 'anyone') return;
  if (access.scope === 'app') {
    void call.app;
    return;
  }
  if (access.scope === 'repository') {
    requireOnRepository(call, access);
    return;
  }
  if (!signedIn) throw refusal(401, 'Requires authentication');
  if (access.scope === 'installation' && call.token?.kind !== 'installation') {
    throw refusal(
      403,
      'You must authenticate with an installation access token in order to list repositories for an installation.',
    );
  }
  if (access.scope === 'organisation') requireInOrganisation(call, access);
}

type Scoped = Extract<Access, { readonly permission: unknown }>;

function requireOnRepository(call: Call, access: Scoped): void {
  const { repository, token, role } = call;
  if (role === 'none') throw notFound();
  if (!token) {
    if (access.level === 'write') throw refusal(401, 'Requires authentication');
    return;
  }
  if (token.kind === 'user') {
    if (includesRole(role, access.role)) return;
    throw refusal(
      403,
      `Must have ${access.role === 'admin' ? 'admin rights' : `${access.role} access`} to Repository.`,
    );
  }
  const publicRead = access.level === 'read' && !reaches(token, repository) && !repository.private;
  if (publicRead) return;
  if (!reaches(token, repository)) throw inaccessible(access, call);
  requirePermission(token, access, call);
}

function requireInOrganisation(call: Call, access: Scoped): void {
  const { organisation, token } = call;
  if (token?.kind === 'installation') {
    if (token.installation.account.id !== organisation.id) throw inaccessible(access, call);
    requirePermission(token, access, call);
  } else if (!organisation.members.has(call.actor.account.login.toLowerCase())) {
    throw notFound();
  }
}

function requirePermission(token: Token & { kind: 'installation' }, access: Scoped, call: Call): void {
  const name = typeof access.permission === 'string' ? access.permission : access.permission(call);
  if (name === 'metadata' && access.level === 'read') return;
  if (!includesLevel(token.permissions[name], access.level)) throw inaccessible(access, call);
}

function inaccessible(access: Scoped, call: Call) {
  const name = typeof access.permission === 'string' ? access.permission : access.permission(call);
  return refusal(403, 'Resource not accessible by integration', {
    headers: { 'x-accepted-github-permissions': `${name}=${access.level}` },
  });
}

/** Which of an account's repositories an installation's token reaches. */
export function reachable(token: Token, repositories: readonly Repository[]): Repository[] {
  if (token.kind !== 'installation') return [...repositories];
  return repositories.filter((repository) => reaches(token, repository));
}

/** The installation that an App has on an account. */
export function installationOn(world: World, appId: number, accountId: number): Installation | null {
  return (
    [...world.installations.values()].find((one) => one.app.id === appId && one.account.id === accountId) ??
    null
  );
}
