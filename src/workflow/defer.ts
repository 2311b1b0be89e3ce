import type { StackReview } from '../review/review.ts';
import type { Environment } from '../settings/settings.ts';
import type { Shown } from '../state/pull-requests.ts';

/**
 * A planned stack as it is shown before the merge. Where its environment asks for approval only after it, nobody is
 * asked now, and nobody is told that their approval does not count for it.
 */
export function beforeMerge(stack: StackReview, { approve }: Environment): StackReview {
  if (approve !== 'after-merge') return stack;
  const { decision } = stack;
  const rejected = decision?.rejected.filter((r) => r.statement.override !== undefined) ?? [];
  return { ...stack, deferred: true, ...(decision ? { decision: { ...decision, rejected } } : {}) };
}

/** What an approval of what was shown is for: not for what was to be approved later. */
export function approvable({ digests, deferred = [] }: Shown): Shown['digests'] {
  return Object.fromEntries(Object.entries(digests).filter(([stack]) => !deferred.includes(stack)));
}
