import type { Base, PullRequest } from '../workflow/repository.ts';
import type { RepositoryAccess } from './open-repository.ts';
import { type BlobAnswer, blobSelection, textOf } from './read-files.ts';

interface Answer {
  readonly repository: {
    readonly ref: { readonly target: { readonly oid: string } } | null;
    readonly file: Partial<BlobAnswer> | null;
    readonly pullRequest: {
      readonly mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN';
      readonly potentialMergeCommit: {
        readonly oid: string;
        readonly parents: { readonly nodes: readonly { readonly oid: string }[] };
      } | null;
    };
  };
}

const query = `query ($owner: String!, $repo: String!, $number: Int!, $ref: String!, $file: String!) {
  repository(owner: $owner, name: $repo) {
    ref(qualifiedName: $ref) { target { oid } }
    file: object(expression: $file) ${blobSelection}
    pullRequest(number: $number) {
      mergeable
      potentialMergeCommit { oid parents(first: 2) { nodes { oid } } }
    }
  }
}`;

/**
 * A file of the base branch, and the trial merge of the pull request into it, in one call. GitHub makes that merge in
 * the background, and asking for it is what starts it; until then it shows an older one, which its parents give away.
 * https://docs.github.com/en/graphql/reference/objects#pullrequest
 */
export async function readBase(
  access: RepositoryAccess,
  { number, baseRef, headSha }: Pick<PullRequest, 'number' | 'baseRef' | 'headSha'>,
  path: string,
): Promise<Base> {
  const { octokit, owner, repo } = access;
  const ref = `refs/heads/${baseRef}`;
  const { repository } = await octokit.graphql<Answer>(query, {
    owner,
    repo,
    number,
    ref,
    file: `${ref}:${path}`,
  });
  const text = await textOf(access, ref, path, repository.file, { left: Number.POSITIVE_INFINITY });
  return { text, merge: trialMerge(repository, headSha) };
}

function trialMerge({ ref, pullRequest }: Answer['repository'], headSha: string): Base['merge'] {
  const { mergeable, potentialMergeCommit: commit } = pullRequest;
  if (mergeable === 'CONFLICTING') return { kind: 'conflict' };
  const [base, head] = commit?.parents.nodes ?? [];
  if (!commit || base?.oid !== ref?.target.oid || head?.oid !== headSha) return { kind: 'computing' };
  return { kind: 'commit', sha: commit.oid };
}
