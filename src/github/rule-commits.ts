import type { RepositoryAccess } from './open-repository.ts';

interface Answer {
  readonly repository: {
    readonly pullRequest: {
      readonly commits: {
        readonly nodes: readonly { readonly commit: FileVersions & Parents }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    };
  };
}

/** `f0`, `f1`, ...: what each of the paths holds at a commit. */
export type FileVersions = { readonly [file: `f${number}`]: { readonly oid: string } | null };

interface Parents {
  readonly parents: { readonly totalCount: number; readonly nodes: readonly FileVersions[] };
}

/** Which of the paths, given as variables `$p0`, `$p1`, ..., a commit holds, and as what. */
export function fileVersions(paths: readonly string[]): string {
  return paths.map((_, i) => `f${i}: file(path: $p${i}) { oid }`).join(' ');
}

/** Those of the paths whose versions differ. */
export function differing(
  paths: readonly string[],
  one: FileVersions,
  other: FileVersions,
): readonly string[] {
  return paths.filter((_, i) => one[`f${i}`]?.oid !== other[`f${i}`]?.oid);
}

/**
 * Those of the paths that more than one commit of the pull request changes, merges aside: a rebase would do each of them
 * once more, whatever all of them together come to. One alone comes to the same as a merge.
 */
export async function changedRepeatedly(
  { octokit, owner, repo }: RepositoryAccess,
  number: number,
  paths: readonly string[],
): Promise<readonly string[]> {
  const declared = paths.map((_, i) => `, $p${i}: String!`).join('');
  const query = `query ($owner: String!, $repo: String!, $number: Int!, $after: String${declared}) {
  repository(owner: $owner, name: $repo) { pullRequest(number: $number) {
    commits(first: 100, after: $after) {
      nodes { commit { ${fileVersions(paths)} parents(first: 2) { totalCount nodes { ${fileVersions(paths)} } } } }
      pageInfo { hasNextPage endCursor }
    }
  } }
}`;
  const variables = { owner, repo, number, ...Object.fromEntries(paths.map((path, i) => [`p${i}`, path])) };
  const times = new Map<string, number>();
  for (let after: string | null = null; ; ) {
    const answer: Answer = await octokit.graphql<Answer>(query, { ...variables, after });
    const { nodes, pageInfo } = answer.repository.pullRequest.commits;
    for (const { commit } of nodes) {
      const [parent] = commit.parents.nodes;
      if (commit.parents.totalCount > 1 || !parent) continue;
      for (const path of differing(paths, commit, parent)) times.set(path, (times.get(path) ?? 0) + 1);
    }
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null)
      return paths.filter((path) => (times.get(path) ?? 0) > 1);
    after = pageInfo.endCursor;
  }
}
