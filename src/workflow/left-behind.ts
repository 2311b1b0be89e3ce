import type { StackReview } from '../review/review.ts';

/**
 * The stacks of a merge, in the order in which they are applied. What waits for one that another pull request has
 * settled is settled with it: that one never becomes what this merge says, so nothing goes on here by itself, nor by
 * a retry.
 */
export function withLeftBehind(stacks: readonly StackReview[]): readonly StackReview[] {
  const seen: StackReview[] = [];
  for (const stack of stacks) seen.push(leftBehind(stack, seen));
  return seen;
}

function leftBehind(stack: StackReview, before: readonly StackReview[]): StackReview {
  const { waitsFor, ...rest } = stack;
  if (stack.phase !== 'held' || stack.hold || stack.aftermath || waitsFor === undefined) return stack;
  const settled = before.find(
    ({ environment, file, aftermath }) =>
      aftermath?.settledBy !== undefined &&
      (environment === waitsFor || (file === waitsFor && environment === stack.environment)),
  )?.aftermath;
  if (settled?.settledBy === undefined) return stack;
  const { branch, operators, settledBy } = settled;
  // The warning says to see to what comes first, which somebody has.
  const diagnostics = stack.diagnostics.filter(({ code }) => code !== 'apply-order');
  return { ...rest, diagnostics, aftermath: { branch, operators, restore: [], remove: [], settledBy } };
}
