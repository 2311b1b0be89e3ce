import type { Endpoints } from '@octokit/types';
import type { Team as WebhookTeam } from '@octokit/webhooks-types';
import type { Team } from '../model/account.ts';
import { allTeamMembers } from '../model/team.ts';
import { repositoriesOf, type World } from '../model/world.ts';
import { apiUrl, nodeId } from './addresses.ts';

/** A team without its parent, which is how a parent itself is shown. */
function renderSimpleTeam(world: World, team: Team) {
  const url = `${apiUrl(world)}/organizations/${team.organisation.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    url,
    html_url: `${world.url}/orgs/${team.organisation.login}/teams/${team.slug}`,
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
  } satisfies Omit<WebhookTeam, 'parent'>;
}

/** A team, as lists and webhook payloads show it. */
export function renderTeam(world: World, team: Team) {
  return {
    ...renderSimpleTeam(world, team),
    parent: team.parent ? renderSimpleTeam(world, team.parent) : null,
  } satisfies WebhookTeam;
}

/** A team in a REST list, whose type wants to know what kind of team it is. */
export function renderListedTeam(
  world: World,
  team: Team,
): Endpoints['GET /orgs/{org}/teams']['response']['data'][number] {
  const type = { type: 'organization' as const, organization_id: team.organisation.id };
  return {
    ...renderSimpleTeam(world, team),
    ...type,
    parent: team.parent ? { ...renderSimpleTeam(world, team.parent), ...type } : null,
  };
}

/** A team with its counts, as `GET /orgs/{org}/teams/{team_slug}` answers. */
export function renderFullTeam(
  world: World,
  team: Team,
): Endpoints['GET /orgs/{org}/teams/{team_slug}']['response']['data'] {
  const { organisation } = team;
  const url = `${apiUrl(world)}/orgs/${organisation.login}`;
  const repositories = repositoriesOf(world, organisation);
  return {
    ...renderSimpleTeam(world, team),
    type: 'organization',
    organization_id: organisation.id,
    parent: renderListedTeam(world, team).parent,
    members_count: allTeamMembers(world, team).size,
    repos_count: repositories.filter((repository) => repository.teamGrants.has(team.id)).length,
    created_at: team.createdAt,
    updated_at: team.createdAt,
    organization: {
      login: organisation.login,
      id: organisation.id,
      node_id: nodeId('Organization', organisation.id),
      url,
      repos_url: `${url}/repos`,
      events_url: `${url}/events`,
      hooks_url: `${url}/hooks`,
      issues_url: `${url}/issues`,
      members_url: `${url}/members{/member}`,
      public_members_url: `${url}/public_members{/member}`,
      avatar_url: `${world.url}/avatars/${organisation.login}`,
      description: null,
      name: organisation.name,
      html_url: `${world.url}/${organisation.login}`,
      has_organization_projects: false,
      has_repository_projects: false,
      public_repos: repositories.filter((repository) => !repository.private).length,
      public_gists: 0,
      followers: 0,
      following: 0,
      type: 'Organization',
      created_at: organisation.createdAt,
      updated_at: organisation.createdAt,
      archived_at: null,
    },
  };
}
