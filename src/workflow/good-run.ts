import { sameValue } from '../base/canonical-json.ts';
import type { Good } from '../review/aftermath.ts';
import type { StackId } from '../stack/stack.ts';
import type { RunRecord, State } from '../state/state.ts';
import type { StackPlan } from './plan-stack.ts';

/** What stands in a run's `rollbackTo` where there is nothing to go back to: all of the stack was new. */
export const backToNothing = 'nothing';

/**
 * The run that made the stack what it was before the pull request's merge did anything to it; undefined where there
 * was nothing.
 */
export async function goodRunBefore(
  state: State,
  stack: StackId,
  pullRequest: number,
): Promise<RunRecord | undefined> {
  // An import takes over one resource and leaves the rest as it is: no version of the stack.
  const before = (await state.latestRuns(stack, runsRemembered)).find(
    ({ status, cause }) =>
      status === 'succeeded' && cause.import === undefined && cause.pullRequest !== pullRequest,
  );
  return before?.kind === 'apply' ? state.run(before.id) : undefined;
}

/** A merge that is tried again and again has a run each time. */
const runsRemembered = 100;

/** Whose version it is: that of a rollback is the version of the run that it went back to. */
export async function describeRun(state: State, run: RunRecord): Promise<Good> {
  let origin = run;
  while (typeof origin.cause.rollbackTo === 'string') {
    const earlier = await state.run(origin.cause.rollbackTo);
    if (!earlier) break;
    origin = earlier;
  }
  const { pullRequest, commit } = origin.cause;
  return {
    run: run.id,
    ...(typeof pullRequest === 'number' ? { pullRequest } : {}),
    ...(typeof commit === 'string' ? { commit } : {}),
  };
}

/** Whether a plan is of the very version that the run reached; or of no template, where there was none before. */
export function isVersionOf(run: RunRecord | undefined, { source, apply }: StackPlan): boolean {
  if (!run) return source.text === undefined;
  const planned = apply?.version();
  if (!planned || !run.version) return false;
  // What SSM parameters hold by now is not for a repository to bring back.
  const { ssmParameters: _, ...now } = planned;
  const { ssmParameters: __, ...then } = run.version;
  return isSameVersion(now, then);
}

/** Whether both make the same, wherever the template was. */
export function isSameVersion(one: object, other: object): boolean {
  return sameValue({ ...one, file: '' }, { ...other, file: '' });
}
