import type { Diagnostic } from '../base/diagnostic.ts';
import { renderChecks } from '../review/checks.ts';
import type { Review, StackReview } from '../review/review.ts';
import { publishReview } from './publish-review.ts';
import type { Repository } from './repository.ts';
import { reviewHead } from './review-pull-request.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** What is shown where Slipway itself gave up. */
export const trouble: Diagnostic = {
  severity: 'error',
  code: 'internal',
  summary: 'Slipway could not handle this pull request and has stopped trying',
  remedy:
    'Push a commit, or press Re-run of the check, to try again. The log of the App says what went wrong.',
};

/** Nobody applies it any more; what was begun is finished by whoever comes next. */
function givenUp(stack: StackReview): StackReview {
  return stack.phase === 'applying' ? { ...stack, phase: 'planned' } : stack;
}

/**
 * Tells the people of a pull request that Slipway itself gave up on it, so that no check is left pending and
 * nobody waits for an answer that does not come. The checks are concluded also where what cannot be done is to
 * show the rest.
 */
export async function reportTrouble(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
): Promise<void> {
  const [pullRequest, record] = await Promise.all([
    repository.pullRequest(number),
    workflow.pullRequests.get(repository.fullName, number),
  ]);
  if (!pullRequest.isDefaultBase || (pullRequest.state === 'closed' && !pullRequest.merged)) return;
  const review: Review = {
    ...reviewHead(workflow, repository, pullRequest),
    stacks: (record?.review.stacks ?? []).map(givenUp),
    diagnostics: [trouble],
  };
  try {
    await publishReview(workflow, repository, pullRequest, review, record);
  } catch (error) {
    await repository.publishChecks(pullRequest.headSha, renderChecks({ ...review, stacks: [] }));
    throw error;
  }
}
