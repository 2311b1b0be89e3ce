/** The commits that a merge queue makes, and which pull requests are in them. */

/** One commit of a merge queue, as its branch names it. */
export interface QueueGroup {
  /** The branch that it is to be merged into. */
  readonly baseRef: string;
  /** The pull request that it adds to what it is made on. */
  readonly number: number;
  /** What it is made on: the tip of the base branch, or the commit of the one before it in the queue. */
  readonly baseSha: string;
}

const prefix = 'gh-readonly-queue/';

/** Whether the branch is named as those that GitHub's merge queue makes. Whoever may push can make one, too. */
export function isQueueBranch(branch: string): boolean {
  return branch.startsWith(prefix);
}

/** Where the branches of a base branch's queue begin, as `refs/...`. */
export function queueRefs({ baseRef }: Pick<QueueGroup, 'baseRef'>): string {
  return `refs/heads/${prefix}${baseRef}/`;
}

/** `refs/heads/gh-readonly-queue/main/pr-12-<sha of its base>`; undefined for any other branch. */
export function parseQueueRef(ref: string): QueueGroup | undefined {
  const [, baseRef, number, baseSha] =
    /^refs\/heads\/gh-readonly-queue\/(.+)\/pr-(\d+)-([0-9a-f]{40,64})$/.exec(ref) ?? [];
  if (baseRef === undefined || number === undefined || baseSha === undefined) return undefined;
  return { baseRef, number: Number(number), baseSha };
}

/**
 * The pull requests in a group, the first to be merged first: its own, and those of the groups that it is made on.
 *
 * @param queued every branch of the queue, with its commit
 */
export function membersOf(group: QueueGroup, queued: ReadonlyMap<string, string>): readonly number[] {
  const byCommit = new Map([...queued].map(([ref, sha]) => [sha, parseQueueRef(ref)]));
  const members: number[] = [];
  for (
    let at: QueueGroup | undefined = group;
    at && !members.includes(at.number);
    at = byCommit.get(at.baseSha)
  )
    members.push(at.number);
  return members.reverse();
}
