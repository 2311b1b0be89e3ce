import { mergeBase } from '../git/commits.ts';
import { changedFiles, emptyTree, type FileChange } from '../git/diff.ts';
import { branchTip } from '../git/store.ts';
import type { PullRequestIssue } from './pull-request.ts';
import type { Repository } from './repository.ts';

/** The commit that a pull request's differences are taken from: where its branch left the base branch. */
export async function rangeStart(repository: Repository, { pull }: PullRequestIssue): Promise<string> {
  return (await mergeBase(repository.git, pull.baseSha, pull.headSha)) ?? emptyTree;
}

/** The files that a pull request changes. */
export async function filesOf(repository: Repository, issue: PullRequestIssue): Promise<FileChange[]> {
  return changedFiles(repository.git, await rangeStart(repository, issue), issue.pull.headSha);
}

/** The commit that a merge would go on top of: the tip of the base branch. Null when the branch is gone. */
export function baseTip(repository: Repository, { pull }: PullRequestIssue): string | null {
  return branchTip(repository.git, pull.baseRef);
}
