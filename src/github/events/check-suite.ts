import type { EventPayload, WebhookEvent } from './event.ts';

interface CheckSuitePayload extends EventPayload {
  readonly check_suite: { readonly pull_requests: readonly { readonly number: number }[] };
}

/** 'Re-run all checks': plan again. */
export const checkSuiteEvent: WebhookEvent<CheckSuitePayload> = {
  name: 'check_suite',
  jobs({ action, check_suite }, place) {
    if (action !== 'rerequested') return [];
    return check_suite.pull_requests.map(({ number }) => ({ kind: 'review', payload: { ...place, number } }));
  },
};
