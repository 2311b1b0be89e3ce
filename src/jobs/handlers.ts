import type { PullRequests } from '../state/pull-requests.ts';
import { applyMerge } from '../workflow/apply-merge.ts';
import { closePullRequest } from '../workflow/close-pull-request.ts';
import { type FollowUp, hearCancel, hearComment } from '../workflow/hear-comment.ts';
import { hearReview } from '../workflow/hear-review.ts';
import { reportTrouble } from '../workflow/report-trouble.ts';
import type { Repository } from '../workflow/repository.ts';
import { retractComment } from '../workflow/retract-comment.ts';
import { reviewPullRequest } from '../workflow/review-pull-request.ts';
import type { PullRequestWorkflow } from '../workflow/workflow.ts';
import { type JobPayloads, type PullRequestJobs, type PullRequestPlace, pullRequestKey } from './kinds.ts';
import type { Handler, Handlers, Queue } from './queue.ts';

export interface HandlerDependencies {
  readonly workflow: PullRequestWorkflow & { readonly pullRequests: PullRequests };
  /** The repository of a job, through its installation's client. */
  readonly open: (place: PullRequestPlace) => Promise<Repository>;
  /** Given late: the queue needs its handlers before it exists. */
  readonly queue: () => Queue<JobPayloads>;
}

/** What each kind of job on a pull request does: open the repository, call the use case, enqueue what it asks for next. */
export function createHandlers({ workflow, open, queue }: HandlerDependencies): Handlers<PullRequestJobs> {
  const follow = async (place: PullRequestPlace, followUps: readonly FollowUp[]) => {
    const { installation, owner, repo, number } = place;
    for (const kind of followUps) await enqueue(queue(), kind, { installation, owner, repo, number });
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
      await reportTrouble(workflow, await open(payload), payload.number);
    },
  });
  return {
    review: handler((repository, { number }) => reviewPullRequest(workflow, repository, number)),
    comment: handler(async (repository, payload) => {
      await follow(payload, await hearComment(workflow, repository, payload.number, payload.comment));
    }),
    cancel: handler((repository, p) => hearCancel(workflow, repository, p.number, p.comment)),
    retract: handler((repository, p) => retractComment(workflow, repository, p.number, p.comment)),
    'hear-review': handler(async (repository, payload) => {
      await follow(payload, await hearReview(workflow, repository, payload.number, payload.review));
    }),
    merge: handler(async (repository, payload, signal) => {
      const others = await applyMerge(workflow, repository, payload.number, signal);
      // Which of the two it is, open or merged and waiting, the jobs see for themselves.
      for (const number of others) await follow({ ...payload, number }, ['review', 'merge']);
    }),
    close: handler((repository, { number }) => closePullRequest(workflow, repository, number)),
  };
}

/** Enqueues a job that concerns a whole pull request; of several that wait, the newest does for all. */
function enqueue(queue: Queue<JobPayloads>, kind: FollowUp, place: PullRequestPlace): Promise<void> {
  return queue.enqueue(kind, place, { key: pullRequestKey(place), coalesce: true });
}
