import type { Person } from '../approval/approval.ts';
import type { RepositoryAccess } from './open-repository.ts';
import { unlessGone } from './unless-gone.ts';

/** What one person may do in the repository, and in which of those `teams` they are. */
export async function readPerson(
  access: RepositoryAccess,
  login: string,
  teams: readonly string[],
): Promise<Person> {
  const [permission, memberOf] = await Promise.all([
    permissionOf(access, login),
    Promise.all(teams.map(async (team) => ((await isMember(access, team, login)) ? [team] : []))),
  ]);
  return { login, permission, teams: memberOf.flat() };
}

/** `none` also for a login that nobody has any more. */
export async function permissionOf(
  { octokit, owner, repo }: RepositoryAccess,
  login: string,
): Promise<Person['permission']> {
  const found = await unlessGone(
    octokit.rest.repos.getCollaboratorPermissionLevel({ owner, repo, username: login }),
  );
  return toPermission(found?.data.role_name ?? found?.data.permission ?? 'none', found?.data.permission);
}

/** The same of up to a hundred people who have access, by lower-case login: in one call. */
export async function permissionsOfCollaborators({
  octokit,
  owner,
  repo,
}: RepositoryAccess): Promise<ReadonlyMap<string, Person['permission']>> {
  const { data } = await octokit.rest.repos.listCollaborators({ owner, repo, per_page: 100 });
  const highest = (may: (typeof data)[number]['permissions']) =>
    may?.admin ? 'admin' : may?.maintain ? 'maintain' : may?.push ? 'write' : may?.triage ? 'triage' : 'read';
  return new Map(data.map((c) => [c.login.toLowerCase(), toPermission(c.role_name, highest(c.permissions))]));
}

/** Membership of `@org/team`; GitHub counts members of child teams too. Pending invitations do not count. */
export async function isMember({ octokit }: RepositoryAccess, team: string, login: string): Promise<boolean> {
  const [org, slug] = team.replace(/^@/, '').split('/');
  if (org === undefined || slug === undefined) return false;
  const membership = await unlessGone(
    octokit.rest.teams.getMembershipForUserInOrg({ org, team_slug: slug, username: login }),
  );
  return membership?.data.state === 'active';
}

const permissions = ['admin', 'maintain', 'write', 'triage', 'read', 'none'] as const;

/** `role_name` tells maintain and triage apart; a custom role has a name of its own and falls back on `permission`. */
function toPermission(role: string, permission: string | undefined): Person['permission'] {
  const known = (name: string | undefined) => permissions.find((p) => p === name);
  return known(role) ?? known(permission) ?? 'none';
}
