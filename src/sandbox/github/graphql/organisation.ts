import { includesLevel } from '../http/allow.ts';
import type { Account } from '../model/account.ts';
import type { Token } from '../model/app.ts';
import { allTeamMembers, childTeams, findTeam } from '../model/team.ts';
import { findAccount } from '../model/world.ts';
import { nodeId } from '../render/addresses.ts';
import { type Asker, refuse } from './resolvers.ts';

type Membership = 'ALL' | 'CHILD_TEAM' | 'IMMEDIATE';

/** An organisation with its teams, for who may see them, as graphql-js reads it. */
export function organisationFields({ login }: { login: string }, { world, token }: Asker) {
  const organisation = findAccount(world, login);
  if (organisation?.type !== 'Organization') {
    throw refuse('NOT_FOUND', `Could not resolve to an Organization with the login of '${login}'.`);
  }
  return {
    login: organisation.login,
    team({ slug }: { slug: string }) {
      if (!seesTeams(organisation, token))
        throw refuse('FORBIDDEN', 'Resource not accessible by integration');
      const team = findTeam(world, organisation, slug);
      if (!team) return null;
      return {
        slug: team.slug,
        members: ({ first, membership }: { first?: number; membership: Membership }) => {
          const below = childTeams(world, team).flatMap((child) => [
            ...allTeamMembers(world, child).values(),
          ]);
          const all = {
            ALL: [...allTeamMembers(world, team).values()],
            CHILD_TEAM: below,
            IMMEDIATE: [...team.members.values()],
          }[membership];
          return {
            totalCount: all.length,
            nodes: all.slice(0, first).map(({ account }) => userFields(account)),
          };
        },
      };
    },
  };
}

function seesTeams(organisation: Account, token: Token): boolean {
  if (token.kind === 'user') return organisation.members.has(token.account.login.toLowerCase());
  const { installation, permissions } = token;
  return installation.account.id === organisation.id && includesLevel(permissions.members, 'read');
}

/** A person, as graphql-js reads one. */
export function userFields(account: Account): { readonly id: string; readonly login: string } {
  return { id: nodeId('User', account.id), login: account.login };
}
