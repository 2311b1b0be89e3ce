import type { ApplyResult, ProgressEvent } from '../apply/apply-plan.ts';
import type { Clock } from '../base/clock.ts';
import type { Value } from '../base/value.ts';
import { type Change, hasChanges } from '../plan/plan.ts';
import { describeApplied } from '../review/counts.ts';
import type { Progress, Step } from '../review/progress.ts';
import type { JournalEntry, RunRecord } from '../state/state.ts';

/** Follows one run: fed with events, it says at any time how far the run is. */
export interface ProgressTracker {
  onEvent(event: ProgressEvent): void;
  running(): Progress;
  ended(result: ApplyResult, cancelled: boolean): Progress;
}

interface Work {
  startedAt?: number;
  endedAt?: number;
  state: Step['state'];
  reason?: string;
  wait?: Step['wait'];
  /** A replacement is two operations. */
  operationsLeft: number;
}

/**
 * Of a run that another process may have begun.
 *
 * @param approval who approved it, in words
 * @param journal what that process had done of it
 */
export function trackProgress(
  { plan, startedAt, cause }: Pick<RunRecord, 'plan' | 'startedAt' | 'cause'>,
  clock: Clock,
  approval?: string,
  journal: readonly JournalEntry[] = [],
): ProgressTracker {
  const began = new Date(startedAt).getTime();
  const changing = plan.changes.filter((c) => c.action !== 'none');
  const work = new Map<string, Work>(
    changing.map((c) => [c.logicalId, { state: 'waiting', operationsLeft: operationsIn(c) }]),
  );
  for (const entry of journal) follow(work.get(entry.logicalId), entry);
  const now = () => clock.now().getTime();

  const stepOf = (change: Change): Step => {
    const { state, startedAt, endedAt, reason, wait } = work.get(change.logicalId)!;
    return {
      logicalId: change.logicalId,
      type: change.type,
      action: change.action,
      ...(change.movedFrom === undefined ? {} : { movedFrom: change.movedFrom }),
      state,
      ...(startedAt === undefined ? {} : { ms: (endedAt ?? now()) - startedAt }),
      ...(reason === undefined ? {} : { reason }),
      ...(wait === undefined ? {} : { wait }),
    };
  };
  const snapshot = (status: Progress['status'], outputs: Readonly<Record<string, Value>>): Progress => ({
    stack: plan.stack,
    environment: plan.environment,
    file: plan.file,
    status,
    ms: now() - began,
    steps: changing.map(stepOf),
    outputs,
    ...(approval === undefined ? {} : { approval }),
    ...(plan.movedFrom === undefined ? {} : { movedFrom: plan.movedFrom }),
    ...(changing.length === 0 && hasChanges(plan) ? { besides: describeApplied(plan) } : {}),
    ...(cause.rollbackTo === undefined ? {} : { back: true }),
  });

  return {
    onEvent({ logicalId, status, error, wait }) {
      const item = work.get(logicalId);
      if (!item) return;
      if (wait) item.wait = wait;
      else delete item.wait;
      if (status === 'waiting' || status === 'working') return;
      if (status === 'started') {
        item.startedAt ??= now();
        item.state = 'running';
      } else if (status === 'failed') {
        item.state = 'failed';
        item.endedAt = now();
        if (error !== undefined) item.reason = error;
      } else {
        item.operationsLeft--;
        item.endedAt = now();
        item.state = item.operationsLeft <= 0 ? 'done' : 'running';
      }
    },
    running: () => snapshot('running', {}),
    ended(result, cancelled) {
      for (const [logicalId, item] of work) {
        const unstarted = result.notStarted.some((o) => o.logicalId === logicalId);
        if (item.state === 'waiting' && unstarted) item.state = 'skipped';
        // What is neither failed nor left is done, event or not.
        else if (item.state !== 'failed' && !unstarted) item.state = 'done';
      }
      const outputs = Object.fromEntries(Object.entries(result.outputs).map(([name, o]) => [name, o.value]));
      const unsuccessful = cancelled ? 'cancelled' : 'failed';
      const shown = snapshot(result.status === 'succeeded' ? 'succeeded' : unsuccessful, outputs);
      const progress = { ...shown, steps: [...shown.steps, ...notHandedOver(result)] };
      const untouched = result.status !== 'succeeded' && result.done.length === 0;
      return untouched ? { ...progress, untouched } : progress;
    },
  };
}

/** Puts in what a process that is gone had begun or ended. */
function follow(item: Work | undefined, { status, beganAt, endedAt, error }: JournalEntry): void {
  if (!item) return;
  item.startedAt ??= new Date(beganAt).getTime();
  if (endedAt !== undefined) item.endedAt = new Date(endedAt).getTime();
  if (status === 'failed') {
    item.state = 'failed';
    if (error !== undefined) item.reason = error;
  } else {
    if (status === 'done') item.operationsLeft--;
    item.state = item.operationsLeft <= 0 ? 'done' : 'running';
  }
}

/** Outputs are no resources of the plan, and what keeps one from where it goes is told all the same. */
function notHandedOver({ failed }: ApplyResult): Step[] {
  return failed
    .filter(({ operation: { change, generation } }) => !change && generation === 'current')
    .map(({ operation: { logicalId, type }, error }) => {
      return { logicalId, type, action: 'update', state: 'failed', reason: error };
    });
}

function operationsIn({ action, differences }: Change): number {
  return action === 'replace' || (action === 'import' && differences.length > 0) ? 2 : 1;
}
