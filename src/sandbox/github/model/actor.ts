import { refusal } from '../http/refusal.ts';
import type { Account } from './account.ts';
import type { Installation, Permissions } from './app.ts';
import type { Repository } from './repository.ts';
import { includesRole, type Role, roleOf } from './role.ts';
import type { World } from './world.ts';

/** Who does something: a person, or an App through one of its installations. */
export interface Actor {
  readonly account: Account;
  readonly installation: Installation | null;
  /** Of an App: what its token allows. Null for people. */
  readonly permissions: Permissions | null;
}

/** A person as an actor. */
export function person(account: Account): Actor {
  return { account, installation: null, permissions: null };
}

/** The role in which an actor acts on a repository. An App has what its `contents` permission amounts to. */
export function actorRole(world: World, repository: Repository, actor: Actor): Role {
  if (!actor.permissions) return roleOf(world, repository, actor.account);
  if (actor.permissions.administration === 'write') return 'admin';
  return actor.permissions.contents === 'write' ? 'write' : 'read';
}

/** Refuses with 403 when the actor's role does not include the one needed. */
export function requireRole(world: World, repository: Repository, actor: Actor, needed: Role): void {
  if (includesRole(actorRole(world, repository, actor), needed)) return;
  const message =
    needed === 'admin' ? 'Must have admin rights to Repository.' : 'Must have push access to Repository.';
  throw refusal(403, message);
}

/** Refuses with 403 a person who does not own the organisation. Apps are held by their permissions instead. */
export function requireOrganisationOwner(organisation: Account, actor: Actor): void {
  if (actor.permissions) return;
  if (organisation.members.get(actor.account.login.toLowerCase())?.role === 'admin') return;
  throw refusal(403, 'You must be an organization owner.');
}
