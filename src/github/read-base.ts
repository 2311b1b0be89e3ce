import type { Base, PullRequest } from '../workflow/repository.ts';
import type { RepositoryAccess } from './open-repository.ts';
import { type BlobAnswer, blobSelection, textOf } from './read-files.ts';

interface Answer {
  readonly repository: {
    readonly ref: { readonly target: { readonly oid: string } } | null;
    readonly pullRequest: {
      readonly mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN';
      readonly potentialMergeCommit: {
        readonly oid: string;
        readonly parents: { readonly nodes: readonly { readonly oid: string }[] };
      } | null;
    };
  } & { readonly [file: `f${number}`]: Partial<BlobAnswer> | null };
}

const queryFor = (
  files: number,
) => `query ($owner: String!, $repo: String!, $number: Int!, $ref: String!${Array.from({ length: files }, (_, i) => `, $e${i}: String!`).join('')}) {
  repository(owner: $owner, name: $repo) {
    ref(qualifiedName: $ref) { target { oid } }
    ${Array.from({ length: files }, (_, i) => `f${i}: object(expression: $e${i}) ${blobSelection}`).join('\n    ')}
    pullRequest(number: $number) {
      mergeable
      potentialMergeCommit { oid parents(first: 2) { nodes { oid } } }
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
  const expressions = Object.fromEntries(paths.map((path, i) => [`e${i}`, `${ref}:${path}`]));
  const { repository } = await octokit.graphql<Answer>(queryFor(paths.length), {
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
  return { files, merge: trialMerge(repository, headSha) };
}

function trialMerge({ ref, pullRequest }: Answer['repository'], headSha: string): Base['merge'] {
  const { mergeable, potentialMergeCommit: commit } = pullRequest;
  if (mergeable === 'CONFLICTING') return { kind: 'conflict' };
  const [base, head] = commit?.parents.nodes ?? [];
  if (!commit || !base || base.oid !== ref?.target.oid || head?.oid !== headSha) return { kind: 'computing' };
  return { kind: 'commit', sha: commit.oid, base: base.oid };
}
