import type { Account, Team, TeamMember } from './account.ts';
import type { World } from './world.ts';

/** A team's members and those of all teams below it, by lower-case login. */
export function allTeamMembers(world: World, team: Team): Map<string, TeamMember> {
  const members = new Map(team.members);
  for (const child of childTeams(world, team)) {
    for (const [login, member] of allTeamMembers(world, child)) {
      if (!members.has(login)) members.set(login, { account: member.account, role: 'member' });
    }
  }
  return members;
}

/** The teams directly below a team. */
export function childTeams(world: World, team: Team): Team[] {
  return world.teams.filter((other) => other.parent?.id === team.id);
}

/** The team of an organisation with this slug. */
export function findTeam(world: World, organisation: Account, slug: string): Team | null {
  const wanted = slug.toLowerCase();
  return world.teams.find((team) => team.organisation.id === organisation.id && team.slug === wanted) ?? null;
}
