import type { ProgressEvent } from '../apply/apply-plan.ts';
import { hasChanges } from '../plan/plan.ts';
import { type Progress, progressMarker, renderProgress } from '../review/progress.ts';
import { stateWords } from '../review/words.ts';
import type { RunRecord } from '../state/state.ts';
import type { ApplyOutcome } from './apply-stack.ts';
import type { PullRequest, Repository } from './repository.ts';
import { type ProgressTracker, trackProgress } from './track-progress.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** A comment is edited at most this often while things go on: GitHub limits writes, and people read slowly. */
const progressEveryMs = 3_000;

/** What is told of, and how GitHub is asked to tell it. */
export interface Telling {
  readonly workflow: PullRequestWorkflow;
  readonly repository: Repository;
  readonly pullRequest: PullRequest;
  readonly commit: string;
  /** The deployment that an earlier attempt made, and what to do with a new one so that a later finds it. */
  readonly earlierDeployment: number | undefined;
  readonly remember: (deployment: number) => Promise<void>;
}

/** One environment's deployment, for all of its stacks together. */
export interface DeploymentReport {
  /** One of its stacks begins. */
  begin(file: string): Promise<void>;
  /** All of them have ended. */
  end(ended: readonly { readonly file: string; readonly phase: string }[]): Promise<void>;
}

/** Progress is a courtesy: GitHub refusing it must not stop an apply. */
async function courteously({ workflow }: Telling, about: string, tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    workflow.log.warn({ err: error, about }, 'could not report progress');
  }
}

/** Tells GitHub's deployment of an environment how it goes. Nothing that changes: no deployment. */
export function reportDeployment(telling: Telling, environment: string): DeploymentReport {
  const { repository, pullRequest, commit, remember } = telling;
  let deployment: number | undefined;
  return {
    begin: (file) =>
      courteously(telling, environment, async () => {
        if (deployment !== undefined) return;
        deployment =
          telling.earlierDeployment ??
          (await repository.deployment(commit, environment, `Pull request #${pullRequest.number}`));
        await remember(deployment);
        // A process that died since may have said so.
        const said =
          telling.earlierDeployment === undefined
            ? undefined
            : await repository.deploymentState(telling.earlierDeployment);
        if (said === 'in_progress') return;
        await repository.deploymentStatus(deployment, 'in_progress', `Applying ${file}`);
      }),
    end: (ended) =>
      courteously(telling, environment, async () => {
        if (deployment === undefined) return;
        // What was gone back on is not there any more.
        const worst = (['failed', 'cancelled', 'rolled-back'] as const).find((p) =>
          ended.some((s) => s.phase === p),
        );
        const phase = worst ?? 'applied';
        const told = ended.filter((s) => s.phase === phase);
        const description = `${stateWords[phase].label}: ${told.map((s) => s.file).join(', ')}`;
        await repository.deploymentStatus(deployment, worst ? 'failure' : 'success', description);
      }),
  };
}

/** The progress comment of one stack's run. */
export interface RunReport {
  /** @param approval who approved it, in words */
  begin(run: RunRecord, approval: string | undefined): Promise<void>;
  onEvent(event: ProgressEvent): void;
  /** Whatever the end: nothing is said of the run as going on any more. */
  stop(): void;
  /** What became of the run; undefined when nothing was to change. */
  end(outcome: ApplyOutcome): Promise<Progress | undefined>;
  /** Its id, once it is written. */
  comment(): number | undefined;
}

/** @param shown whether an earlier run of the stack has said how it ended: that must not stand as the last word */
export function reportRun(telling: Telling, shown: boolean): RunReport {
  const { workflow, repository, pullRequest } = telling;
  const { clock } = workflow;
  let tracker: ProgressTracker | undefined;
  let comment: number | undefined;
  let lastWrite = 0;
  let writing = Promise.resolve();
  const ended = new AbortController();
  let isDue = false;

  const write = (progress: Progress): Promise<void> => {
    lastWrite = clock.now().getTime();
    writing = writing.then(() =>
      courteously(telling, progress.stack, async () => {
        comment ??= await repository.findComment(pullRequest.number, progressMarker(progress.stack));
        comment = (await repository.writeComment(pullRequest.number, comment, renderProgress(progress))).id;
      }),
    );
    return writing;
  };
  /** What happens right after a writing is shown as well, though nothing may happen for minutes then. */
  const writeWhenDue = async (tracker: ProgressTracker): Promise<void> => {
    if (isDue) return;
    isDue = true;
    try {
      const pause = lastWrite + progressEveryMs - clock.now().getTime();
      if (pause > 0) await clock.sleep(pause, ended.signal);
      if (!ended.signal.aborted) await write(tracker.running());
    } catch (error) {
      if (!ended.signal.aborted) throw error;
    } finally {
      isDue = false;
    }
  };

  return {
    async begin(run, approval) {
      const changes = hasChanges(run.plan);
      if (!changes && !shown) return;
      tracker = trackProgress(run, clock, approval, await workflow.state.journal(run.id));
      if (changes) await write(tracker.running());
    },
    onEvent(event) {
      if (!tracker) return;
      tracker.onEvent(event);
      void writeWhenDue(tracker);
    },
    async end({ result, status }) {
      if (!tracker || !result) return undefined;
      const progress = tracker.ended(result, status === 'cancelled');
      await write(progress);
      return progress;
    },
    stop: () => ended.abort(),
    comment: () => comment,
  };
}
