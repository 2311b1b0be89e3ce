import { SlipwayError } from '../base/error.ts';
import type { RepositoryPlace } from '../jobs/kinds.ts';
import type { Directory } from '../provider/slipway/access/directory.ts';
import type { Octokit } from './open-repository.ts';
import { unlessGone } from './unless-gone.ts';

/**
 * The people around a repository. What was asked once is not asked again: it is opened anew for each plan, and what a
 * plan says in one place it has to say in the other.
 */
export function openDirectory(
  client: (installation: number) => Promise<Octokit>,
  { installation, owner, repo }: RepositoryPlace,
): Directory {
  const asked = new Map<string, Promise<unknown>>();
  const once = <T>(what: string, ask: (octokit: Octokit) => Promise<T>): Promise<T> => {
    const known = asked.get(what) as Promise<T> | undefined;
    if (known) return known;
    const answer = client(installation)
      .then(ask)
      .catch((error: unknown) => refuse(what, error));
    asked.set(what, answer);
    return answer;
  };
  return {
    hasAccess: (login) =>
      once(`whether ${login} has access to ${owner}/${repo}`, async ({ rest }) => {
        const found = await unlessGone(rest.repos.checkCollaborator({ owner, repo, username: login }));
        return found !== undefined;
      }),
    members: (team) =>
      once(`who is in ${team}`, async ({ rest, paginate }) => {
        const [org = '', team_slug = ''] = team.replace(/^@/, '').split('/');
        if (org.toLowerCase() !== owner.toLowerCase()) return undefined;
        const pages = paginate(rest.teams.listMembersInOrg, { org, team_slug, per_page: 100 });
        return (await unlessGone(pages))?.map(({ login }) => login.toLowerCase());
      }),
    keys: (login) =>
      once(`which keys ${login} publishes`, async ({ rest, paginate }) => {
        const pages = paginate(rest.users.listPublicKeysForUser, { username: login, per_page: 100 });
        return ((await unlessGone(pages)) ?? []).map(({ key }) => key);
      }),
  };
}

function refuse(what: string, error: unknown): never {
  const { status } = error as { readonly status?: unknown };
  if (typeof status !== 'number') throw error;
  throw new SlipwayError('people-unknown', {
    summary: `GitHub answered with ${status} when it was asked ${what}`,
    remedy:
      status === 403
        ? "Give the App the permission 'Members: read', and accept it where it is installed."
        : 'Try again with /slipway plan.',
    cause: error,
  });
}
