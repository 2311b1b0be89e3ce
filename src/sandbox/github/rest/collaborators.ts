import { addCollaborator } from '../actions/repositories.ts';
import { type Call, noContent, ok, onRepository, type RouteTable } from '../http/call.ts';
import { fieldsOf } from '../http/fields.ts';
import { notFound } from '../http/refusal.ts';
import type { Account } from '../model/account.ts';
import type { Repository } from '../model/repository.ts';
import { includesRole, type Role, roleOf, teamRoleOf } from '../model/role.ts';
import { findAccount, type World } from '../model/world.ts';
import { renderAccount } from '../render/account.ts';
import { renderPermissions } from '../render/repository.ts';
import { renderListedTeam } from '../render/team.ts';

/** Who may do what in a repository. */
export const collaboratorRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/collaborators': {
    access: onRepository('metadata', 'read', 'write'),
    handle(call) {
      const { world, repository } = call;
      const people = peopleOf(world, repository);
      return ok(call.page(people).map((account) => renderCollaborator(world, repository, account)));
    },
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}': {
    access: onRepository('metadata', 'read', 'write'),
    handle(call) {
      const account = accountIn(call);
      if (!peopleOf(call.world, call.repository).includes(account)) throw notFound();
      return noContent;
    },
  },
  'PUT /repos/{owner}/{repo}/collaborators/{username}': {
    access: onRepository('administration', 'write', 'admin'),
    async handle(call) {
      const { world, repository, actor } = call;
      const permission = fieldsOf(call, 'Collaborator').optionalOneOf('permission', [
        'pull',
        'triage',
        'push',
        'maintain',
        'admin',
      ]);
      const role = permission === 'pull' ? 'read' : (permission ?? 'push') === 'push' ? 'write' : permission!;
      await addCollaborator(world, repository, actor, accountIn(call), role as Role);
      return noContent;
    },
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': {
    access: onRepository('metadata', 'read', 'read'),
    handle(call) {
      const { world, repository } = call;
      const account = accountIn(call);
      const role = roleOf(world, repository, account);
      return ok({
        permission: coarse(role),
        role_name: role,
        user: renderCollaborator(world, repository, account),
      });
    },
  },
  'GET /repos/{owner}/{repo}/teams': {
    access: onRepository('administration', 'read', 'read'),
    handle(call) {
      const { world, repository } = call;
      const teams = world.teams.filter((team) => teamRoleOf(repository, team) !== 'none');
      return ok(
        call.page(teams).map((team) => ({
          ...renderListedTeam(world, team),
          permission: apiPermission(teamRoleOf(repository, team)),
        })),
      );
    },
  },
};

/** The people who have more than everybody has, through whatever. */
function peopleOf(world: World, repository: Repository): Account[] {
  const everybody = roleOf(world, repository, null);
  return [...world.accounts.values()].filter((account) => {
    const role = roleOf(world, repository, account);
    const member = repository.owner.members.has(account.login.toLowerCase());
    return account.type === 'User' && (member || (role !== everybody && includesRole(role, everybody)));
  });
}

function renderCollaborator(world: World, repository: Repository, account: Account) {
  const role = roleOf(world, repository, account);
  return { ...renderAccount(world, account), permissions: renderPermissions(role), role_name: role };
}

/** The four old words for roles, in which `permission` is answered. */
function coarse(role: Role): string {
  if (role === 'triage') return 'read';
  return role === 'maintain' ? 'write' : role;
}

function apiPermission(role: Role): string {
  return role === 'read' ? 'pull' : role === 'write' ? 'push' : role;
}

function accountIn(call: Call): Account {
  const account = findAccount(call.world, call.path.username!);
  if (!account) throw notFound();
  return account;
}
