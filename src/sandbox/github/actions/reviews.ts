import { invalid, refusal } from '../http/refusal.ts';
import type { Actor } from '../model/actor.ts';
import type { LineComment, PullRequestIssue, Review } from '../model/pull-request.ts';
import { filesOf } from '../model/pull-request-range.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import { renderSimplePullRequest } from '../render/pull-request.ts';
import { renderWebhookReview } from '../render/review.ts';
import { requireBodyFits } from './limits.ts';

/** What a review says, in the API's verbs. */
export const reviewEvents = ['APPROVE', 'REQUEST_CHANGES', 'COMMENT'] as const;
export type ReviewEvent = (typeof reviewEvents)[number];

const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

/** Reviews a pull request. Nobody approves, or asks for changes of, their own. */
export async function submitReview(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  content: {
    readonly event: ReviewEvent;
    readonly body: string;
    readonly commit?: string;
    readonly comments?: readonly Omit<LineComment, 'id'>[];
  },
): Promise<Review> {
  const own = issue.author.id === actor.account.id;
  if (own && content.event === 'APPROVE') throw unprocessable('Can not approve your own pull request');
  if (own && content.event === 'REQUEST_CHANGES') {
    throw unprocessable('Can not request changes on your own pull request');
  }
  if (content.event !== 'APPROVE' && content.body.trim() === '') {
    throw invalid({ resource: 'PullRequestReview', field: 'body', code: 'missing_field' });
  }
  requireBodyFits('PullRequestReview', content.body);
  const { comments = [] } = content;
  for (const { body } of comments) requireBodyFits('PullRequestReviewComment', body);
  await requireShownLines(repository, issue, comments);
  const review: Review = {
    id: world.newId(),
    author: actor.account,
    commit: content.commit ?? issue.pull.headSha,
    submittedAt: timestamp(world),
    body: content.body,
    state: states[content.event],
    comments: comments.map((comment) => ({ id: world.newId(), ...comment })),
  };
  issue.pull.reviews.push(review);
  const asked = issue.pull.requestedReviewers.findIndex((reviewer) => reviewer.id === actor.account.id);
  if (asked >= 0) issue.pull.requestedReviewers.splice(asked, 1);
  issue.updatedAt = review.submittedAt;
  await world.announce('pull_request_review', { repository, sender: actor.account }, () => ({
    action: 'submitted' as const,
    review: renderWebhookReview(world, repository, issue, review),
    pull_request: renderSimplePullRequest(world, repository, issue),
  }));
  return review;
}

/** Only lines that the difference shows can be commented on; a line of the old side is not what is meant here. */
async function requireShownLines(
  repository: Repository,
  issue: PullRequestIssue,
  comments: readonly Omit<LineComment, 'id'>[],
): Promise<void> {
  if (comments.length === 0) return;
  const files = new Map((await filesOf(repository, issue)).map((f) => [f.filename, f.patch ?? '']));
  for (const { path, line } of comments) {
    const patch = files.get(path);
    if (patch === undefined) throw unprocessable('Path could not be resolved');
    if (!shownLines(patch).has(line)) throw unprocessable('Line could not be resolved');
  }
}

function shownLines(patch: string): ReadonlySet<number> {
  const shown = new Set<number>();
  let at = 0;
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk) at = Number(hunk[1]);
    else if (/^[+ ]/.test(text)) shown.add(at++);
  }
  return shown;
}

/** Changes a review's text. Its author may. */
export async function editReview(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  review: Review,
  actor: Actor,
  body: string,
): Promise<void> {
  if (review.author.id !== actor.account.id) throw refusal(403, 'Forbidden');
  requireBodyFits('PullRequestReview', body);
  const from = review.body;
  review.body = body;
  await world.announce('pull_request_review', { repository, sender: actor.account }, () => ({
    action: 'edited' as const,
    changes: { body: { from } },
    review: renderWebhookReview(world, repository, issue, review),
    pull_request: renderSimplePullRequest(world, repository, issue),
  }));
}

/** Dismisses an approval or a request for changes. */
export async function dismissReview(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  review: Review,
  actor: Actor,
): Promise<void> {
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') {
    throw unprocessable('Can not dismiss a commented pull request review');
  }
  review.state = 'DISMISSED';
  await world.announce('pull_request_review', { repository, sender: actor.account }, () => ({
    action: 'dismissed' as const,
    review: { ...renderWebhookReview(world, repository, issue, review), state: 'dismissed' as const },
    pull_request: renderSimplePullRequest(world, repository, issue),
  }));
}

function unprocessable(message: string) {
  return refusal(422, `Unprocessable Entity: "${message}"`);
}
