import { decide } from '../approval/decide.ts';
import type { Review, StackReview } from '../review/review.ts';
import type { Settings } from '../settings/settings.ts';
import { findEnvironment } from '../settings/settings.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { electorate } from './gate.ts';
import { publishReview } from './publish-review.ts';
import type { PullRequest, Repository } from './repository.ts';
import { reviewHead } from './review-pull-request.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Decides the gates again over the plans that are shown, with the statements as they are now, and shows the
 * result. For when somebody spoke: no plan is made, so the cloud is not asked.
 */
export async function redecide(
  workflow: PullRequestWorkflow,
  repository: Repository,
  pullRequest: PullRequest,
  settings: Settings,
  record: PullRequestRecord,
): Promise<PullRequestRecord> {
  const { statements } = record;
  const electors = await electorate(workflow, repository, pullRequest, settings, record);
  const redecided = (stack: StackReview): StackReview => {
    const environment = findEnvironment(settings, stack.environment);
    if (!stack.plan || !environment) return stack;
    const { plan, findings } = stack;
    return {
      ...stack,
      decision: decide({ plan, rules: environment.approvals, findings, statements, ...electors }),
    };
  };
  const review: Review = {
    ...record.review,
    ...reviewHead(workflow, repository, pullRequest),
    // What is shown is a plan of this commit; a newer one has a job of its own that will show it.
    headSha: record.review.headSha,
    stacks: record.review.stacks.map(redecided),
  };
  return publishReview(workflow, repository, { ...pullRequest, headSha: record.headSha }, review, record, {
    statements,
  });
}
