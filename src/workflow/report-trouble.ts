import type { Review } from '../review/review.ts';
import { publishReview } from './publish-review.ts';
import type { Repository } from './repository.ts';
import { reviewHead } from './review-pull-request.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Tells the people of a pull request that Slipway itself gave up on it, so that no check is left pending and
 * nobody waits for an answer that does not come.
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
  const review: Review = {
    ...reviewHead(workflow, repository, pullRequest),
    stacks: record?.review.stacks ?? [],
    diagnostics: [
      {
        severity: 'error',
        code: 'internal',
        summary: 'Slipway could not handle this pull request and has stopped trying',
        remedy: 'Comment /slipway plan to try again. The log of the App says what went wrong.',
      },
    ],
  };
  await publishReview(workflow, repository, pullRequest, review, record);
}
