import { policiesCheckName } from '../../review/policies-check.ts';
import type { EventPayload, WebhookEvent } from './event.ts';
import { rerun } from './rerun.ts';

interface CheckRunPayload extends EventPayload {
  readonly check_run: {
    readonly name: string;
    readonly head_sha: string;
    readonly check_suite: { readonly head_branch: string | null } | null;
  };
}

/** The Re-run button of a check: plan again, or test the policies again. */
export const checkRunEvent: WebhookEvent<CheckRunPayload> = {
  name: 'check_run',
  jobs({ action, check_run }, place) {
    if (action !== 'rerequested') return [];
    if (check_run.name === policiesCheckName)
      return [{ kind: 'check-policies', payload: { ...place, sha: check_run.head_sha } }];
    return [rerun(place, check_run.head_sha, check_run.check_suite?.head_branch)];
  },
};
