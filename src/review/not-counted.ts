/** Whose yes did not count, and why: for as long as it matters. */
import type { Rejected } from '../approval/approval.ts';
import { prose } from './escape.ts';
import { share } from './problems.ts';
import { type Review, type StackReview, stateOf } from './review.ts';
import { formatNumber, type State } from './words.ts';

const begun: readonly State[] = ['applying', 'applied', 'rolled-back', 'settled'];

/**
 * What is worth saying of one stack: nothing of what was said for another environment that is shown, and nothing
 * once it is applied.
 */
export function notCountedOf(stack: StackReview, { stacks }: Pick<Review, 'stacks'>): readonly Rejected[] {
  if (begun.includes(stateOf(stack))) return [];
  const shown = new Set(stacks.map((s) => s.environment));
  return (stack.decision?.rejected ?? []).filter(
    ({ kind, statement }) => kind !== 'other-environment' || !shown.has(statement.environment ?? ''),
  );
}

/** `**Not counted**` and the list; empty when there is nothing to say. At most `max` of them. */
export function notCountedSection(review: Review, max: number): string {
  const ofSettings = (review.settings?.gate?.decision.rejected ?? []).map((r) => r.reason);
  const reasons = [
    ...ofSettings,
    ...share(review.stacks, (s) => notCountedOf(s, review).map((r) => r.reason)).map(({ item }) => item),
  ];
  if (reasons.length === 0) return '';
  return [
    '**Not counted**',
    '',
    ...reasons.slice(0, max).map((reason) => `- ${prose(reason)}`),
    ...(reasons.length > max ? [`- … and ${formatNumber(reasons.length - max)} more`] : []),
  ].join('\n');
}
