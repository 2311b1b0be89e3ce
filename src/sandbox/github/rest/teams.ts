import { addTeamMember, removeTeamMember } from '../actions/accounts.ts';
import { type Call, noContent, ok, onOrganisation, type RouteTable } from '../http/call.ts';
import { fieldsOf } from '../http/fields.ts';
import { notFound } from '../http/refusal.ts';
import type { Team, TeamMember } from '../model/account.ts';
import { requireOrganisationOwner } from '../model/actor.ts';
import { allTeamMembers, childTeams, findTeam } from '../model/team.ts';
import { findAccount, type World } from '../model/world.ts';
import { renderAccount } from '../render/account.ts';
import { apiUrl } from '../render/addresses.ts';
import { renderFullTeam, renderListedTeam } from '../render/team.ts';

const membership = '/orgs/{org}/teams/{team_slug}/memberships/{username}';

/** Teams and who is in them. */
export const teamRoutes: RouteTable = {
  'GET /orgs/{org}/teams': {
    access: onOrganisation('members', 'read'),
    handle(call) {
      const { world, organisation } = call;
      const teams = world.teams.filter((team) => team.organisation.id === organisation.id);
      return ok(call.page(teams).map((team) => renderListedTeam(world, team)));
    },
  },
  'GET /orgs/{org}/teams/{team_slug}': {
    access: onOrganisation('members', 'read'),
    handle: (call) => ok(renderFullTeam(call.world, teamIn(call))),
  },
  'GET /orgs/{org}/teams/{team_slug}/teams': {
    access: onOrganisation('members', 'read'),
    handle(call) {
      const children = call.page(childTeams(call.world, teamIn(call)));
      return ok(children.map((team) => renderListedTeam(call.world, team)));
    },
  },
  'GET /orgs/{org}/teams/{team_slug}/members': {
    access: onOrganisation('members', 'read'),
    handle(call) {
      const role = call.query.get('role') ?? 'all';
      const members = [...allTeamMembers(call.world, teamIn(call)).values()].filter(
        (member) => role === 'all' || member.role === role,
      );
      return ok(call.page(members).map((member) => renderAccount(call.world, member.account)));
    },
  },
  [`GET ${membership}` as const]: {
    access: onOrganisation('members', 'read'),
    handle(call: Call) {
      const team = teamIn(call);
      const member = allTeamMembers(call.world, team).get(call.path.username!.toLowerCase());
      if (!member) throw notFound();
      return ok(renderMembership(call.world, team, member));
    },
  },
  [`PUT ${membership}` as const]: {
    access: onOrganisation('members', 'write'),
    async handle(call: Call) {
      const { world, actor, organisation } = call;
      requireOrganisationOwner(organisation, actor);
      const team = teamIn(call);
      const account = findAccount(world, call.path.username!);
      if (!account) throw notFound();
      const role = fieldsOf(call, 'Membership').optionalOneOf('role', ['member', 'maintainer']) ?? 'member';
      await addTeamMember(world, team, actor, account, role);
      return ok(renderMembership(world, team, { account, role }));
    },
  },
  [`DELETE ${membership}` as const]: {
    access: onOrganisation('members', 'write'),
    async handle(call: Call) {
      const { world, actor, organisation } = call;
      requireOrganisationOwner(organisation, actor);
      const account = findAccount(world, call.path.username!);
      if (account) await removeTeamMember(world, teamIn(call), actor, account);
      return noContent;
    },
  },
};

function teamIn({ world, organisation, path }: Call): Team {
  const team = findTeam(world, organisation, path.team_slug!);
  if (!team) throw notFound();
  return team;
}

function renderMembership(world: World, team: Team, member: TeamMember) {
  const { login } = member.account;
  return {
    url: `${apiUrl(world)}/organizations/${team.organisation.id}/team/${team.id}/memberships/${login}`,
    role: member.role,
    state: 'active' as const,
  };
}
