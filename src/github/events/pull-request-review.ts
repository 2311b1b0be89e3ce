import type { EventPayload, WebhookEvent } from './event.ts';

interface PullRequestReviewPayload extends EventPayload {
  readonly pull_request: { readonly number: number };
  readonly review: { readonly id: number };
}

/** GitHub's own review: approve counts as `approve`, request changes and a dismissal take it back. */
export const pullRequestReviewEvent: WebhookEvent<PullRequestReviewPayload> = {
  name: 'pull_request_review',
  jobs({ action, pull_request, review }, place) {
    if (action !== 'submitted' && action !== 'dismissed') return [];
    return [{ kind: 'hear-review', payload: { ...place, number: pull_request.number, review: review.id } }];
  },
};
