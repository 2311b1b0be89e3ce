/** A pull request, and the installation through which Slipway reaches it. */
export interface PullRequestPlace {
  readonly installation: number;
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

/** Every kind of job, with what it is about. One queue each would lose the order per pull request. */
export type JobRequest =
  | { readonly kind: 'review'; readonly payload: PullRequestPlace }
  | { readonly kind: 'comment'; readonly payload: PullRequestPlace & { readonly comment: number } }
  | { readonly kind: 'retract'; readonly payload: PullRequestPlace & { readonly comment: number } }
  | { readonly kind: 'hear-review'; readonly payload: PullRequestPlace & { readonly review: number } }
  | { readonly kind: 'merge'; readonly payload: PullRequestPlace }
  | { readonly kind: 'close'; readonly payload: PullRequestPlace };

/** What runs one after the other: all the jobs of one pull request. */
export function orderingKey({ payload }: JobRequest): string {
  return `${payload.owner}/${payload.repo}#${payload.number}`;
}
