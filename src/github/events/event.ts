import type { JobRequest } from '../../jobs/kinds.ts';

/** What every webhook that Slipway listens to carries. */
export interface EventPayload {
  readonly action?: string;
  readonly repository?: { readonly name: string; readonly owner: { readonly login: string } };
  readonly installation?: { readonly id: number };
}

/**
 * One webhook event: which jobs it asks for. Pure: the payload says that something happened and where; what is
 * true now is asked of GitHub by the job.
 */
export interface WebhookEvent<Payload extends EventPayload = EventPayload> {
  /** GitHub's name of the event. */
  readonly name: string;
  jobs(payload: Payload, place: Place): readonly JobRequest[];
}

/** Where a job works: an installation and a repository. */
export interface Place {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
}

/** Undefined for payloads without a repository or an installation: nothing that Slipway could work on. */
export function placeOf({ repository, installation }: EventPayload): Place | undefined {
  if (!repository || !installation) return undefined;
  return { installation: installation.id, owner: repository.owner.login, repo: repository.name };
}
