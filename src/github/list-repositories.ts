import type { RepositoryPlace } from '../jobs/kinds.ts';
import type { Octokit } from './open-repository.ts';

/** The repositories that the App covers: of one installation, or of all that are not suspended. */
export async function* listRepositories(
  client: (installation?: number) => Promise<Octokit>,
  only?: number,
): AsyncGenerator<Required<RepositoryPlace>> {
  for (const installation of only === undefined ? await installations(await client()) : [only]) {
    const octokit = await client(installation);
    const pages = octokit.paginate.iterator(octokit.rest.apps.listReposAccessibleToInstallation, {
      per_page: 100,
    });
    for await (const { data } of pages) {
      for (const { id, name, owner, archived } of data) {
        if (!archived) yield { installation, owner: owner.login, repo: name, repositoryId: id };
      }
    }
  }
}

async function installations(octokit: Octokit): Promise<readonly number[]> {
  const all = await octokit.paginate(octokit.rest.apps.listInstallations, { per_page: 100 });
  return all.filter((i) => !i.suspended_at).map((i) => i.id);
}
