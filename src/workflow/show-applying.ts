import type { StackReview } from '../review/review.ts';
import type { Merge } from './apply-merge.ts';
import { publishComment } from './publish-review.ts';
import { reviewHead } from './review-pull-request.ts';

/** A merge of many stacks says so of those alone that begin so long after the last that was told of. */
const tellEveryMs = 10_000;

/**
 * The one comment says that a stack is being applied: until then it asks to merge what is merged. One call, and none
 * where the last one was a moment ago; the checks stay as they are until the end. A courtesy: GitHub refusing it must
 * not stop an apply.
 *
 * @param shown the stack as it was shown, or is begun with
 */
export async function showApplying(merge: Merge, shown: StackReview): Promise<void> {
  const { workflow, repository, pullRequest, record, stacks } = merge;
  const now = workflow.clock.now().getTime();
  if (!record || now - (merge.toldAt ?? Number.NEGATIVE_INFINITY) < tellEveryMs) return;
  merge.toldAt = now;
  const applying: StackReview = { ...shown, phase: 'applying' };
  const known = record.review.stacks.some((s) => s.stack === shown.stack);
  const others = record.review.stacks.map((s) =>
    s.stack === shown.stack ? applying : (stacks.get(s.stack) ?? s),
  );
  const review = {
    ...reviewHead(workflow, repository, pullRequest),
    headSha: record.headSha,
    diagnostics: [],
    stacks: known ? others : [...others, applying],
  };
  try {
    const told = { ...pullRequest, headSha: record.headSha };
    const { retrying } = record;
    const next = await publishComment(workflow, repository, told, review, record, { phase: 'applying' });
    // What is tried again stays that until the end: the other environments' turn is still to come.
    merge.record = { ...next, ...(retrying === undefined ? {} : { retrying }) };
    await workflow.pullRequests.put(merge.record);
  } catch (error) {
    workflow.log.warn({ err: error, about: shown.stack }, 'could not say that it is being applied');
  }
}
