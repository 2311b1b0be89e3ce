/** What became of the stacks of a merge whose apply did not reach its template, and how it is gone back on. */
import { diagnosticsOf, SlipwayError } from '../base/error.ts';
import type { Aftermath } from '../review/aftermath.ts';
import type { StackReview } from '../review/review.ts';
import { parameterFiles } from '../settings/paths.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { backToNothing, describeRun, goodRunBefore } from './good-run.ts';
import type { StackSource } from './plan-stack.ts';
import type { ChangedFile, PullRequest, Repository } from './repository.ts';
import { rollbackSource, rollbackToNothing } from './rollback-stack.ts';
import { settledSince, unsettledMerge } from './unsettled.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** What a merge's stack is to become instead of what its template says. */
export interface GoingBack {
  /** Login of who asked. */
  readonly by: string;
  /** The run whose version it is, or that there is none. */
  readonly to: string;
  readonly source: StackSource;
}

/** Whether an operator asked to go back from what the merge did to the stack. */
export function isGoneBack(
  record: PullRequestRecord | undefined,
  { stack }: Pick<StackSource, 'stack'>,
): boolean {
  return record?.rollbacks?.[stack] !== undefined;
}

/**
 * How the stack goes back to what it was before the merge, where somebody asked for it. Where it cannot, the source
 * says why and is planned no further.
 */
export async function goingBack(
  workflow: Pick<PullRequestWorkflow, 'state'>,
  number: number,
  source: StackSource,
  record: PullRequestRecord | undefined,
): Promise<GoingBack | undefined> {
  const by = record?.rollbacks?.[source.stack];
  if (by === undefined) return undefined;
  const { stack, environment, packs, author, session } = source;
  const good = await goodRunBefore(workflow.state, stack, number);
  const to = good?.id ?? backToNothing;
  try {
    const back = good
      ? (await rollbackSource(workflow, { stack, environment, packs, to, present: source })).source
      : await rollbackToNothing(workflow, source);
    return {
      by,
      to,
      source: { ...back, ...(author ? { author } : {}), ...(session ? { session } : {}) },
    };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const [refused] = diagnosticsOf(error);
    return { by, to, source: { ...source, ...(refused ? { refused } : {}) } };
  }
}

/** Whether nothing more is to be done to a stack by an attempt at its merge. */
export function isOver(
  record: PullRequestRecord | undefined,
  { stack, phase, environment, aftermath }: StackReview,
): boolean {
  if (aftermath?.settledBy !== undefined) return true;
  if (phase === 'rolled-back') return isGoneBack(record, { stack });
  // By an earlier attempt at this very merge, which stopped at another stack.
  if (phase === 'applied') return !isGoneBack(record, { stack });
  const only = record?.retrying;
  return only !== undefined && only !== environment && (phase === 'failed' || phase === 'cancelled');
}

/** What is known of a merge while it is applied. */
interface Merged {
  readonly workflow: PullRequestWorkflow;
  readonly repository: Pick<Repository, 'fullName'>;
  readonly pullRequest: Pick<PullRequest, 'number' | 'baseRef'>;
  readonly record: PullRequestRecord | undefined;
  readonly files: readonly ChangedFile[];
  readonly operators: readonly string[];
}

/** How git and the cloud differ in a stack now that its run has ended, or is to be gone back on. */
export async function aftermathOf(
  { workflow, repository, pullRequest, record, files, operators }: Merged,
  { stack, file, environment }: Pick<StackSource, 'stack' | 'file' | 'environment'>,
): Promise<Aftermath> {
  const run = await goodRunBefore(workflow.state, stack, pullRequest.number);
  const good = run && (await describeRun(workflow.state, run));
  const unsettled = await unsettledMerge(workflow, repository, stack);
  const own = new Set([file, ...parameterFiles(file, environment.name)]);
  const of = files.filter((f) => own.has(f.path));
  const rollbackBy = record?.rollbacks?.[stack];
  return {
    ...(good ? { good } : {}),
    ...(rollbackBy === undefined ? {} : { rollbackBy }),
    ...(unsettled?.unlockedBy === undefined ? {} : { unlockedBy: unsettled.unlockedBy }),
    branch: pullRequest.baseRef,
    restore: of.flatMap((f) => (f.status === 'added' ? [] : (f.previousPath ?? f.path))),
    remove: of.filter((f) => f.status === 'added' || f.status === 'renamed').map((f) => f.path),
    operators,
  };
}

/** The same as it is by now: unlocked, or settled by another's run. */
export async function aftermathNow(
  workflow: PullRequestWorkflow,
  repository: Pick<Repository, 'fullName'>,
  number: number,
  { stack, aftermath }: StackReview,
): Promise<Aftermath | undefined> {
  if (!aftermath) return undefined;
  const unsettled = await unsettledMerge(workflow, repository, stack);
  const settledBy = await settledSince(workflow, stack, number);
  const unlockedBy = unsettled?.pullRequest === number ? unsettled.unlockedBy : undefined;
  return {
    ...aftermath,
    ...(unlockedBy === undefined ? {} : { unlockedBy }),
    ...(settledBy === undefined ? {} : { settledBy }),
  };
}

/** How far a merge has come when an attempt at it ends. */
export function phaseOf(stacks: readonly StackReview[]): PullRequestRecord['phase'] {
  const left = stacks.filter((s) => s.phase !== 'applied' && s.aftermath?.settledBy === undefined);
  if (left.length === 0) return 'settled';
  if (left.some((s) => s.phase === 'failed' || s.phase === 'cancelled')) return 'failed';
  // What was gone back on waits for a pull request of its own, and for nothing here.
  return left.every((s) => s.phase === 'rolled-back' || s.phase === 'held') &&
    left.some((s) => s.phase === 'rolled-back')
    ? 'failed'
    : 'open';
}
