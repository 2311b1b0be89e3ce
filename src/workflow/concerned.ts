import { isVotedOn, type StackReview } from '../review/review.ts';
import type { StackId } from '../stack/stack.ts';
import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** Numbers of the other pull requests to which it matters what became of a merge. */
export interface Concerned {
  /** They plan what has just been changed, or wait for it: planned again, or applied. */
  readonly changed: readonly number[];
  /** Merged before, and what they left unsettled is settled by it: they say so. */
  readonly settled: readonly number[];
}

/** Whom it concerns that a merge has changed these stacks. The same whenever it is asked, until others change them. */
export async function concernedBy(
  workflow: PullRequestWorkflow,
  repository: Pick<Repository, 'fullName'>,
  number: number,
  stacks: readonly StackReview[],
): Promise<Concerned> {
  const ended = stacks.filter((s) => ['applied', 'failed', 'cancelled', 'rolled-back'].includes(s.phase));
  const applied = ended.filter((s) => s.phase === 'applied');
  const [changed, settled] = await Promise.all([
    changedUnder(workflow, repository, number, ended),
    Promise.all(applied.map((s) => unsettledBefore(workflow, s.stack, number))),
  ]);
  return { changed, settled: [...new Set(settled.flat())] };
}

/**
 * Whom it concerns that other settings hold: all that are open and show what has to be approved, or that change the
 * settings themselves: what meant nothing before may do so now.
 */
export async function settingsConcern(
  { pullRequests }: Pick<PullRequestWorkflow, 'pullRequests'>,
  { fullName }: Pick<Repository, 'fullName'>,
  number: number,
): Promise<Concerned> {
  const others = await pullRequests.openReviews(fullName, number);
  return {
    changed: others.filter((o) => o.settings || isVotedOn(o)).map(({ pullRequest }) => pullRequest),
    settled: [],
  };
}

/** Others that plan one of the stacks, or wait for it. */
export async function changedUnder(
  { pullRequests }: PullRequestWorkflow,
  { fullName }: Pick<Repository, 'fullName'>,
  number: number,
  stacks: readonly { readonly stack: StackId }[],
): Promise<readonly number[]> {
  const others = await Promise.all(stacks.map(({ stack }) => pullRequests.openOn(fullName, stack, number)));
  return [...new Set(others.flat())];
}

/** The pull request whose run was the stack's last one before those of this merge, where it did not succeed. */
async function unsettledBefore(
  { state }: PullRequestWorkflow,
  stack: StackId,
  number: number,
): Promise<readonly number[]> {
  const before = (await state.latestRuns(stack, runsRemembered)).find(
    (run) => run.cause.pullRequest !== number,
  );
  if (!before || (before.status === 'succeeded' && before.cause.rollbackTo === undefined)) return [];
  const { pullRequest } = before.cause;
  return typeof pullRequest === 'number' ? [pullRequest] : [];
}

/** A merge that is tried again and again has a run each time. */
const runsRemembered = 20;
