import { within } from '../base/scope.ts';
import { annotate, markCode, traced } from '../base/trace.ts';
import { countActions, type Plan } from '../plan/plan.ts';
import type { RunRecord } from '../state/state.ts';
import type { ApplyOutcome } from './apply-stack.ts';
import type { StackPlan, StackSource } from './plan-stack.ts';
import type { Workflow } from './workflow.ts';

/** Plans a stack as a span of its own. What stands against a plan is counted by its codes. */
export function planning(
  { onFailed }: Pick<Workflow, 'onFailed'>,
  source: StackSource,
  plan: () => Promise<StackPlan>,
): Promise<StackPlan> {
  return inStack('plan', source, async (span) => {
    const planned = await plan();
    const errors = planned.diagnostics.filter(({ severity }) => severity === 'error');
    for (const { code } of errors) onFailed?.(code);
    if (errors[0]) markCode(span, errors[0].code);
    if (planned.plan) span.setAttributes(planAttributes(planned.plan));
    return planned;
  });
}

/** Applies a stack as a span of its own: from the wait for its lock on. */
export function applying(source: StackSource, apply: () => Promise<ApplyOutcome>): Promise<ApplyOutcome> {
  return inStack('apply', source, async (span) => {
    const outcome = await apply();
    span.setAttribute('slipway.apply.outcome', outcome.status);
    if (outcome.status === 'failed') markCode(span, 'apply-failed');
    return outcome;
  });
}

/** What is done in a run, the resuming of one too. */
export function inRun<T>({ id }: Pick<RunRecord, 'id'>, work: () => Promise<T>): Promise<T> {
  annotate({ 'slipway.run': id });
  return within({ run: id }, work);
}

function inStack<T>(
  name: string,
  { stack, environment }: StackSource,
  work: Parameters<typeof traced<T>>[2],
): Promise<T> {
  const attributes = { 'slipway.stack': stack, 'deployment.environment.name': environment.name };
  return within({ stack }, () => traced(name, { attributes }, work));
}

function planAttributes(plan: Plan) {
  const counts = Object.entries(countActions(plan)).map(([action, n]) => [`slipway.plan.${action}`, n]);
  return {
    'cloud.provider': 'aws',
    'cloud.account.id': plan.account,
    'cloud.region': plan.region,
    'slipway.plan.digest': plan.digest,
    ...Object.fromEntries(counts),
  };
}
