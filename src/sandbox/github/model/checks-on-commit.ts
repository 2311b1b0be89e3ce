import type { CheckRun, CommitStatus } from './check.ts';
import type { Repository } from './repository.ts';

/** The check runs of a commit; with `latest`, only the newest of each App and name, as people see them. */
export function checkRunsOn(repository: Repository, sha: string, filter: 'latest' | 'all'): CheckRun[] {
  const runs = repository.checkRuns.filter((run) => run.headSha === sha);
  if (filter === 'all') return runs.reverse();
  const newest = new Map(runs.map((run) => [`${run.suite.app.id} ${run.name}`, run]));
  return [...newest.values()].reverse();
}

/** The newest status of each context on a commit. */
export function statusesOn(repository: Repository, sha: string): CommitStatus[] {
  const statuses = repository.statuses.filter((status) => status.sha === sha);
  return [...new Map(statuses.map((status) => [status.context, status])).values()].reverse();
}

/** How a required check stands on a commit. */
export type RequiredCheckState = 'expected' | 'pending' | 'failing' | 'passing';

const passing: readonly (string | null)[] = ['success', 'neutral', 'skipped'];

/** The state of the check or status that is called `context`, made by the App `appId` where that matters. */
export function requiredCheckState(
  repository: Repository,
  sha: string,
  context: string,
  appId: number | null,
): RequiredCheckState {
  const states: RequiredCheckState[] = [];
  for (const run of checkRunsOn(repository, sha, 'latest')) {
    if (run.name !== context || (appId !== null && run.suite.app.id !== appId)) continue;
    if (run.status !== 'completed') states.push('pending');
    else states.push(passing.includes(run.conclusion) ? 'passing' : 'failing');
  }
  for (const status of statusesOn(repository, sha)) {
    if (status.context !== context || appId !== null) continue;
    if (status.state === 'pending') states.push('pending');
    else states.push(status.state === 'success' ? 'passing' : 'failing');
  }
  for (const state of ['failing', 'pending', 'passing'] as const) if (states.includes(state)) return state;
  return 'expected';
}

/** All checks and statuses of a commit in one word, as the combined status and the merge box have it. */
export function rollup(repository: Repository, sha: string): 'none' | 'pending' | 'failing' | 'passing' {
  const runs = checkRunsOn(repository, sha, 'latest');
  const statuses = statusesOn(repository, sha);
  if (runs.length + statuses.length === 0) return 'none';
  const failing =
    runs.some((run) => run.status === 'completed' && !passing.includes(run.conclusion)) ||
    statuses.some((status) => status.state === 'failure' || status.state === 'error');
  if (failing) return 'failing';
  const pending =
    runs.some((run) => run.status !== 'completed') || statuses.some((status) => status.state === 'pending');
  return pending ? 'pending' : 'passing';
}
