import type { RepositoryAccess } from './open-repository.ts';

interface Answer {
  readonly repository: { readonly defaultBranchRef: { readonly target: { readonly oid: string } } | null };
}

/** https://docs.github.com/en/graphql/reference/objects#repository: of an empty repository there is none. */
const query = `query ($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) { defaultBranchRef { target { oid } } }
}`;

/** The commit of the default branch as it is now, whatever the branch is called. */
export async function defaultBranch({ octokit, owner, repo }: RepositoryAccess): Promise<string> {
  const { repository } = await octokit.graphql<Answer>(query, { owner, repo });
  const commit = repository.defaultBranchRef?.target.oid;
  if (commit === undefined) throw new Error(`${owner}/${repo} has no commit on its default branch`);
  return commit;
}
