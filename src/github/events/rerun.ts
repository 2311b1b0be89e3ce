import type { JobRequest, RepositoryPlace } from '../../jobs/kinds.ts';
import { isQueueBranch } from '../../workflow/merge-queue.ts';

/**
 * Somebody asks for the checks of a commit again. Which pull requests it is the head of is looked up by the job: the
 * list of them in the payload is empty for forks, and it may name those that have a newer commit by now.
 */
export function rerun(place: RepositoryPlace, sha: string, branch: string | null | undefined): JobRequest {
  return { kind: branch && isQueueBranch(branch) ? 'merge-group' : 'rerun', payload: { ...place, sha } };
}
