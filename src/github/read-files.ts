import type { RepositoryAccess } from './open-repository.ts';

/** GitHub truncates a blob's text in GraphQL beyond this; larger ones are fetched one by one. */
const filesPerQuery = 200;

interface BlobAnswer {
  readonly text: string | null;
  readonly isTruncated: boolean;
  readonly isBinary: boolean | null;
}

/**
 * Files at a commit, by path, in one GraphQL query for many instead of one REST call each. Paths and commit go
 * in as variables: nothing that an author names becomes part of the query.
 */
export async function readFiles(
  access: RepositoryAccess,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const unique = [...new Set(paths)];
  for (let at = 0; at < unique.length; at += filesPerQuery) {
    await readSome(access, commit, unique.slice(at, at + filesPerQuery), files);
  }
  return files;
}

async function readSome(
  { octokit, owner, repo }: RepositoryAccess,
  commit: string,
  paths: readonly string[],
  files: Map<string, string>,
): Promise<void> {
  const declared = paths.map((_, i) => `$e${i}: String!`).join(', ');
  const fields = paths
    .map((_, i) => `f${i}: object(expression: $e${i}) { ... on Blob { text isTruncated isBinary } }`)
    .join('\n');
  const query = `query ($owner: String!, $repo: String!, ${declared}) {
    repository(owner: $owner, name: $repo) { ${fields} }
  }`;
  const expressions = Object.fromEntries(paths.map((path, i) => [`e${i}`, `${commit}:${path}`]));
  const answer = await octokit.graphql<{ repository: Record<string, Partial<BlobAnswer> | null> }>(query, {
    owner,
    repo,
    ...expressions,
  });
  for (const [i, path] of paths.entries()) {
    const blob = answer.repository[`f${i}`];
    if (!blob || blob.isBinary || blob.text === undefined || blob.text === null) continue;
    files.set(path, blob.isTruncated ? await readWhole({ octokit, owner, repo }, commit, path) : blob.text);
  }
}

async function readWhole(
  { octokit, owner, repo }: Pick<RepositoryAccess, 'octokit' | 'owner' | 'repo'>,
  commit: string,
  path: string,
): Promise<string> {
  const { data } = await octokit.rest.repos.getContent({
    owner,
    repo,
    path,
    ref: commit,
    mediaType: { format: 'raw' },
  });
  // With the raw media type the body is the file itself, which the types of the default one do not know.
  return data as unknown as string;
}
