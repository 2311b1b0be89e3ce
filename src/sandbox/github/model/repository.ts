import type { GitStore } from '../git/store.ts';
import type { Account, Team } from './account.ts';
import type { Actor } from './actor.ts';
import type { CheckRun, CheckSuite, CommitStatus } from './check.ts';
import type { Analysis } from './code-scanning.ts';
import type { Deployment, Environment } from './deployment.ts';
import type { Issue, Label } from './issue.ts';
import type { PullRequestIssue } from './pull-request.ts';
import type { Role } from './role.ts';

/** A repository: its git objects on disk, and all that GitHub keeps beside them. */
export interface Repository {
  readonly id: number;
  /** Both change when it is transferred or renamed. */
  owner: Account;
  name: string;
  readonly private: boolean;
  readonly description: string | null;
  readonly defaultBranch: string;
  readonly parent: Repository | null;
  readonly createdAt: string;
  readonly git: GitStore;
  updatedAt: string;
  pushedAt: string;
  deleteBranchOnMerge: boolean;
  /** Issues and pull requests share their numbers. */
  readonly issues: Map<number, Issue>;
  /** By lower-case name. */
  readonly labels: Map<string, Label>;
  /** By lower-case login. */
  readonly collaborators: Map<string, { readonly account: Account; readonly role: Role }>;
  /** By team id. */
  readonly teamGrants: Map<number, { readonly team: Team; readonly role: Role }>;
  readonly checkSuites: CheckSuite[];
  readonly checkRuns: CheckRun[];
  readonly statuses: CommitStatus[];
  readonly deployments: Deployment[];
  /** By name. */
  readonly environments: Map<string, Environment>;
  /** By branch name. */
  readonly protections: Map<string, BranchProtection>;
  readonly mergeQueue: QueuedMerge[];
  /** Off until somebody turns it on. */
  readonly codeScanning: { enabled: boolean; readonly analyses: Analysis[] };
}

/** A pull request that waits for its checks on the merged commit, to be merged by the queue. */
export interface QueuedMerge {
  readonly issue: PullRequestIssue;
  readonly actor: Actor;
  readonly method: 'merge' | 'squash';
  /** The commit that is being checked, its branch, and the base that it was made on; null until its turn. */
  group: { readonly sha: string; readonly ref: string; readonly base: string } | null;
}

/** What a branch asks for before it takes a change. */
export interface BranchProtection {
  readonly requiredStatusChecks: {
    readonly strict: boolean;
    readonly checks: readonly { readonly context: string; readonly appId: number | null }[];
  } | null;
  /** `requireCodeOwners` and `requireLastPushApproval` are kept and shown; merging here does not ask for them. */
  readonly requiredReviews: {
    readonly count: number;
    readonly dismissStale: boolean;
    readonly requireCodeOwners: boolean;
    readonly requireLastPushApproval: boolean;
  } | null;
  readonly enforceAdmins: boolean;
  readonly requiredLinearHistory: boolean;
  readonly allowForcePushes: boolean;
  readonly allowDeletions: boolean;
  readonly requiredConversationResolution: boolean;
}

/** `owner/name`. */
export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}
