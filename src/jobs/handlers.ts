import type { Heard } from '../state/heard.ts';
import type { PullRequests } from '../state/pull-requests.ts';
import { applyMerge } from '../workflow/apply-merge.ts';
import { closePullRequest } from '../workflow/close-pull-request.ts';
import { hearCancel, hearComment } from '../workflow/hear-comment.ts';
import { hearLabels } from '../workflow/hear-labels.ts';
import { hearReview } from '../workflow/hear-review.ts';
import type { FollowUp } from '../workflow/hearing.ts';
import { notePushedSettings } from '../workflow/note-settings.ts';
import { notYetTold } from '../workflow/overlaps.ts';
import { isSourceOf, type PolicySource } from '../workflow/policy-source.ts';
import { reportTrouble, trouble } from '../workflow/report-trouble.ts';
import type { Repository } from '../workflow/repository.ts';
import { rerunChecks } from '../workflow/rerun-checks.ts';
import { retractComment } from '../workflow/retract-comment.ts';
import { reportGroupTrouble, reviewMergeGroup } from '../workflow/review-merge-group.ts';
import { reviewPullRequest } from '../workflow/review-pull-request.ts';
import { showOverlaps } from '../workflow/show-overlaps.ts';
import { showSettled } from '../workflow/show-settled.ts';
import type { PullRequestLists } from '../workflow/sweep.ts';
import type { PullRequestWorkflow } from '../workflow/workflow.ts';
import {
  commitOptions,
  type JobPayloads,
  type PullRequestJobs,
  type PullRequestPlace,
  pullRequestKey,
  type RepositoryJobs,
  type RepositoryPlace,
} from './kinds.ts';
import type { Handler, Handlers, Queue } from './queue.ts';
import { isRefused, untilTold } from './until-told.ts';

export interface HandlerDependencies {
  readonly workflow: PullRequestWorkflow & { readonly pullRequests: PullRequests };
  /** The repository of a job, through its installation's client. */
  readonly open: (place: RepositoryPlace) => Promise<Repository>;
  readonly lists: (place: RepositoryPlace) => Promise<PullRequestLists>;
  readonly heard: Heard;
  /** Where the organisation's policies are: commits there are tested besides. */
  readonly policySource?: PolicySource | undefined;
  /** Given late: the queue needs its handlers before it exists. */
  readonly queue: () => Queue<JobPayloads>;
}

/** What each kind of job does: open the repository, call the use case, enqueue what it asks for next. */
export function createHandlers(
  dependencies: HandlerDependencies,
): Handlers<PullRequestJobs> & Handlers<RepositoryJobs> {
  const { workflow, open, queue } = dependencies;
  const follow = async (place: PullRequestPlace, followUps: readonly FollowUp[]) => {
    for (const kind of followUps) await enqueue(queue(), kind, onlyPlace(place));
  };
  const tellOthers = async (repository: Repository, place: PullRequestPlace) => {
    const numbers = await notYetTold(workflow, repository, place.number);
    for (const number of numbers) await follow({ ...place, number }, ['overlap']);
  };
  const handler = <P extends PullRequestPlace>(
    handle: (repository: Repository, payload: P, signal: AbortSignal) => Promise<void>,
  ): Handler<P> => ({
    async handle(payload, signal) {
      await handle(await open(payload), payload, signal);
    },
    retries: 4,
    retryDelaySeconds: 2,
    async onExhausted(payload) {
      try {
        await reportTrouble(workflow, await open(payload), payload.number);
      } catch (error) {
        // What made the job fail may be that GitHub does not answer. A check must not stay pending for that.
        await enqueue(queue(), 'trouble', onlyPlace(payload));
        throw error;
      }
    },
  });
  return {
    review: handler(async (repository, payload) => {
      await alsoPolicies(dependencies, payload, async () => {
        return (await repository.pullRequest(payload.number)).headSha;
      });
      await reviewPullRequest(workflow, repository, payload.number);
      await tellOthers(repository, payload);
    }),
    overlap: handler((repository, { number }) => showOverlaps(workflow, repository, number)),
    comment: handler(async (repository, payload) => {
      await follow(payload, await hearComment(workflow, repository, payload.number, payload.comment));
    }),
    labels: handler(async (repository, payload) => {
      await follow(payload, await hearLabels(workflow, repository, payload.number));
    }),
    cancel: handler((repository, p) => hearCancel(workflow, repository, p.number, p.comment)),
    retract: handler((repository, p) => retractComment(workflow, repository, p.number, p.comment)),
    'hear-review': handler(async (repository, payload) => {
      await follow(payload, await hearReview(workflow, repository, payload.number, payload.review));
    }),
    merge: handler(async (repository, payload, signal) => {
      const { changed, settled } = await applyMerge(workflow, repository, payload.number, signal);
      // Which of the two it is, open or merged and waiting, the jobs see for themselves.
      for (const number of changed) await follow({ ...payload, number }, ['review', 'merge']);
      for (const number of settled) await follow({ ...payload, number }, ['settle']);
    }),
    settle: handler(async (repository, payload) => {
      const waiting = await showSettled(workflow, repository, payload.number);
      for (const number of waiting) await follow({ ...payload, number }, ['review', 'merge']);
    }),
    close: handler(async (repository, payload) => {
      await closePullRequest(workflow, repository, payload.number);
      await tellOthers(repository, payload);
    }),
    trouble: {
      async handle(payload) {
        await reportTrouble(workflow, await open(payload), payload.number).catch(unlessRefused);
      },
      // Five hours: longer than GitHub is away.
      retries: 60,
      retryDelaySeconds: 10,
    },
    rerun: rerunHandler(dependencies),
    'merge-group': groupHandler(dependencies),
    settings: {
      handle: async (place) => notePushedSettings(workflow, await open(place)),
      retries: 4,
      retryDelaySeconds: 2,
    },
  };
}

function rerunHandler(dependencies: HandlerDependencies): Handler<RepositoryJobs['rerun']> {
  const { workflow, open, queue } = dependencies;
  return {
    handle: ({ sha, ...place }) => rerun(dependencies, place, sha),
    retries: 10,
    retryDelaySeconds: 2,
    onExhausted: untilTold(queue, 'rerun', async ({ sha, ...place }) =>
      reportGroupTrouble(workflow, await open(place), sha, trouble),
    ),
  };
}

async function rerun(
  { open, lists, heard, queue, policySource }: HandlerDependencies,
  place: RepositoryPlace,
  sha: string,
): Promise<void> {
  await alsoPolicies({ queue, policySource }, place, async () => sha);
  const found = await rerunChecks(heard, await open(place), await lists(place), sha);
  for (const { kind, number } of found) await enqueue(queue(), kind, { ...place, number });
}

function groupHandler(dependencies: HandlerDependencies): Handler<RepositoryJobs['merge-group']> {
  const { workflow, open, lists, queue } = dependencies;
  return {
    async handle({ sha, ...place }) {
      const listed = await lists(place);
      const isProposed = async () => (await listed.open()).some((pull) => pull.headSha === sha);
      if (await isProposed()) return rerun(dependencies, place, sha);
      await alsoPolicies(dependencies, place, async () => sha);
      await reviewMergeGroup(workflow, await open(place), { queue: listed.queue, isProposed }, sha);
    },
    retries: 4,
    retryDelaySeconds: 2,
    onExhausted: untilTold(queue, 'merge-group', async ({ sha, ...place }) =>
      reportGroupTrouble(workflow, await open(place), sha, trouble),
    ),
  };
}

/** Where the organisation's policies are, a commit has one check more. */
async function alsoPolicies(
  { queue, policySource }: Pick<HandlerDependencies, 'queue' | 'policySource'>,
  { installation, owner, repo }: RepositoryPlace,
  sha: () => Promise<string>,
): Promise<void> {
  if (!isSourceOf(policySource, { owner, repo })) return;
  const at = { installation, owner, repo, sha: await sha() };
  await queue().enqueue('check-policies', at, commitOptions('check-policies', at));
}

function unlessRefused(error: unknown): void {
  if (!isRefused(error)) throw error;
}

function onlyPlace({ installation, owner, repo, repositoryId, number }: PullRequestPlace): PullRequestPlace {
  return { installation, owner, repo, number, ...(repositoryId === undefined ? {} : { repositoryId }) };
}

/** Enqueues a job that concerns a whole pull request; of several that wait, the newest does for all. */
function enqueue(
  queue: Queue<JobPayloads>,
  kind: FollowUp | 'trouble',
  place: PullRequestPlace,
): Promise<void> {
  return queue.enqueue(kind, place, { key: pullRequestKey(place), coalesce: true });
}
