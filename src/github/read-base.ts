import type { Base, PullRequest } from '../workflow/repository.ts';
import type { RepositoryAccess } from './open-repository.ts';
import { type BlobAnswer, blobSelection, textOf } from './read-files.ts';
import { differing, type FileVersions, fileVersions } from './rule-commits.ts';

interface Answer {
  readonly repository: {
    readonly rebaseMergeAllowed: boolean;
    readonly ref: { readonly target: { readonly oid: string } } | null;
    readonly pullRequest: {
      readonly mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN';
      readonly potentialMergeCommit:
        | ({
            readonly oid: string;
            readonly parents: { readonly nodes: readonly ({ readonly oid: string } & FileVersions)[] };
          } & FileVersions)
        | null;
    };
  } & { readonly [file: `f${number}`]: Partial<BlobAnswer> | null };
}

const queryFor = (
  paths: readonly string[],
) => `query ($owner: String!, $repo: String!, $number: Int!, $ref: String!${paths.map((_, i) => `, $e${i}: String!, $p${i}: String!`).join('')}) {
  repository(owner: $owner, name: $repo) {
    rebaseMergeAllowed
    ref(qualifiedName: $ref) { target { oid } }
    ${paths.map((_, i) => `f${i}: object(expression: $e${i}) ${blobSelection}`).join('\n    ')}
    pullRequest(number: $number) {
      mergeable
      potentialMergeCommit { oid ${fileVersions(paths)} parents(first: 2) { nodes { oid ${fileVersions(paths)} } } }
    }
  }
}`;

/**
 * Files of the base branch, and the trial merge of the pull request into it, in one call. GitHub makes that merge in
 * the background, and asking for it is what starts it; until then it shows an older one, which its parents give away.
 * https://docs.github.com/en/graphql/reference/objects#pullrequest
 */
export async function readBase(
  access: RepositoryAccess,
  { number, baseRef, headSha }: Pick<PullRequest, 'number' | 'baseRef' | 'headSha'>,
  paths: readonly string[],
): Promise<Base> {
  const { octokit, owner, repo } = access;
  const ref = `refs/heads/${baseRef}`;
  const expressions = Object.fromEntries(
    paths.flatMap((path, i) => [
      [`e${i}`, `${ref}:${path}`],
      [`p${i}`, path],
    ]),
  );
  const { repository } = await octokit.graphql<Answer>(queryFor(paths), {
    owner,
    repo,
    number,
    ref,
    ...expressions,
  });
  const files = new Map<string, string>();
  for (const [i, path] of paths.entries()) {
    const text = await textOf(access, ref, path, repository[`f${i}`], { left: Number.POSITIVE_INFINITY });
    if (text !== undefined) files.set(path, text);
  }
  return { files, merge: trialMerge(repository, headSha, paths) };
}

function trialMerge(
  { ref, pullRequest, rebaseMergeAllowed }: Answer['repository'],
  headSha: string,
  paths: readonly string[],
): Base['merge'] {
  const { mergeable, potentialMergeCommit: commit } = pullRequest;
  if (mergeable === 'CONFLICTING') return { kind: 'conflict' };
  const [base, head] = commit?.parents.nodes ?? [];
  if (!commit || !base || !head || base.oid !== ref?.target.oid || head.oid !== headSha)
    return { kind: 'computing' };
  return {
    kind: 'commit',
    sha: commit.oid,
    base: base.oid,
    changed: differing(paths, base, commit),
    // A merge by rebase may come to something else where they are not what the head has.
    rebased: rebaseMergeAllowed ? differing(paths, head, commit) : [],
  };
}
