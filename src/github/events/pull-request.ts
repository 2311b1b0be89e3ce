import type { EventPayload, WebhookEvent } from './event.ts';

interface PullRequestPayload extends EventPayload {
  readonly number: number;
  readonly pull_request: { readonly merged: boolean };
  readonly changes?: { readonly base?: unknown };
}

/** Opened, pushed to or aimed at another base: plan. Merged: apply. Labelled: decide again. */
export const pullRequestEvent: WebhookEvent<PullRequestPayload> = {
  name: 'pull_request',
  jobs({ action, number, pull_request, changes }, place) {
    const at = { ...place, number };
    if (action === 'opened' || action === 'synchronize' || action === 'reopened')
      return [{ kind: 'review', payload: at }];
    if (action === 'labeled' || action === 'unlabeled') return [{ kind: 'labels', payload: at }];
    if (action === 'edited' && changes?.base) return [{ kind: 'review', payload: at }];
    if (action === 'closed' && pull_request.merged) return [{ kind: 'merge', payload: at }];
    if (action === 'closed') return [{ kind: 'close', payload: at }];
    return [];
  },
};
