import type { Account, Team } from './account.ts';
import type { Issue } from './issue.ts';
import type { Repository } from './repository.ts';

/** The half of a pull request that an issue does not have. */
export interface PullRequest {
  readonly id: number;
  readonly headRepository: Repository;
  readonly headRef: string;
  baseRef: string;
  headSha: string;
  /** The tip of the base branch when the head was last moved. */
  baseSha: string;
  draft: boolean;
  readonly maintainerCanModify: boolean;
  readonly reviews: Review[];
  readonly requestedReviewers: Account[];
  readonly requestedTeams: Team[];
  mergedAt: string | null;
  mergedBy: Account | null;
  mergeCommitSha: string | null;
  /** The tip of the base branch before it was merged. */
  mergedOnto: string | null;
  /** Whether the head can be merged, for this pair of commits: computed by git when either moves. */
  mergeability: { readonly base: string; readonly head: string; readonly clean: boolean } | null;
}

/** An issue that is a pull request. */
export type PullRequestIssue = Issue & { readonly pull: PullRequest };

/** What a review says on a line of a file, as the commit that was looked at has it. */
export interface LineComment {
  readonly id: number;
  readonly path: string;
  readonly line: number;
  readonly body: string;
}

export interface Review {
  readonly id: number;
  readonly author: Account;
  readonly commit: string;
  readonly submittedAt: string;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  readonly comments: readonly LineComment[];
}

/** Narrows an issue to a pull request. */
export function isPullRequest(issue: Issue): issue is PullRequestIssue {
  return issue.pull !== null;
}

/** The pull requests of a repository, newest first. */
export function pullRequestsOf(repository: Repository): PullRequestIssue[] {
  return [...repository.issues.values()].filter(isPullRequest).reverse();
}
