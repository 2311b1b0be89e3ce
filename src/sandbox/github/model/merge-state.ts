import { isAncestor } from '../git/commits.ts';
import { mergeTrees } from '../git/merge.ts';
import { requiredCheckState, rollup } from './checks-on-commit.ts';
import type { PullRequestIssue, Review } from './pull-request.ts';
import { baseTip } from './pull-request-range.ts';
import type { BranchProtection, Repository } from './repository.ts';
import { includesRole, roleOf } from './role.ts';
import type { World } from './world.ts';

/** What the API calls `mergeable` and `mergeable_state`. */
export interface MergeState {
  /** Whether git can merge it; null for a pull request that is closed. */
  readonly mergeable: boolean | null;
  readonly state: 'clean' | 'dirty' | 'blocked' | 'behind' | 'unstable' | 'draft' | 'unknown';
}

/** Whether the head merges into the tip of the base branch. Asked of git, and remembered for the pair of commits. */
export async function mergesCleanly(repository: Repository, issue: PullRequestIssue): Promise<boolean> {
  const { pull } = issue;
  const base = baseTip(repository, issue);
  if (!base) return false;
  if (pull.mergeability?.base === base && pull.mergeability.head === pull.headSha)
    return pull.mergeability.clean;
  const clean = 'tree' in (await mergeTrees(repository.git, base, pull.headSha));
  pull.mergeability = { base, head: pull.headSha, clean };
  return clean;
}

/** Where a pull request stands between its author and the merge button. */
export async function mergeStateOf(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
): Promise<MergeState> {
  if (issue.state === 'closed') return { mergeable: null, state: 'unknown' };
  if (!(await mergesCleanly(repository, issue))) return { mergeable: false, state: 'dirty' };
  if (issue.pull.draft) return { mergeable: true, state: 'draft' };
  const obstacles = await protectionObstacles(world, repository, issue, issue.pull.headSha);
  if (obstacles.some((obstacle) => obstacle.kind === 'behind')) return { mergeable: true, state: 'behind' };
  if (obstacles.length > 0) return { mergeable: true, state: 'blocked' };
  const checks = rollup(repository, issue.pull.headSha);
  return { mergeable: true, state: checks === 'failing' || checks === 'pending' ? 'unstable' : 'clean' };
}

/** A reason for which branch protection refuses a merge, in the words of GitHub's answer. */
export interface Obstacle {
  readonly kind: 'checks' | 'reviews' | 'behind';
  readonly message: string;
}

/** Everything that the base branch's protection still asks of a pull request. Empty means that it may be merged. */
export async function protectionObstacles(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  sha: string,
): Promise<Obstacle[]> {
  const protection = repository.protections.get(issue.pull.baseRef);
  if (!protection) return [];
  const obstacles = [
    ...reviewObstacles(world, repository, issue, protection),
    ...checkObstacles(repository, sha, protection),
  ];
  const tip = baseTip(repository, issue);
  if (protection.requiredStatusChecks?.strict && tip && !(await isAncestor(repository.git, tip, sha))) {
    obstacles.push({ kind: 'behind', message: 'The head branch is not up to date with the base branch.' });
  }
  return obstacles;
}

function checkObstacles(repository: Repository, sha: string, protection: BranchProtection): Obstacle[] {
  const required = protection.requiredStatusChecks?.checks ?? [];
  const open = required
    .map(({ context, appId }) => ({ context, state: requiredCheckState(repository, sha, context, appId) }))
    .filter(({ state }) => state !== 'passing');
  const words = { expected: 'expected', pending: 'in progress', failing: 'failing', passing: 'passing' };
  if (open.length === 0) return [];
  const [first] = open;
  if (open.length === 1 && first) {
    return [
      { kind: 'checks', message: `Required status check "${first.context}" is ${words[first.state]}.` },
    ];
  }
  const same = open.every(({ state }) => state === first?.state);
  const message = same
    ? `${open.length} of ${required.length} required status checks are ${words[first!.state]}.`
    : `${open.length} of ${required.length} required status checks have not succeeded: ${open
        .map(({ context, state }) => `"${context}" is ${words[state]}`)
        .join(', ')}.`;
  return [{ kind: 'checks', message }];
}

function reviewObstacles(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  protection: BranchProtection,
): Obstacle[] {
  const count = protection.requiredReviews?.count ?? 0;
  const counting = latestReviews(issue).filter((review) =>
    includesRole(roleOf(world, repository, review.author), 'write'),
  );
  if (protection.requiredReviews && counting.some((review) => review.state === 'CHANGES_REQUESTED')) {
    return [{ kind: 'reviews', message: 'Changes have been requested by reviewers with write access.' }];
  }
  if (counting.filter((review) => review.state === 'APPROVED').length >= count) return [];
  const plural = count === 1 ? 'review is' : 'reviews are';
  return [
    {
      kind: 'reviews',
      message: `At least ${count} approving ${plural} required by reviewers with write access.`,
    },
  ];
}

/** Each reviewer's last word: a plain comment does not take back an approval. */
export function latestReviews({ pull }: PullRequestIssue): Review[] {
  const latest = new Map<number, Review>();
  for (const review of pull.reviews) {
    if (review.state === 'COMMENTED' || review.state === 'PENDING') continue;
    latest.set(review.author.id, review);
  }
  return [...latest.values()];
}
