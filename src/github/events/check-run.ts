import type { EventPayload, WebhookEvent } from './event.ts';

interface CheckRunPayload extends EventPayload {
  readonly check_run: { readonly pull_requests: readonly { readonly number: number }[] };
}

/** The Re-run button of a check: plan again. */
export const checkRunEvent: WebhookEvent<CheckRunPayload> = {
  name: 'check_run',
  jobs({ action, check_run }, place) {
    if (action !== 'rerequested') return [];
    return check_run.pull_requests.map(({ number }) => ({ kind: 'review', payload: { ...place, number } }));
  },
};
