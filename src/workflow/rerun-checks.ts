import { renderChecks } from '../review/checks.ts';
import type { Heard } from '../state/heard.ts';
import type { Repository } from './repository.ts';
import type { PullRequestLists } from './sweep.ts';

/** What to do for each pull request that a commit is the head of. */
export interface Rerun {
  readonly number: number;
  readonly kind: 'review' | 'merge';
}

/**
 * Which pull requests the checks of a commit are for. A check that somebody asks for again is pending until it is
 * concluded again; on a commit that is the newest of no pull request it is concluded here, and not as a success.
 */
export async function rerunChecks(
  heard: Heard,
  repository: Repository,
  lists: PullRequestLists,
  sha: string,
): Promise<readonly Rerun[]> {
  const open = (await lists.open()).filter((p) => p.headSha === sha && p.isDefaultBase);
  if (open.length > 0) return open.map(({ number }) => ({ number, kind: 'review' }));
  const merged = (await heard.known(repository.fullName)).filter((k) => k.headSha === sha && k.merged);
  if (merged.length > 0) return merged.map(({ number }) => ({ number, kind: 'merge' }));
  const review = {
    repositoryUrl: '',
    pullRequest: 0,
    author: '',
    headSha: sha,
    merged: false,
    stacks: [],
    diagnostics: [nothingToCheck],
  };
  await repository.publishChecks(sha, renderChecks(review));
  return [];
}

const nothingToCheck = {
  severity: 'error',
  code: 'apply-branch',
  summary: 'This commit is not the newest of a pull request into the default branch',
  remedy: 'Look at the checks of the newest commit.',
} as const;
