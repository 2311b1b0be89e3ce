/** The commits that a merge queue makes, and which pull requests are in them. */

/** A pull request in a merge queue. */
export interface QueueEntry {
  readonly number: number;
  /** The commit that GitHub made to merge it: of the base branch, of all that is ahead of it, and of itself. */
  readonly headSha?: string;
}

/** Whether the branch is named as those that GitHub's merge queue makes. Whoever may push can make one, too. */
export function isQueueBranch(branch: string): boolean {
  return branch.startsWith('gh-readonly-queue/');
}

/**
 * The pull requests that a commit of the queue merges, the first to be merged first; none where it is not the queue's.
 *
 * @param queue as GitHub has it, in its order: which pull requests a branch's name tells of is for whoever may push
 */
export function membersOf(queue: readonly QueueEntry[], sha: string): readonly number[] {
  const last = queue.findIndex((entry) => entry.headSha === sha);
  return queue.slice(0, last + 1).map((entry) => entry.number);
}
