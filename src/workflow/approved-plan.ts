import type { Statement } from '../approval/approval.ts';
import type { Plan } from '../plan/plan.ts';
import type { StackReview } from '../review/review.ts';

/**
 * The plan that people have said yes to, where a stack was allowed. It is the one that was shown before, where what is
 * shown is that one with late values filled in, or what an apply of it left: a retry goes on with it, however often.
 */
export function approvedPlan(
  { stack, plan, previous, decision }: StackReview,
  statements: readonly Pick<Statement, 'digests'>[],
): Plan | undefined {
  if (!decision?.allowed) return undefined;
  const isNamed = (one: Plan | undefined) => statements.some((s) => one && s.digests[stack] === one.digest);
  return !isNamed(plan) && isNamed(previous) ? previous : plan;
}
