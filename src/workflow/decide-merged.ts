import { isRemainder } from '../apply/remainder.ts';
import type { Decision } from '../approval/approval.ts';
import type { Plan } from '../plan/plan.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import type { RunRecord } from '../state/state.ts';
import { isSameRequest } from './apply-stack.ts';
import { decideStack, type Electorate } from './gate.ts';
import type { StackPlan } from './plan-stack.ts';
import type { PullRequestWorkflow } from './workflow.ts';

interface Deciding {
  readonly workflow: PullRequestWorkflow;
  readonly electors: Electorate;
  readonly record: PullRequestRecord | undefined;
}

/** The gate. Who approved a plan has approved what is left of it after an apply that failed. */
export async function decideMerged(
  merge: Deciding,
  planned: StackPlan,
  cause: RunRecord['cause'],
): Promise<Decision | undefined> {
  const { workflow, electors, record } = merge;
  const statements = record?.statements ?? [];
  const decision = decideStack(planned, statements, electors);
  if (!planned.plan || decision?.allowed) return decision;
  const approved = beside(planned) ? planApproved(merge, planned.plan) : undefined;
  if (approved) {
    const refined = decideStack({ ...planned, plan: approved }, statements, electors);
    if (refined?.allowed) return refined;
  }
  for (const run of await workflow.state.runs(planned.plan.stack, retriesRemembered)) {
    if (run.status === 'succeeded' || !isSameRequest(run.cause, cause)) break;
    if (!isRemainder(planned.plan, run.plan)) break;
    const whole = decideStack({ ...planned, plan: run.plan }, statements, electors);
    if (whole?.allowed) return whole;
  }
  return decision;
}

/** Whether it was planned before other stacks of this merge were applied, from which it takes something. */
function beside({ source }: StackPlan): boolean {
  return source.beside !== undefined && source.beside.exports.size > 0;
}

/** The plan that was shown, where this one only fills in what was unknown in it: what it takes from the others. */
function planApproved({ record }: Deciding, plan: Plan): Plan | undefined {
  const shown = record?.review.stacks.find((s) => s.stack === plan.stack)?.plan;
  return shown && isRemainder(plan, shown) ? shown : undefined;
}

/** A retry that fails leaves a remainder of a remainder: so many are followed back to the plan that was approved. */
const retriesRemembered = 20;
