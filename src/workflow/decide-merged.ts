import { isFilledIn } from '../apply/filled-in.ts';
import { isRemainder } from '../apply/remainder.ts';
import type { Decision } from '../approval/approval.ts';
import { traced } from '../base/trace.ts';
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

/**
 * The gate. Who approved a plan has approved it with what was unknown in it filled in, and what is left of it after an
 * apply that failed.
 */
export function decideMerged(
  merge: Deciding,
  planned: StackPlan,
  cause: RunRecord['cause'],
): Promise<Decision | undefined> {
  return traced('gate', {}, async (span) => {
    const decision = await decideWhole(merge, planned, cause);
    span.setAttribute('slipway.gate.allowed', decision?.allowed === true);
    return decision;
  });
}

async function decideWhole(
  merge: Deciding,
  planned: StackPlan,
  cause: RunRecord['cause'],
): Promise<Decision | undefined> {
  const decision = decideFilledIn(merge, planned);
  if (!planned.plan || decision?.allowed) return decision;
  for (const run of await merge.workflow.state.runs(planned.plan.stack, retriesRemembered)) {
    if (run.status === 'succeeded' || !isSameRequest(run.cause, cause)) break;
    if (!isRemainder(planned.plan, run.plan)) break;
    const whole = decideFilledIn(merge, { ...planned, plan: run.plan });
    if (whole?.allowed) return whole;
  }
  return decision;
}

/** The same of a plan that may have been approved before stacks of this merge were applied from which it takes. */
function decideFilledIn({ electors, record }: Deciding, planned: StackPlan): Decision | undefined {
  const statements = record?.statements ?? [];
  const decision = decideStack(planned, statements, electors);
  if (!planned.plan || decision?.allowed || !isBeside(planned)) return decision;
  const shown = record?.review.stacks.find((s) => s.stack === planned.source.stack);
  for (const plan of [shown?.plan, shown?.previous]) {
    if (!plan || !isFilledIn(planned.plan, plan)) continue;
    const refined = decideStack({ ...planned, plan }, statements, electors);
    if (refined?.allowed) return refined;
  }
  return decision;
}

/** Whether it was planned before other stacks of this merge were applied, from which it takes something. */
function isBeside({ source }: StackPlan): boolean {
  return source.beside !== undefined && source.beside.exports.size > 0;
}

/** A retry that fails leaves a remainder of a remainder: so many are followed back to the plan that was approved. */
const retriesRemembered = 20;
