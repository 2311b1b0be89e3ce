import type { EventPayload, WebhookEvent } from './event.ts';

interface MergeGroupPayload extends EventPayload {
  readonly merge_group: { readonly head_sha: string };
}

/** A merge queue asks for the checks of the commit that it is about to merge. */
export const mergeGroupEvent: WebhookEvent<MergeGroupPayload> = {
  name: 'merge_group',
  jobs({ action, merge_group: { head_sha: sha } }, place) {
    return action === 'checks_requested' ? [{ kind: 'merge-group', payload: { ...place, sha } }] : [];
  },
};
