import type { EventPayload, WebhookEvent } from './event.ts';
import { rerun } from './rerun.ts';

interface CheckSuitePayload extends EventPayload {
  readonly check_suite: { readonly head_sha: string; readonly head_branch: string | null };
}

/** 'Re-run all checks': plan again. */
export const checkSuiteEvent: WebhookEvent<CheckSuitePayload> = {
  name: 'check_suite',
  jobs({ action, check_suite }, place) {
    if (action !== 'rerequested') return [];
    return [rerun(place, check_suite.head_sha, check_suite.head_branch)];
  },
};
