import type { Account, Team } from './account.ts';
import type { Repository } from './repository.ts';
import { allTeamMembers } from './team.ts';
import type { World } from './world.ts';

/** What a person may do in a repository, from nothing to everything. */
export const roles = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Whether one role includes another. */
export function includesRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** The strongest of an account's roles in a repository: as owner, organisation member, collaborator or in teams. */
export function roleOf(world: World, repository: Repository, account: Account | null): Role {
  const held: Role[] = [repository.private ? 'none' : 'read'];
  if (account) {
    const login = account.login.toLowerCase();
    if (repository.owner.id === account.id) held.push('admin');
    const member = repository.owner.members.get(login);
    if (member) held.push(member.role === 'admin' ? 'admin' : 'read');
    held.push(repository.collaborators.get(login)?.role ?? 'none');
    for (const grant of repository.teamGrants.values()) {
      if (allTeamMembers(world, grant.team).has(login)) held.push(grant.role);
    }
  }
  return held.reduce((best, role) => (includesRole(role, best) ? role : best), 'none');
}

/** A team's role in a repository; a child team has its parent's. */
export function teamRoleOf(repository: Repository, team: Team): Role {
  const own = repository.teamGrants.get(team.id)?.role ?? 'none';
  const parents = team.parent ? teamRoleOf(repository, team.parent) : 'none';
  return includesRole(own, parents) ? own : parents;
}

/** How an account relates to a repository, as the API says beside every comment. */
export type Association = 'OWNER' | 'MEMBER' | 'COLLABORATOR' | 'CONTRIBUTOR' | 'NONE';

/** The association of an author with a repository. */
export function associationOf(repository: Repository, account: Account): Association {
  const login = account.login.toLowerCase();
  if (repository.owner.id === account.id) return 'OWNER';
  if (repository.owner.members.has(login)) return 'MEMBER';
  if (repository.collaborators.has(login)) return 'COLLABORATOR';
  for (const issue of repository.issues.values()) {
    if (issue.pull?.mergedAt && issue.author.id === account.id) return 'CONTRIBUTOR';
  }
  return 'NONE';
}
