import type { JobRequest, RepositoryPlace } from '../../jobs/kinds.ts';

/** What every webhook that Slipway listens to carries. */
export interface EventPayload {
  readonly action?: string;
  readonly repository?: {
    readonly id: number;
    readonly name: string;
    readonly owner: { readonly login: string };
  };
  readonly installation?: { readonly id: number };
  /** Who did what it tells of. */
  readonly sender?: { readonly login?: string };
}

/**
 * One webhook event: which jobs it asks for. Pure: the payload says that something happened and where; what is
 * true now is asked of GitHub by the job.
 */
export interface WebhookEvent<Payload extends EventPayload = EventPayload> {
  /** GitHub's name of the event. */
  readonly name: string;
  jobs(payload: Payload, place: RepositoryPlace): readonly JobRequest[];
}

export interface InstallationPayload {
  readonly action?: string;
  readonly installation: { readonly id: number; readonly updated_at: string | number };
  readonly repositories_added?: readonly { readonly id: number }[];
}

/** An event about an installation as a whole. GitHub sends these to every App, and takes no subscription to them. */
export interface InstallationEvent {
  readonly name: string;
  jobs(payload: InstallationPayload): readonly JobRequest[];
}

/** Undefined for payloads without a repository or an installation: nothing that Slipway could work on. */
export function placeOf({ repository, installation }: EventPayload): RepositoryPlace | undefined {
  if (!repository || !installation) return undefined;
  const { id, name, owner } = repository;
  return { installation: installation.id, owner: owner.login, repo: name, repositoryId: id };
}
