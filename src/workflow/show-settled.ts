import type { Review } from '../review/review.ts';
import { aftermathNow, phaseOf } from './aftermath.ts';
import { changedUnder } from './concerned.ts';
import { withLeftBehind } from './left-behind.ts';
import { publishReview } from './publish-review.ts';
import type { Repository } from './repository.ts';
import { reviewHead } from './review-pull-request.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Shows on a merged pull request what has been done elsewhere about what it left unsettled: an operator's word, or a
 * later pull request. Nothing is planned and nothing applied. Returns the numbers of those that may go on now.
 */
export async function showSettled(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
): Promise<readonly number[]> {
  const [pullRequest, record] = await Promise.all([
    repository.pullRequest(number),
    workflow.pullRequests.get(repository.fullName, number),
  ]);
  if (!pullRequest.merged || !record) return [];
  const seen = await Promise.all(
    record.review.stacks.map(async (stack) => {
      const aftermath = await aftermathNow(workflow, repository, number, stack);
      return aftermath ? { ...stack, aftermath } : stack;
    }),
  );
  const stacks = withLeftBehind(seen);
  const review: Review = {
    ...record.review,
    ...reviewHead(workflow, repository, pullRequest),
    headSha: record.review.headSha,
    stacks,
  };
  const shown = { ...pullRequest, headSha: record.headSha };
  await publishReview(workflow, repository, shown, review, record, { phase: phaseOf(stacks) });
  const left = seen.filter((s) => s.aftermath);
  return changedUnder(workflow, repository, number, left);
}
