import { isRemainder } from '../apply/remainder.ts';
import type { Decision } from '../approval/approval.ts';
import { hasChanges } from '../plan/plan.ts';
import { failureMarker, renderFailureIssue } from '../review/failure-issue.ts';
import { overallState, type Review, type StackReview } from '../review/review.ts';
import type { Environment } from '../settings/settings.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { applyStack } from './apply-stack.ts';
import { touchedStacks } from './discover.ts';
import { decideStack, type Electorate, electorate } from './gate.ts';
import type { StackPlan, StackSource } from './plan-stack.ts';
import { readSources } from './plan-touched.ts';
import { publishReview } from './publish-review.ts';
import { changesSettings, readSettings, settingsWithTemplates } from './read-settings.ts';
import { type DeploymentReport, reportDeployment, reportRun, type Telling } from './report-apply.ts';
import type { PullRequest, Repository } from './repository.ts';
import { reviewHead, stackReview } from './review-pull-request.ts';
import { watchCancel } from './watch-cancel.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** How long a merge waits for another run of the same stack before its job is tried again later. */
const lockWaitMs = 60_000;

/**
 * Applies a merged pull request: plans the merged commit again and applies, stack by stack in the order of the
 * environments, what has been approved; anything else is shown and waits. May run any number of times: what was
 * applied is not applied again. Returns the numbers of other pull requests whose stacks changed under them.
 */
export async function applyMerge(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const pullRequest = await repository.pullRequest(number);
  if (!pullRequest.merged || !pullRequest.mergeCommit || !pullRequest.isDefaultBase) return [];
  const record = await workflow.pullRequests.get(repository.fullName, number);
  // Again, because whoever settled it may have died before the others were told.
  if (record?.phase === 'settled') return changedUnder(workflow, repository, number, record.review.stacks);
  const [files, { settings, diagnostics }] = await Promise.all([
    repository.changedFiles(number),
    readSettings(repository, pullRequest),
  ]);
  const touched = settings ? touchedStacks(repository.fullName, settings, files) : [];
  const mixed = touched.length > 0 && changesSettings(files);
  if (!settings || mixed) {
    const told = mixed ? [...diagnostics, settingsWithTemplates] : diagnostics;
    const review: Review = {
      ...reviewHead(workflow, repository, pullRequest),
      diagnostics: told,
      stacks: [],
    };
    await publishReview(workflow, repository, pullRequest, review, record, { phase: 'failed' });
    return [];
  }
  const commit = pullRequest.mergeCommit;
  const sources = await readSources(workflow, repository, touched, commit, pullRequest, settings.policies);
  if (sources.length === 0) return [];

  const electors = await electorate(workflow, repository, pullRequest, settings, record);
  const stacks = new Map<string, StackReview>();
  const { cancel, stop } = await watchCancel(workflow, repository, number);
  try {
    const begun = cancel.aborted ? record : await begunAgain(workflow, record);
    const merge: Merge = {
      workflow,
      repository,
      pullRequest,
      commit,
      electors,
      stacks,
      record: begun,
      signal,
      cancel,
    };
    for (const environment of settings.environments) {
      const own = sources.filter((s) => s.environment.name === environment.name);
      if (own.length > 0) await applyEnvironment(merge, environment, own);
    }
    return await finish(merge);
  } finally {
    stop();
  }
}

/** What failed before is not over any more: a cancel is heard from here on. */
export async function begunAgain(
  { pullRequests }: Pick<PullRequestWorkflow, 'pullRequests'>,
  record: PullRequestRecord | undefined,
): Promise<PullRequestRecord | undefined> {
  if (record?.phase !== 'failed') return record;
  const begun: PullRequestRecord = { ...record, phase: 'applying' };
  await pullRequests.put(begun);
  return begun;
}

/** One merge while it is being applied. */
interface Merge {
  readonly workflow: PullRequestWorkflow;
  readonly repository: Repository;
  readonly pullRequest: PullRequest;
  readonly commit: string;
  readonly electors: Electorate;
  /** What became of each stack so far. */
  readonly stacks: Map<string, StackReview>;
  record: PullRequestRecord | undefined;
  readonly signal: AbortSignal | undefined;
  /** Aborted when an operator has said to stop; who, is its reason. */
  readonly cancel: AbortSignal;
}

/** All stacks of one environment, unless one that must come before it has not succeeded. */
async function applyEnvironment(
  merge: Merge,
  environment: Environment,
  sources: readonly StackSource[],
): Promise<void> {
  const earlier = [...merge.stacks.values()].filter((s) => environment.after.includes(s.environment));
  const held = earlier.find((s) => s.phase !== 'applied');
  if (held && !merge.cancel.aborted) {
    for (const source of sources) merge.stacks.set(source.stack, heldBack(source, held));
    return;
  }
  const telling: Telling = {
    ...merge,
    earlierDeployment: merge.record?.deployments?.[environment.name],
    remember: (deployment) => rememberDeployment(merge, environment, deployment),
  };
  const deployment = reportDeployment(telling, environment.name);
  const ended: StackReview[] = [];
  for (const source of sources) ended.push(await applyOne(merge, source, telling, deployment));
  for (const stack of ended) merge.stacks.set(stack.stack, stack);
  await deployment.end(ended);
}

/** What an operator's cancel has come before. */
function notBegun({ stack, environment, file }: StackSource, earlier: StackReview | undefined): StackReview {
  const planned = earlier ?? { stack, environment: environment.name, file, findings: [], diagnostics: [] };
  return { ...planned, phase: 'cancelled' };
}

function heldBack(source: StackSource, held: StackReview): StackReview {
  return {
    stack: source.stack,
    environment: source.environment.name,
    file: source.file,
    phase: 'planned',
    findings: [],
    diagnostics: [
      {
        severity: 'error',
        code: 'apply-order',
        summary: `${source.environment.name} comes after ${held.environment}, which has not been applied`,
        remedy: `See to ${held.environment} first; then comment /slipway retry.`,
      },
    ],
  };
}

async function applyOne(
  merge: Merge,
  source: StackSource,
  telling: Telling,
  deployment: DeploymentReport,
): Promise<StackReview> {
  const { workflow, repository, pullRequest, commit, record } = merge;
  const earlier = record?.review.stacks.find((s) => s.stack === source.stack);
  // By an earlier attempt at this very merge, which stopped at another stack.
  if (earlier?.phase === 'applied') return earlier;
  if (merge.cancel.aborted) {
    const left = await workflow.state.unfinishedRun(source.stack);
    // What was begun is ended, as cancelled: left open, the next pull request's apply would go on with it.
    if (left?.cause.commit !== commit) return notBegun(source, earlier);
  }
  const report = reportRun(telling);
  let decision: Decision | undefined;
  const outcome = await applyStack(workflow, {
    source,
    cause: { pullRequest: pullRequest.number, commit, by: pullRequest.author },
    waitMs: lockWaitMs,
    ...(merge.signal ? { signal: merge.signal } : {}),
    cancel: merge.cancel,
    async permit(planned) {
      decision = await decideMerged(merge, planned);
      return decision?.allowed === true;
    },
    async onRun(run) {
      if (hasChanges(run.plan)) await deployment.begin(source.file);
      await report.begin(run);
    },
    onProgress: report.onEvent,
  });
  if (outcome.status === 'interrupted') {
    // Not an end: the process is stopping. Thrown so that the job is handed to another.
    throw new Error(`the apply of ${source.stack} was interrupted; it will be resumed`);
  }
  const { planned } = outcome;
  // A run that was resumed had its permit when it began.
  decision ??= decideStack(planned, record?.statements ?? [], merge.electors);
  const reviewed = stackReview(planned, decision, record);
  if (outcome.status === 'unplannable') return reviewed;
  if (outcome.status === 'refused') {
    const approved = earlier?.decision?.allowed ? earlier.plan : earlier?.previous;
    const stale = approved && approved.digest !== planned.plan?.digest;
    return stale ? { ...reviewed, phase: 'stale', previous: approved } : reviewed;
  }
  const progress = await report.end(outcome);
  if (outcome.status === 'cancelled') {
    return { ...reviewed, phase: 'cancelled', ...(progress ? { progress } : {}) };
  }
  if (outcome.status === 'failed' && progress) {
    const { title, body } = renderFailureIssue({ progress, pullRequest: pullRequest.number, sha: commit });
    await repository.raiseIssue(failureMarker(source.stack), title, body);
  } else if (outcome.status === 'succeeded' && (await failedBefore(workflow, source))) {
    await repository.closeIssue(failureMarker(source.stack));
  }
  return {
    ...reviewed,
    phase: outcome.status === 'failed' ? 'failed' : 'applied',
    ...(progress ? { progress } : {}),
  };
}

/** The gate. Who approved a plan has approved what is left of it after an apply that failed. */
async function decideMerged(merge: Merge, planned: StackPlan): Promise<Decision | undefined> {
  const { workflow, commit, electors, record } = merge;
  const statements = record?.statements ?? [];
  const decision = decideStack(planned, statements, electors);
  if (!planned.plan || decision?.allowed) return decision;
  for (const run of await workflow.state.runs(planned.plan.stack, retriesRemembered)) {
    if (run.cause.commit !== commit || run.status === 'succeeded') break;
    if (!isRemainder(planned.plan, run.plan)) break;
    const whole = decideStack({ ...planned, plan: run.plan }, statements, electors);
    if (whole?.allowed) return whole;
  }
  return decision;
}

/** A retry that fails leaves a remainder of a remainder: so many are followed back to the plan that was approved. */
const retriesRemembered = 20;

async function failedBefore(workflow: PullRequestWorkflow, { stack }: StackSource): Promise<boolean> {
  const [, before] = await workflow.state.runs(stack, 2);
  return before !== undefined && before.status !== 'succeeded';
}

/** Puts into the record what a crash must not lose. */
async function rememberDeployment(merge: Merge, { name }: Environment, deployment: number): Promise<void> {
  if (!merge.record) return;
  const deployments = { ...merge.record.deployments, [name]: deployment };
  merge.record = { ...merge.record, phase: 'applying', deployments };
  await merge.workflow.pullRequests.put(merge.record);
}

async function finish(merge: Merge): Promise<readonly number[]> {
  const { workflow, repository, pullRequest } = merge;
  const stacks = [...merge.stacks.values()];
  const review: Review = { ...reviewHead(workflow, repository, pullRequest), diagnostics: [], stacks };
  const settled = stacks.every((s) => s.phase === 'applied');
  const failed = stacks.some((s) => s.phase === 'failed' || s.phase === 'cancelled');
  if (settled) await workflow.pullRequests.uncancel(repository.fullName, pullRequest.number);
  await publishReview(workflow, repository, pullRequest, review, merge.record, {
    phase: settled ? 'settled' : failed ? 'failed' : 'open',
  });
  workflow.log.info(
    { repository: repository.fullName, pullRequest: pullRequest.number, state: overallState(review) },
    'merge handled',
  );
  return changedUnder(workflow, repository, pullRequest.number, stacks);
}

/** Other pull requests that plan what has just been changed. */
async function changedUnder(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
  stacks: readonly StackReview[],
): Promise<readonly number[]> {
  const changed = stacks.filter((s) => ['applied', 'failed', 'cancelled'].includes(s.phase));
  const others = await Promise.all(
    changed.map(({ stack }) => workflow.pullRequests.openOn(repository.fullName, stack, number)),
  );
  return [...new Set(others.flat())];
}
