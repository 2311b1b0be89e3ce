import type { Diagnostic } from '../base/diagnostic.ts';
import type { StackId } from '../stack/stack.ts';
import type { PullRequest } from './repository.ts';
import type { Workflow } from './workflow.ts';

/**
 * The pull request that was merged after this one and has been applied to the stack. What it was merged into contained
 * this one, so that to apply this one's commit now would undo what came after it.
 */
export async function supersededBy(
  { state }: Pick<Workflow, 'state'>,
  stack: StackId,
  { number, mergedAt }: Pick<PullRequest, 'number' | 'mergedAt'>,
): Promise<number | undefined> {
  const [last] = await state.latestRuns(stack, 1);
  if (last?.status !== 'succeeded' || last.cause.rollbackTo !== undefined) return undefined;
  const { pullRequest, mergedAt: later } = last.cause;
  if (typeof pullRequest !== 'number' || pullRequest === number) return undefined;
  if (mergedAt === undefined || typeof later !== 'string') return undefined;
  return Date.parse(later) > Date.parse(mergedAt) ? pullRequest : undefined;
}

/** What is said of it. */
export function superseded(by: number): Diagnostic {
  return {
    severity: 'warning',
    code: 'apply-superseded',
    summary: `#${by} was merged after this and has been applied, so what is left of this is in it`,
    remedy: `Look at the plan of #${by}: it was made of the template with both.`,
  };
}
