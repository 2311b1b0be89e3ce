/** A pull request, and the installation through which Slipway reaches it. */
export interface PullRequestPlace {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

/** Every kind of job, with what it is about. */
export type JobPayloads = {
  review: PullRequestPlace;
  comment: PullRequestPlace & { readonly comment: number };
  retract: PullRequestPlace & { readonly comment: number };
  'hear-review': PullRequestPlace & { readonly review: number };
  merge: PullRequestPlace;
  close: PullRequestPlace;
};

/** A job that a webhook asks for. */
export type JobRequest = {
  [Kind in keyof JobPayloads]: { readonly kind: Kind; readonly payload: JobPayloads[Kind] };
}[keyof JobPayloads];

/** Jobs with the same key run one after the other: all those of one pull request. */
export function pullRequestKey({ owner, repo, number }: PullRequestPlace): string {
  return `${owner}/${repo}#${number}`.toLowerCase();
}
