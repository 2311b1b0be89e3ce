import { hasChanges } from '../plan/plan.ts';
import { failureMarker, renderFailureIssue } from '../review/failure-issue.ts';
import { progressMarker, renderProgress } from '../review/progress.ts';
import { overallState, type Review, type StackReview } from '../review/review.ts';
import { stateWords } from '../review/words.ts';
import type { Settings } from '../settings/settings.ts';
import type { PullRequestRecord } from '../state/pull-requests.ts';
import { type ApplyOutcome, applyStack } from './apply-stack.ts';
import { touchedStacks } from './discover.ts';
import { decideStack, type Electorate, electorate } from './gate.ts';
import type { StackSource } from './plan-stack.ts';
import { readSources } from './plan-touched.ts';
import { publishReview } from './publish-review.ts';
import { readSettings } from './read-settings.ts';
import type { PullRequest, Repository } from './repository.ts';
import { reviewHead, stackReview } from './review-pull-request.ts';
import { trackProgress } from './track-progress.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** A comment is edited at most this often while things go on: GitHub limits writes, and people read slowly. */
const progressEveryMs = 3_000;

/** How long a merge waits for another run of the same stack before its job is tried again later. */
const lockWaitMs = 60_000;

/**
 * Applies a merged pull request: plans the merged commit again and applies, stack by stack in the order of the
 * environments, what has been approved; anything else is shown and waits. May run any number of times: what was
 * applied is not applied again. Returns the numbers of open pull requests whose stacks changed under them.
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
  if (record?.phase === 'settled') return [];
  const [files, { settings, diagnostics }] = await Promise.all([
    repository.changedFiles(number),
    readSettings(repository, pullRequest),
  ]);
  if (!settings) {
    const review: Review = { ...reviewHead(workflow, repository, pullRequest), diagnostics, stacks: [] };
    await publishReview(workflow, repository, pullRequest, review, record, { phase: 'failed' });
    return [];
  }
  const touched = touchedStacks(repository.fullName, settings, files);
  const sources = await readSources(
    workflow,
    repository,
    touched,
    pullRequest.mergeCommit,
    pullRequest,
    settings.policies,
  );
  if (sources.length === 0) return [];

  const electors = await electorate(repository, pullRequest, settings, record?.statements ?? []);
  const merge: Merge = {
    workflow,
    repository,
    pullRequest,
    commit: pullRequest.mergeCommit,
    settings,
    electors,
    stacks: new Map(),
    record,
    signal,
  };
  for (const environment of settings.environments) {
    const own = sources.map((s) => s.source).filter((s) => s.environment.name === environment.name);
    if (own.length > 0) await applyEnvironment(merge, environment, own);
  }
  return finish(merge);
}

/** One merge while it is being applied. */
interface Merge {
  readonly workflow: PullRequestWorkflow;
  readonly repository: Repository;
  readonly pullRequest: PullRequest;
  readonly commit: string;
  readonly settings: Settings;
  readonly electors: Electorate;
  /** What became of each stack so far. */
  readonly stacks: Map<string, StackReview>;
  record: PullRequestRecord | undefined;
  readonly signal: AbortSignal | undefined;
}

/** All stacks of one environment, unless one that must come before it has not succeeded. */
async function applyEnvironment(
  merge: Merge,
  environment: Settings['environments'][number],
  sources: readonly StackSource[],
): Promise<void> {
  const earlier = [...merge.stacks.values()].filter((s) => environment.after.includes(s.environment));
  const held = earlier.find((s) => s.phase !== 'applied');
  for (const source of sources) {
    if (held) {
      merge.stacks.set(source.stack, heldBack(source, held));
      continue;
    }
    const reviewed = await applyOne(merge, source);
    merge.stacks.set(source.stack, reviewed);
  }
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

async function applyOne(merge: Merge, source: StackSource): Promise<StackReview> {
  const { workflow, repository, pullRequest, commit, electors } = merge;
  const statements = merge.record?.statements ?? [];
  const reporter = createReporter(merge, source);
  const failedBefore = (await workflow.state.stack(source.stack))?.status === 'failed';
  const outcome = await applyStack(workflow, {
    source,
    cause: { pullRequest: pullRequest.number, commit, by: pullRequest.author },
    waitMs: lockWaitMs,
    ...(merge.signal ? { signal: merge.signal } : {}),
    permit: (planned) => decideStack(planned, statements, electors)?.allowed === true,
    onPlan: (plan) => reporter.begin(plan),
    onProgress: (event) => reporter.onEvent(event),
  });
  if (outcome.status === 'interrupted') {
    // Not an end: the process is stopping. Thrown so that the job is handed to another.
    throw new Error(`the apply of ${source.stack} was interrupted; it will be resumed`);
  }
  const reviewed = stackReview(outcome.planned, statements, electors, merge.record);
  if (outcome.status === 'unplannable' || outcome.status === 'refused') {
    const earlier = merge.record?.review.stacks.find((s) => s.stack === source.stack);
    const stale = earlier?.decision?.allowed && outcome.status === 'refused';
    return stale
      ? { ...reviewed, phase: 'stale', ...(earlier.plan ? { previous: earlier.plan } : {}) }
      : reviewed;
  }
  const progress = await reporter.end(outcome);
  if (outcome.status === 'failed' && progress) {
    const { title, body } = renderFailureIssue({ progress, pullRequest: pullRequest.number, sha: commit });
    await repository.raiseIssue(failureMarker(source.stack), title, body);
  } else if (failedBefore) {
    await repository.closeIssue(failureMarker(source.stack));
  }
  return {
    ...reviewed,
    phase: outcome.status === 'failed' ? 'failed' : 'applied',
    ...(progress ? { progress } : {}),
  };
}

/** Tells GitHub how one stack's run goes: the progress comment and the environment's deployment. */
function createReporter(merge: Merge, source: StackSource) {
  const { workflow, repository, pullRequest, commit } = merge;
  const { clock, log } = workflow;
  const environment = source.environment.name;
  let tracker: ReturnType<typeof trackProgress> | undefined;
  let deployment: number | undefined;
  let comment: number | undefined;
  let lastWrite = 0;
  let writing = Promise.resolve();

  /** Progress is a courtesy: GitHub refusing it must not stop an apply. */
  const tell = (action: () => Promise<void>): Promise<void> => {
    writing = writing.then(action).catch((error: unknown) => {
      log.warn({ err: error, stack: source.stack }, 'could not report progress');
    });
    return writing;
  };
  const write = async (body: string) => {
    comment ??= await repository.findComment(pullRequest.number, progressMarker(source.stack));
    comment = (await repository.writeComment(pullRequest.number, comment, body)).id;
  };

  return {
    async begin(plan: Parameters<typeof trackProgress>[0]): Promise<void> {
      if (!hasChanges(plan)) return;
      tracker = trackProgress(plan, clock);
      lastWrite = clock.now().getTime();
      await tell(async () => {
        deployment = merge.record?.deployments?.[environment];
        deployment ??= await repository.createDeployment(
          commit,
          environment,
          `Pull request #${pullRequest.number}`,
        );
        await remember(merge, { phase: 'applying', deployments: { [environment]: deployment } });
        await repository.deploymentStatus(deployment, 'in_progress', `Applying ${source.file}`);
        await write(renderProgress(tracker!.running()));
      });
    },
    onEvent(event: Parameters<ReturnType<typeof trackProgress>['onEvent']>[0]): void {
      tracker?.onEvent(event);
      const now = clock.now().getTime();
      if (!tracker || now - lastWrite < progressEveryMs) return;
      lastWrite = now;
      const body = renderProgress(tracker.running());
      void tell(() => write(body));
    },
    async end(outcome: ApplyOutcome) {
      if (!tracker || !outcome.result) return undefined;
      const progress = tracker.ended(outcome.result);
      await tell(() => write(renderProgress(progress)));
      await tell(async () => {
        if (deployment === undefined) return;
        const state = outcome.status === 'succeeded' ? 'success' : 'failure';
        const words = stateWords[state === 'success' ? 'applied' : 'failed'].label;
        await repository.deploymentStatus(deployment, state, `${words}: ${source.file}`);
      });
      return progress;
    },
  };
}

/** Puts into the record what a crash must not lose. */
async function remember(
  merge: Merge,
  change: { phase: PullRequestRecord['phase']; deployments: Readonly<Record<string, number>> },
): Promise<void> {
  if (!merge.record) return;
  const deployments = { ...merge.record.deployments, ...change.deployments };
  merge.record = { ...merge.record, phase: change.phase, deployments };
  await merge.workflow.pullRequests.put(merge.record);
}

async function finish(merge: Merge): Promise<readonly number[]> {
  const { workflow, repository, pullRequest } = merge;
  const stacks = [...merge.stacks.values()];
  const review: Review = { ...reviewHead(workflow, repository, pullRequest), diagnostics: [], stacks };
  const settled = stacks.every((s) => s.phase === 'applied');
  const failed = stacks.some((s) => s.phase === 'failed');
  await publishReview(workflow, repository, pullRequest, review, merge.record, {
    phase: settled ? 'settled' : failed ? 'failed' : 'open',
  });
  workflow.log.info(
    { repository: repository.fullName, pullRequest: pullRequest.number, state: overallState(review) },
    'merge handled',
  );
  const changed = stacks.filter((s) => s.phase === 'applied' || s.phase === 'failed').map((s) => s.stack);
  const others = await Promise.all(
    changed.map((stack) => workflow.pullRequests.openOn(repository.fullName, stack, pullRequest.number)),
  );
  return [...new Set(others.flat())];
}
