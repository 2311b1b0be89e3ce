import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** Closed without a merge: it is over, and other merges need not plan it again. Reopening plans it anew. */
export async function closePullRequest(
  workflow: PullRequestWorkflow,
  repository: Repository,
  number: number,
): Promise<void> {
  const record = await workflow.pullRequests.get(repository.fullName, number);
  const { state, merged } = await repository.pullRequest(number);
  if (!record || state === 'open' || merged) return;
  await workflow.pullRequests.put({ ...record, phase: 'settled', statements: [] });
}
