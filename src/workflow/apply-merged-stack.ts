import type { Decision } from '../approval/approval.ts';
import { hasChanges } from '../plan/plan.ts';
import { approvedBy } from '../review/approved-by.ts';
import { failureMarker, renderFailureIssue } from '../review/failure-issue.ts';
import type { Progress } from '../review/progress.ts';
import type { StackReview } from '../review/review.ts';
import type { Grounds } from '../state/audit.ts';
import type { RunRecord } from '../state/state.ts';
import { aftermathNow, aftermathOf, type GoingBack, goingBack, isOver } from './aftermath.ts';
import type { Merge } from './apply-merge.ts';
import { type ApplyOutcome, applyStack } from './apply-stack.ts';
import { approvedPlan } from './approved-plan.ts';
import { decideMerged } from './decide-merged.ts';
import { decideStack } from './gate.ts';
import { groundsOf } from './grounds.ts';
import { notBegun } from './not-applied.ts';
import type { StackSource } from './plan-stack.ts';
import { type DeploymentReport, type RunReport, reportRun, type Telling } from './report-apply.ts';
import type { PullRequest } from './repository.ts';
import { stackReview } from './review-pull-request.ts';
import { showApplying } from './show-applying.ts';
import { superseded, supersededBy } from './superseded.ts';
import { type Holding, holding } from './unsettled.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** How long a merge waits for another run of the same stack before its job is tried again later. */
const lockWaitMs = 60_000;

/** One attempt at one stack of a merge, and what kept it from being applied. */
interface Attempt {
  readonly merge: Merge;
  readonly source: StackSource;
  /** As it was shown before. */
  readonly earlier: StackReview | undefined;
  /** Where an operator asked to go back instead. */
  readonly back: GoingBack | undefined;
  decision?: Decision | undefined;
  hold?: Holding | undefined;
  /** The number of a later merge that is there already. */
  later?: number | undefined;
}

/** Applies a stack of a merge, goes on with it, or goes back from it; shows what waits, and for what. */
export async function applyMergedStack(
  merge: Merge,
  source: StackSource,
  telling: Telling,
  deployment: DeploymentReport,
): Promise<StackReview> {
  const { workflow, repository, pullRequest, commit, record } = merge;
  const earlier = record?.review.stacks.find((s) => s.stack === source.stack);
  if (earlier && isOver(record, earlier)) return earlier;
  if (merge.cancel.aborted) {
    const left = await workflow.state.unfinishedRun(source.stack);
    // What was begun is ended, as cancelled: left open, the next pull request's apply would go on with it.
    if (left?.cause.commit !== commit) return notBegun(source, earlier);
  }
  const since = earlier && (await aftermathNow(workflow, repository, pullRequest.number, earlier));
  // Others have changed the stack since, on an operator's word: to apply this now would undo what they did.
  if (earlier && since?.settledBy !== undefined) return { ...earlier, aftermath: since };
  const back = await goingBack(workflow, pullRequest.number, source, record);
  const cause = causeOf(merge, back);
  const attempt: Attempt = { merge, source, earlier, back };
  const report = reportRun(telling, earlier?.progress !== undefined);
  const applying = applyStack(workflow, {
    source: back?.source ?? source,
    cause,
    waitMs: lockWaitMs,
    repository,
    ...(merge.signal ? { signal: merge.signal } : {}),
    cancel: merge.cancel,
    async permit(planned) {
      attempt.later = await supersededBy(workflow, source.stack, pullRequest);
      if (attempt.later !== undefined) return false;
      attempt.hold = await holding(workflow, repository, pullRequest.number, planned);
      attempt.decision = await decideMerged(merge, planned, cause);
      return attempt.decision?.allowed === true && (attempt.hold === undefined || attempt.hold.restores);
    },
    grounds: () => ({ ...groundsOf(attempt.decision, record?.statements ?? []), ...mergerOf(pullRequest) }),
    async onRun(run) {
      if (hasChanges(run.plan)) await deployment.begin(source.file);
      // A run that is resumed was permitted by what was shown, and nobody is asked again.
      const decision = attempt.decision ?? (isSameGoal(earlier, back) ? earlier.decision : undefined);
      await report.begin(run, approvedBy(decision));
      if (run.status === 'running' && hasChanges(run.plan))
        await showApplying(merge, begun(attempt, run, report));
    },
    onProgress: report.onEvent,
  });
  const outcome = await applying.finally(report.stop);
  if (outcome.status === 'interrupted') {
    // Not an end: the process is stopping. Thrown so that the job is handed to another.
    throw new Error(`the apply of ${source.stack} was interrupted; it will be resumed`);
  }
  if (outcome.status === 'refused' || outcome.status === 'unplannable') return notApplied(attempt, outcome);
  const progress = await report.end(outcome);
  return { ...(await ended(attempt, outcome, progress)), ...progressComment(report) };
}

function mergerOf({ mergedBy }: Pick<PullRequest, 'mergedBy'>): Pick<Grounds, 'mergedBy'> {
  return mergedBy === undefined ? {} : { mergedBy };
}

function causeOf({ pullRequest, commit }: Merge, back: GoingBack | undefined): RunRecord['cause'] {
  return {
    pullRequest: pullRequest.number,
    commit,
    by: back?.by ?? pullRequest.author,
    ...(pullRequest.mergedAt === undefined ? {} : { mergedAt: pullRequest.mergedAt }),
    ...(back ? { rollbackTo: back.to } : {}),
  };
}

/** As it was shown, now that its run goes on. */
function begun({ source, earlier, decision }: Attempt, { plan }: RunRecord, report: RunReport): StackReview {
  const shown = earlier ?? {
    stack: source.stack,
    environment: source.environment.name,
    file: source.file,
    phase: 'planned',
    diagnostics: [],
    findings: [],
  };
  const { waitsFor: _, hold: __, deferred: ___, ...rest } = shown;
  return { plan, ...(decision ? { decision } : {}), ...rest, ...progressComment(report) };
}

function progressComment(report: RunReport): Pick<StackReview, 'progressComment'> {
  const id = report.comment();
  return id === undefined ? {} : { progressComment: id };
}

/** The plan that was made, as it is shown. */
function reviewOf({ merge, earlier, back, decision }: Attempt, { planned }: ApplyOutcome): StackReview {
  const { record, electors } = merge;
  // A run that was resumed had its permit when it began.
  const decided = decision ?? decideStack(planned, record?.statements ?? [], electors);
  return stackReview(planned, decided, isSameGoal(earlier, back) ? record : undefined);
}

/** An approval of the merge is none of going back from it, so its plan is not what that one differs from. */
function isSameGoal(earlier: StackReview | undefined, back: GoingBack | undefined): earlier is StackReview {
  return earlier !== undefined && (earlier.aftermath?.rollbackBy !== undefined) === (back !== undefined);
}

/** Nothing was begun: it waits for people or for another pull request, or cannot be planned. */
async function notApplied(attempt: Attempt, outcome: ApplyOutcome): Promise<StackReview> {
  const { merge, source, earlier, back, later, hold } = attempt;
  const reviewed = reviewOf(attempt, outcome);
  if (later !== undefined) return { ...reviewed, phase: 'applied', diagnostics: [superseded(later)] };
  if (hold && !hold.restores)
    return { ...reviewed, phase: 'held', hold: { ...hold, operators: merge.operators } };
  const progress = earlier?.progress ? { progress: earlier.progress } : {};
  const unsettled = back !== undefined || earlier?.aftermath !== undefined;
  const waiting = unsettled
    ? { ...reviewed, ...progress, aftermath: await aftermathOf(merge, source) }
    : reviewed;
  if (outcome.status === 'unplannable') return waiting;
  const shown = isSameGoal(earlier, back) && !earlier.deferred ? earlier : undefined;
  const approved = shown && (approvedPlan(shown, merge.record?.statements ?? []) ?? shown.previous);
  const stale = approved && approved.digest !== outcome.planned.plan?.digest;
  return stale ? { ...waiting, phase: 'stale', previous: approved } : waiting;
}

/** A run has ended; the issue says so where nobody looks any more. */
async function ended(
  attempt: Attempt,
  outcome: ApplyOutcome,
  progress: Progress | undefined,
): Promise<StackReview> {
  const { merge, source, back } = attempt;
  const { workflow, repository, pullRequest, commit } = merge;
  const reviewed = { ...reviewOf(attempt, outcome), ...(progress ? { progress } : {}) };
  const reached = outcome.status === 'succeeded' && !back;
  if (reached && (await failedBefore(workflow, source))) {
    await repository.closeIssue(failureMarker(source.stack));
  }
  if (reached) return { ...reviewed, phase: 'applied' };
  if (outcome.status === 'failed' && progress) {
    const { title, body } = renderFailureIssue({ progress, pullRequest: pullRequest.number, sha: commit });
    await repository.raiseIssue(failureMarker(source.stack), title, body);
  }
  const phase =
    outcome.status === 'succeeded' ? 'rolled-back' : outcome.status === 'failed' ? 'failed' : 'cancelled';
  // A cancel that came before there was a run has left nothing.
  if (outcome.run === undefined) return { ...reviewed, phase };
  return { ...reviewed, phase, aftermath: await aftermathOf(merge, source) };
}

async function failedBefore(workflow: PullRequestWorkflow, { stack }: StackSource): Promise<boolean> {
  const [, before] = await workflow.state.latestRuns(stack, 2);
  return before !== undefined && (before.status !== 'succeeded' || before.cause.rollbackTo !== undefined);
}
