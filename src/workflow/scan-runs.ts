import type { Plan } from '../plan/plan.ts';
import { type Finding, mayBlock } from '../policy/finding.ts';
import type { ScanContext } from '../policy/scan.ts';
import type { RunRecord, State } from '../state/state.ts';
import { findingsOf, type Judged } from './judge.ts';
import type { Workflow } from './workflow.ts';

/** What policies say of the plan of a recorded run. */
export interface RunScan {
  readonly run: string;
  readonly startedAt: string;
  /** Who and what for, as it is recorded. */
  readonly cause: RunRecord['cause'];
  readonly findings: readonly Finding[];
}

export interface RunsScan {
  /** Those that were looked at, the newest first. */
  readonly runs: readonly RunScan[];
  /** Whether there are older ones, which were not. */
  readonly more: boolean;
}

/**
 * Holds the plans of a stack's latest runs against policies, each at the time at which it began: what they would have
 * said then. The plans are kept with the runs; one is in memory at a time, since they are large.
 *
 * @param limit how many runs
 */
export async function scanRuns(
  workflow: Pick<Workflow, 'policies' | 'clock'> & { readonly state: Pick<State, 'latestRuns' | 'run'> },
  judged: Judged,
  limit: number,
): Promise<RunsScan> {
  const latest = await workflow.state.latestRuns(judged.stack, limit + 1);
  const runs: RunScan[] = [];
  for (const { id } of latest.slice(0, limit)) {
    const run = await workflow.state.run(id);
    if (run) runs.push(scanRun(workflow, judged, run));
  }
  return { runs, more: latest.length > limit };
}

function scanRun(
  { policies, clock }: Pick<Workflow, 'policies' | 'clock'>,
  judged: Judged,
  { id, startedAt, cause, plan }: RunRecord,
): RunScan {
  const then = { policies, clock: { ...clock, now: () => new Date(startedAt) } };
  // Of a way back nobody is the author: the one that is recorded only asked for it.
  const author =
    typeof cause.by === 'string' && cause.pullRequest !== undefined && cause.rollbackTo === undefined
      ? { author: cause.by }
      : {};
  const findings = findingsOf(then, plan, { ...judged, ...author }, positionsIn(plan));
  return { run: id, startedAt, cause, findings: findings.filter(mayBlock) };
}

/** As far as the plan itself knows: each difference has its line, and each resource its own. */
function positionsIn(plan: Plan): ScanContext['positions'] {
  const changes = new Map(plan.changes.map((change) => [change.logicalId, change]));
  return (logicalId, path) =>
    changes.get(logicalId)?.differences.find((difference) => difference.path === path)?.where;
}
