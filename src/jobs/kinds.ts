/** A repository, and the installation through which Slipway reaches it. */
export interface RepositoryPlace {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
  /** GitHub's number of the repository, which stays when it is renamed. Jobs of before it was kept have none. */
  readonly repositoryId?: number;
}

/** One of its pull requests. */
export interface PullRequestPlace extends RepositoryPlace {
  readonly number: number;
}

/** Every kind of job on a pull request, with what it is about. */
export type PullRequestJobs = {
  review: PullRequestPlace;
  comment: PullRequestPlace & { readonly comment: number };
  /** A comment that asks to stop what is being applied: heard beside the jobs of its pull request. */
  cancel: PullRequestPlace & { readonly comment: number };
  retract: PullRequestPlace & { readonly comment: number };
  /** It was given a label, or one was taken off it. */
  labels: PullRequestPlace;
  'hear-review': PullRequestPlace & { readonly review: number };
  merge: PullRequestPlace;
  /** What it left unsettled when it was merged may be settled by now, elsewhere. */
  settle: PullRequestPlace;
  /** Another one plans the same stack, or plans it differently now. */
  overlap: PullRequestPlace;
  close: PullRequestPlace;
  /** Slipway gave up on it, and could not say so at once. */
  trouble: PullRequestPlace;
};

/** Every kind of job on a repository, of which it is still to be seen which pull requests are meant. */
export type RepositoryJobs = {
  /** The Re-run button of the checks on a commit. */
  rerun: RepositoryPlace & { readonly sha: string };
  /** The commit that a merge queue made. */
  'merge-group': RepositoryPlace & { readonly sha: string };
  /** Its settings may be other ones by now. */
  settings: RepositoryPlace;
};

/** Compares what GitHub says now with what is stored. */
export interface Sweep {
  /** Only what this installation covers. */
  readonly installation?: number;
  /** Only these of it, by their numbers. */
  readonly repositories?: readonly number[];
  /** Open pull requests that have not changed since, ISO 8601, are planned again, whether anything is missing or not. */
  readonly again?: string;
}

/** Every kind of job on the organisation's policies. */
export type PolicyJobs = {
  /** Looks whether they are other ones by now. */
  policies: Partial<RepositoryPlace>;
  /** Tests those of a commit. */
  'check-policies': RepositoryPlace & { readonly sha: string };
};

/** Every kind of job. */
export type JobPayloads = PullRequestJobs &
  RepositoryJobs &
  PolicyJobs & {
    /** Has GitHub send again what did not arrive since then, ISO 8601; within the last hour where it is not said. */
    'catch-up': { readonly since?: string };
    maintenance: object;
    /** Encrypts what is not encrypted yet. */
    encryption: object;
    sweep: Sweep;
    /** Finds the repositories of which anything runs, and has each scanned. */
    compliance: object;
    /** Holds what runs of it against the policies in force. */
    'scan-running': RepositoryPlace;
  };

/** A job that a webhook asks for. */
export type JobRequest = {
  [Kind in WebhookJob]: { readonly kind: Kind; readonly payload: JobPayloads[Kind] };
}[WebhookJob];

type WebhookJob = keyof PullRequestJobs | keyof RepositoryJobs | keyof PolicyJobs | 'sweep';

/** Jobs with the same key run one after the other: all those of one pull request. */
export function pullRequestKey({ owner, repo, number }: PullRequestPlace): string {
  return `${owner}/${repo}#${number}`.toLowerCase();
}

/** Several that are asked for at once, by processes that start together perhaps, are one. */
export function sweepOptions({ installation, repositories, again }: Sweep): {
  key: string;
  coalesce: boolean;
} {
  const of = [installation ?? 'all', ...(repositories ?? [])].join(' ');
  return { key: `sweep ${of}${again ? ' again' : ''}`, coalesce: true };
}

/** What several ask of one commit at once is done once. */
export function commitOptions(
  kind: string,
  { owner, repo, sha }: RepositoryPlace & { readonly sha: string },
): { key: string; coalesce: boolean } {
  return { key: `${owner}/${repo} ${kind} ${sha}`.toLowerCase(), coalesce: true };
}
