/** Which open pull requests plan the same stacks: known from what is stored of them, without asking GitHub. */
import { canonicalJson } from '../base/canonical-json.ts';
import { overlapOf } from '../plan/overlap.ts';
import type { OtherPlan } from '../review/overlap-section.ts';
import type { Review, StackReview } from '../review/review.ts';
import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

type Place = Pick<Repository, 'fullName'>;

/** The review with what others plan for its stacks. */
export async function withOthers(
  { pullRequests }: Pick<PullRequestWorkflow, 'pullRequests'>,
  { fullName }: Place,
  review: Review,
): Promise<Review> {
  const { others: _, ...alone } = review;
  if (review.merged || review.stacks.every((s) => !s.plan)) return alone;
  const others = othersOf(review, await pullRequests.openReviews(fullName, review.pullRequest));
  return others.length === 0 ? alone : { ...alone, others };
}

/** Numbers of the others whose comments do not say of this one what is so now. */
export async function notYetTold(
  { pullRequests }: Pick<PullRequestWorkflow, 'pullRequests'>,
  { fullName }: Place,
  number: number,
): Promise<readonly number[]> {
  const reviews = await pullRequests.openReviews(fullName);
  const own = reviews.filter((r) => r.pullRequest === number);
  const ofThis = (others: readonly OtherPlan[] = []) => others.filter((o) => o.pullRequest === number);
  return reviews
    .filter((r) => r.pullRequest !== number && !r.merged)
    .filter((r) => canonicalJson(othersOf(r, own)) !== canonicalJson(ofThis(r.others)))
    .map((r) => r.pullRequest);
}

/** Where a merge has been applied, or settled by others, it does not land any more. */
function stillLands({ phase, aftermath }: StackReview): boolean {
  return phase !== 'applied' && aftermath?.settledBy === undefined;
}

function othersOf(review: Review, reviews: readonly Review[]): readonly OtherPlan[] {
  return reviews.flatMap(({ pullRequest, stacks }) =>
    review.stacks.flatMap(({ stack, plan, environment, file }) => {
      const theirs = stacks.find((s) => s.stack === stack && stillLands(s))?.plan;
      const overlap = plan && theirs && overlapOf(plan, theirs);
      return overlap ? [{ pullRequest, environment, file, overlap }] : [];
    }),
  );
}
