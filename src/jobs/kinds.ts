/** A pull request, and the installation through which Slipway reaches it. */
export interface PullRequestPlace {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

/** Every kind of job on a pull request, with what it is about. */
export type PullRequestJobs = {
  review: PullRequestPlace;
  comment: PullRequestPlace & { readonly comment: number };
  /** A comment that asks to stop what is being applied: heard beside the jobs of its pull request. */
  cancel: PullRequestPlace & { readonly comment: number };
  retract: PullRequestPlace & { readonly comment: number };
  'hear-review': PullRequestPlace & { readonly review: number };
  merge: PullRequestPlace;
  close: PullRequestPlace;
};

/** Every kind of job. */
export type JobPayloads = PullRequestJobs & {
  /** Has GitHub send again what did not arrive since then, ISO 8601; within the last hour where it is not said. */
  'catch-up': { readonly since?: string };
  maintenance: object;
};

/** A job that a webhook asks for. */
export type JobRequest = {
  [Kind in keyof PullRequestJobs]: { readonly kind: Kind; readonly payload: PullRequestJobs[Kind] };
}[keyof PullRequestJobs];

/** Jobs with the same key run one after the other: all those of one pull request. */
export function pullRequestKey({ owner, repo, number }: PullRequestPlace): string {
  return `${owner}/${repo}#${number}`.toLowerCase();
}
