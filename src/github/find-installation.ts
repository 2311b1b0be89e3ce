import type { RepositoryPlace } from '../jobs/kinds.ts';
import type { Octokit } from './open-repository.ts';
import { unlessGone } from './unless-gone.ts';

/** Where a repository is reached; undefined where the App is not installed on it. `octokit` is the App's own. */
export async function findInstallation(
  octokit: Octokit,
  { owner, repo }: Pick<RepositoryPlace, 'owner' | 'repo'>,
): Promise<RepositoryPlace | undefined> {
  const found = await unlessGone(octokit.rest.apps.getRepoInstallation({ owner, repo }));
  return found && { installation: found.data.id, owner, repo };
}
