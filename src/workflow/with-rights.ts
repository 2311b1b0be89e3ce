import { diagnosticsOf, SlipwayError } from '../base/error.ts';
import type { ApplyOutcome } from './apply-stack.ts';
import type { StackPlan } from './plan-stack.ts';
import { openTarget, type Target } from './target.ts';
import type { Workflow } from './workflow.ts';

/**
 * With credentials of its own for what changes things, where the environment names such. They are there before the run
 * is begun; where they end in its midst, it stays begun, and is gone on with once there are others.
 */
export async function withRights(
  workflow: Workflow,
  planned: StackPlan,
  work: (planned: StackPlan) => Promise<ApplyOutcome>,
): Promise<ApplyOutcome> {
  const { source, plan, apply } = planned;
  if (!source.environment.credentials || !plan || !apply) return work(planned);
  const { account, region } = plan;
  let target: Target | undefined;
  try {
    target = await openTarget(
      workflow,
      { ...source.environment, account, region },
      { ...source, applies: true },
    );
    return await work({ ...planned, apply: { ...apply, target } });
  } catch (error) {
    const isTheirs = error instanceof SlipwayError && (!target || error === target.lost?.reason);
    if (!isTheirs) throw error;
    return { status: 'unplannable', planned: { source, findings: [], diagnostics: diagnosticsOf(error) } };
  } finally {
    await target?.close();
  }
}
