import { canonicalJson } from '../base/canonical-json.ts';
import { withOthers } from './overlaps.ts';
import { ifIntact, publishComment } from './publish-review.ts';
import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Says on an open pull request what others plan for its stacks now. Nothing is planned, and the checks stay as they
 * are. A comment that somebody has altered is left alone: what is planned next writes it anew.
 */
export async function showOverlaps(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
): Promise<void> {
  const record = await workflow.pullRequests.get(repository.fullName, number);
  if (record?.phase !== 'open' || record.review.merged || record.commentId === undefined) return;
  const review = await withOthers(workflow, repository, record.review);
  if (canonicalJson(review.others ?? []) === canonicalJson(record.review.others ?? [])) return;
  const intact = await ifIntact(repository, record);
  if (!intact) return;
  await workflow.pullRequests.put(await publishComment(workflow, repository, intact, review, intact));
}
