import type { Review, StackReview } from '../review/review.ts';
import { findEnvironment } from '../settings/settings.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { beforeMerge } from './defer.ts';
import { type About, decidePlan, electorate, pathsOfTemplates } from './gate.ts';
import { publishReview } from './publish-review.ts';
import { type BaseSettings, pathsOf } from './read-settings.ts';
import type { PullRequest, Repository } from './repository.ts';
import { reviewHead } from './review-pull-request.ts';
import { reviewSettings } from './review-settings.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Decides the gates again over the plans that are shown, with the statements as they are now, and shows the
 * result. For when somebody spoke: no plan is made, so the cloud is not asked.
 */
export async function redecide(
  workflow: PullRequestWorkflow,
  repository: Repository,
  pullRequest: PullRequest,
  settings: BaseSettings,
  record: PullRequestRecord,
): Promise<PullRequestRecord> {
  const { statements } = record;
  const about = await whatIsShown(repository, record);
  const electors = await electorate(workflow, repository, pullRequest, settings, record, about);
  const redecided = (stack: StackReview): StackReview => {
    const environment = findEnvironment(settings, stack.environment);
    if (!stack.plan || !environment) return stack;
    const { plan, findings } = stack;
    const decision = decidePlan(plan, findings, environment, statements, electors);
    return stack.deferred ? beforeMerge({ ...stack, decision }, environment) : { ...stack, decision };
  };
  const { settings: proposed, ...reviewed } = record.review;
  const review: Review = {
    ...reviewed,
    ...reviewHead(workflow, repository, pullRequest),
    // What is shown is a plan of this commit; a newer one has a job of its own that will show it.
    headSha: record.review.headSha,
    stacks: record.review.stacks.map(redecided),
    ...(proposed
      ? { settings: reviewSettings(proposed, proposed.gate?.change, settings, statements, electors) }
      : {}),
  };
  return publishReview(workflow, repository, { ...pullRequest, headSha: record.headSha }, review, record, {
    statements,
    paths: about.paths,
    labels: pullRequest.labels,
  });
}

/** What the plans that are shown are about. Records of before the paths were kept have none. */
export async function whatIsShown(repository: Repository, record: PullRequestRecord): Promise<About> {
  const paths = record.paths ?? pathsOf(await repository.changedFiles(record.number));
  const { stacks, settings } = record.review;
  const owned = [
    ...pathsOfTemplates(stacks.map((s) => s.plan ?? s)),
    ...(settings?.gate?.change.files ?? []),
  ];
  return { paths, owned };
}
