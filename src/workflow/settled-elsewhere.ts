import type { Repository } from './repository.ts';
import type { Missed } from './sweep.ts';
import { settledSince } from './unsettled.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/**
 * Merges that left a stack unsettled, where it has been applied since by somebody who tells nobody: at the command
 * line, or by a process that died before it could. They say so, and those that wait for them go on.
 */
export async function settledElsewhere(
  { state, pullRequests }: Pick<PullRequestWorkflow, 'state' | 'pullRequests'>,
  { fullName }: Pick<Repository, 'fullName'>,
): Promise<readonly Missed[]> {
  const left = (await pullRequests.mergedReviews(fullName)).flatMap(({ pullRequest: number, stacks }) =>
    stacks
      .filter(({ aftermath }) => aftermath && aftermath.settledBy === undefined)
      .map(({ stack }) => ({ number, stack })),
  );
  const missed = left.map(async ({ number, stack }): Promise<Missed[]> => {
    if ((await settledSince({ state }, stack, number)) === undefined) return [];
    const [last] = await state.latestRuns(stack, 1);
    return [{ kind: 'settle', number, mark: `${fullName}#${number} settled by ${last?.id}` }];
  });
  return (await Promise.all(missed)).flat();
}
