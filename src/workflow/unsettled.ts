/**
 * Which merge a stack is held for. The runs alone say it, under the stack's lock: no process that dies between an
 * apply and its telling leaves a stack that others could change before it is settled.
 */
import type { Unreached } from '../review/aftermath.ts';
import type { StackReview } from '../review/review.ts';
import type { StackId } from '../stack/stack.ts';
import type { RunRecord } from '../state/state.ts';
import { goodRunBefore, isVersionOf } from './good-run.ts';
import type { StackPlan } from './plan-stack.ts';
import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

type Remembering = Pick<PullRequestWorkflow, 'state' | 'pullRequests'>;

/** A merge after which git and the cloud differ in a stack. */
export interface Unsettled {
  readonly pullRequest: number;
  readonly stage: Unreached;
  /** Id of the run that left it so. */
  readonly run: string;
  /** The login of the operator who lets others change the stack all the same. */
  readonly unlockedBy?: string;
}

/** Undefined where the last run of the stack reached its template, or is nobody's merge. */
export async function unsettledMerge(
  { state, pullRequests }: Remembering,
  { fullName }: Pick<Repository, 'fullName'>,
  stack: StackId,
): Promise<Unsettled | undefined> {
  const [last] = await state.latestRuns(stack, 1);
  const stage = last && stageOf(last);
  const pullRequest = last?.cause.pullRequest;
  if (!last || !stage || typeof pullRequest !== 'number') return undefined;
  const unlocked = (await pullRequests.get(fullName, pullRequest))?.unlocked?.[stack];
  return {
    pullRequest,
    stage,
    run: last.id,
    ...(unlocked?.run === last.id ? { unlockedBy: unlocked.by } : {}),
  };
}

/** A merge that reached its template, or has not ended, leaves nothing to settle. */
function stageOf({ status, cause }: Pick<RunRecord, 'status' | 'cause'>): Unreached | undefined {
  if (status === 'failed' || status === 'cancelled') return status;
  return status === 'succeeded' && cause.rollbackTo !== undefined ? 'rolled-back' : undefined;
}

/** What keeps this plan of a pull request from being applied; one that only takes the template back is not kept. */
export interface Holding extends Omit<Unsettled, 'run' | 'unlockedBy'> {
  readonly restores: boolean;
}

/** The same as it is shown. */
export async function holdOn(
  workflow: Remembering,
  repository: Pick<Repository, 'fullName'>,
  number: number,
  planned: StackPlan,
  operators: readonly string[],
): Promise<Pick<StackReview, 'hold'>> {
  const found = await holding(workflow, repository, number, planned);
  return found ? { hold: { ...found, operators } } : {};
}

/** The other merge that a planned stack of this pull request has to wait for, or settles. */
export async function holding(
  workflow: Remembering,
  repository: Pick<Repository, 'fullName'>,
  number: number,
  planned: StackPlan,
): Promise<Holding | undefined> {
  const { stack } = planned.source;
  const unsettled = await unsettledMerge(workflow, repository, stack);
  if (!unsettled || unsettled.unlockedBy !== undefined || unsettled.pullRequest === number) return undefined;
  const { pullRequest, stage } = unsettled;
  const good = await goodRunBefore(workflow.state, stack, pullRequest);
  return { pullRequest, stage, restores: isVersionOf(good, planned) };
}

/** Whose run succeeded after the last one of this pull request: a later one's, or somebody's at the command line. */
export async function settledSince(
  { state }: Pick<PullRequestWorkflow, 'state'>,
  stack: StackId,
  number: number,
): Promise<number | 'the command line' | undefined> {
  const [last] = await state.latestRuns(stack, 1);
  if (last?.status !== 'succeeded') return undefined;
  const { pullRequest } = last.cause;
  if (pullRequest === number) return undefined;
  return typeof pullRequest === 'number' ? pullRequest : 'the command line';
}
