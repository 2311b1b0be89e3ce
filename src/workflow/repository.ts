import type { Person } from '../approval/approval.ts';
import type { CheckOutput } from '../review/checks.ts';

/** A commit that merges a pull request into the base branch as it is now, which is `base`. */
export interface TrialMerge {
  readonly sha: string;
  readonly base: string;
}

/**
 * A repository on GitHub as the use cases see it: the one interface between workflow/ and GitHub. `github/` makes
 * it from an installation's client. Everything is asked when it is needed and never guessed from a webhook, which
 * may be late, repeated or out of order.
 */
export interface Repository {
  /** `owner/name` when it was first heard of: its stacks and pull requests are kept under it, also once it is renamed. */
  readonly fullName: string;
  /** `owner/name` as it is called now, for links. */
  readonly currentName: string;
  pullRequest(number: number): Promise<PullRequest>;
  /**
   * Every file that differs between the pull request and its base; all pages. They are fewer where `trial` is given; and
   * may then be without their hunks. Where `mayMove` is given, two calls do, and a file that was renamed is one that
   * went and one that came, unless it left a path for which that is true.
   */
  changedFiles(
    number: number,
    trial?: TrialMerge,
    mayMove?: (path: string) => boolean,
  ): Promise<readonly ChangedFile[]>;
  /** Who has commits in it, and who `logins` are: their permission, and which of the `teams` they are in. */
  people(number: number, logins: readonly string[], teams: readonly string[]): Promise<People>;
  /** Files of the base branch as it is now, and what merging the pull request into it would make; in one call. */
  readBase(
    pullRequest: Pick<PullRequest, 'number' | 'baseRef' | 'headSha'>,
    paths: readonly string[],
  ): Promise<Base>;
  /** Those of the paths that more than one of the pull request's own commits changes, merges aside. */
  changedRepeatedly(number: number, paths: readonly string[]): Promise<readonly string[]>;
  /** The files at a commit or `refs/heads/main`, by path; what is not there is left out. As few calls as GitHub allows. */
  readFiles(revision: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Those of the paths at which there is anything at the commit, unread: one call for hundreds of folders. */
  present(commit: string, paths: readonly string[]): Promise<ReadonlySet<string>>;
  /** Permission, and membership of those `teams` (`@org/team`) that are asked about, nested ones too. */
  person(login: string, teams: readonly string[]): Promise<Person>;
  /** Undefined when it was deleted. */
  comment(id: number): Promise<Comment | undefined>;
  review(number: number, id: number): Promise<PullRequestReview | undefined>;
  /** Writes a comment, or edits the one that is there. Gives the id and GitHub's own time of the writing. */
  writeComment(number: number, id: number | undefined, body: string): Promise<WrittenComment>;
  /** The App's own comment with this marker in its first line, if there is one: for when the record was lost. */
  findComment(number: number, marker: string): Promise<number | undefined>;
  /** One review, of Slipway's own, with a comment on each of the lines. They have to be lines that the pull request shows. */
  commentOnLines(number: number, commit: string, comments: readonly LineComment[]): Promise<void>;
  react(commentId: number, content: '+1' | '-1' | 'eyes' | 'confused'): Promise<void>;
  /** Publishes each check on the commit. */
  publishChecks(commit: string, checks: readonly CheckOutput[]): Promise<void>;
  /** Gives code scanning what was found, as SARIF, of a commit under a full ref; false where GitHub takes none here. */
  uploadAnalysis(commit: string, ref: string, sarif: string): Promise<boolean>;
  /** Opens an issue whose body begins with the marker, or brings the open one up to date. */
  raiseIssue(marker: string, title: string, body: string): Promise<void>;
  /** Closes the open issue with the marker, if there is one. */
  closeIssue(marker: string): Promise<void>;
  /**
   * Edits the issue with this number, or opens one whose body begins with the marker: the open one of that marker where
   * there is one, since its number may have been lost. Gives the number; undefined where one to be closed is gone.
   */
  keepIssue(number: number | undefined, marker: string, issue: IssueText): Promise<number | undefined>;
  /** The commit of the default branch as it is now. */
  defaultBranch(): Promise<string>;
  /** Slipway's own deployment of the commit to the environment: the one that is there, or a new one. */
  deployment(commit: string, environment: string, description: string): Promise<number>;
  /** What was said of it last; undefined where nothing was. */
  deploymentState(deployment: number): Promise<string | undefined>;
  deploymentStatus(
    deployment: number,
    state: 'in_progress' | 'success' | 'failure',
    description: string,
  ): Promise<void>;
  /** What GitHub keeps for the workflows that name this environment. */
  environmentValues(environment: string): EnvironmentValues;
}

/**
 * Variables, which everybody who reads the repository's workflows may see, and secrets. Throws `hand-over-failed` with
 * what an operator can do where GitHub does not let Slipway.
 */
export interface EnvironmentValues {
  /** Throws where nothing could be written: nothing is written by it. */
  check(): Promise<void>;
  has(kind: 'variable' | 'secret', name: string): Promise<boolean>;
  /** Writes it, over what is there. Throws `hand-over-refused` where a known secret is in it. */
  putVariable(name: string, value: string): Promise<void>;
  /** Seals it for GitHub first; GitHub gives nobody but those workflows the text. */
  putSecret(name: string, value: string): Promise<void>;
  /** Also what is not there. */
  remove(kind: 'variable' | 'secret', name: string): Promise<void>;
}

export interface PullRequest {
  readonly number: number;
  readonly author: string;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  /** Only once merged. */
  readonly mergeCommit?: string;
  /** Only once merged; ISO 8601, GitHub's clock, whole seconds. */
  readonly mergedAt?: string;
  /** Only once merged: login of who did it. */
  readonly mergedBy?: string;
  readonly headSha: string;
  readonly baseSha: string;
  readonly baseRef: string;
  /** Whether its commits come from another repository. */
  readonly fromFork: boolean;
  readonly isDefaultBase: boolean;
  /** How many files it changes. */
  readonly fileCount: number;
  /** Names of its labels. Whoever may triage can change them, the author too where they may. */
  readonly labels: readonly string[];
}

/** What GitHub knows of the people of a pull request. */
export interface People {
  /** Logins of who wrote or committed any of its commits, sorted. */
  readonly committers: readonly string[];
  /** Those who were asked about. */
  readonly people: readonly Person[];
  /** Team → logins of its members, nested ones too; without those teams of which they are too many to list. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Those teams that GitHub says are not there. */
  readonly missingTeams: readonly string[];
}

export interface Base {
  /** By path; what is not there is left out. */
  readonly files: ReadonlyMap<string, string>;
  /** The commit that GitHub made of base and head to try the merge; `computing` until it is of both as they are. */
  readonly merge:
    | ({
        readonly kind: 'commit';
        /** Those of the paths that the merge would change, whatever the list of the pull request's files says. */
        readonly changed: readonly string[];
        /** Those of which a merge by rebase, where the repository allows that, may make something else than the trial. */
        readonly rebased: readonly string[];
      } & TrialMerge)
    | { readonly kind: 'computing' }
    | { readonly kind: 'conflict' };
}

export interface ChangedFile {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed' | 'copied' | 'changed' | 'unchanged';
  readonly previousPath?: string;
  /** Its hunks up to the pull request's head; absent where GitHub finds them too long, or the file is no text. */
  readonly patch?: string;
}

/** A comment on a line of a file as the pull request's head has it. */
export interface LineComment {
  readonly path: string;
  readonly line: number;
  /** Markdown. */
  readonly body: string;
}

/** What an issue says. Whether it is open is left as it is where no state is given. */
export interface IssueText {
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly state?: 'open' | 'closed';
}

/** A comment as GitHub has it after a writing. */
export interface WrittenComment {
  readonly id: number;
  /** GitHub's own time, ISO 8601. */
  readonly at: string;
  readonly body: string;
}

export interface Comment {
  readonly id: number;
  readonly login: string;
  readonly isBot: boolean;
  readonly body: string;
  /** ISO 8601, GitHub's clock, whole seconds. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly edited: boolean;
  readonly pullRequest: number;
}

export interface PullRequestReview {
  readonly id: number;
  readonly login: string;
  readonly isBot: boolean;
  readonly state: 'approved' | 'changes_requested' | 'commented' | 'dismissed' | 'pending';
  /** The commit that was looked at. */
  readonly commit: string;
  readonly submittedAt: string;
}
