/**
 * apply/ makes a plan true. In: a `Plan`, a held lock, the resource types. Out: the cloud changed, every step
 * journalled in the state. It decides nothing: what the plan does not say is not done.
 */
import { sameValue } from '../base/canonical-json.ts';
import type { Clock } from '../base/clock.ts';
import { formatError, SlipwayError } from '../base/error.ts';
import { isStateOnly } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { ProviderContext, ResourceType } from '../provider/provider.ts';
import type { Scope } from '../stack/stack.ts';
import type { Lock, ResourceRecord, StackRecord, State } from '../state/state.ts';
import { type Operation, operationsOf } from './operations.ts';
import { type LockedRun, perform } from './perform.ts';
import { allRecords, finalOutputs, follow, intentOf, openRun } from './run.ts';
import { walk } from './walk.ts';

/** What happens to one operation, as it happens. */
export interface ProgressEvent {
  readonly operation: Operation['kind'];
  readonly logicalId: string;
  readonly type: string;
  readonly status: 'started' | 'done' | 'failed';
  /** Since the operation started. */
  readonly elapsedMs: number;
  readonly error?: string;
}

export interface ApplyOptions {
  readonly plan: Plan;
  readonly run: string;
  readonly lock: Lock;
  readonly state: State;
  readonly typeOf: (type: string) => ResourceType;
  readonly context: ProviderContext;
  readonly secrets: Pick<Scope, 'secret' | 'seal'>;
  readonly clock: Clock;
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly concurrency?: number;
  /** Stops between resources; what is cut off by it stays begun. All of that is left for whoever resumes the run. */
  readonly signal?: AbortSignal;
  /** How long after a lost create the cloud may still hide it from lists, in milliseconds. */
  readonly settleMs?: number;
}

export interface ApplyResult {
  readonly status: 'succeeded' | 'failed' | 'interrupted';
  readonly done: readonly Operation[];
  readonly failed: readonly { readonly operation: Operation; readonly error: string }[];
  readonly notStarted: readonly Operation[];
  readonly outputs: StackRecord['outputs'];
}

/**
 * Applies the plan, or goes on where the run's journal says that a dead process stopped. The run must have been
 * begun in the state. What failed in it stays failed: a new run tries again. Throws `apply-fenced` when the lock was
 * lost, and whatever the state throws when it cannot be written: then nothing more is done, and the run can be
 * resumed.
 */
export async function applyPlan(options: ApplyOptions): Promise<ApplyResult> {
  const { plan, state, signal } = options;
  const run: LockedRun = { ...(await openRun(options)), lock: options.lock };
  const operations = operationsOf(plan, allRecords(run.records));
  await settlePolicies(run);

  const ended = operations.map((o) => [o.id, run.journal.get(intentOf(run, o))] as const);
  const result = await walk(operations, (operation) => perform(run, operation), {
    concurrency: options.concurrency ?? 10,
    done: new Set(ended.filter(([, entry]) => entry?.status === 'done').map(([id]) => id)),
    failed: new Map(
      ended.filter(([, entry]) => entry?.status === 'failed').map(([id, e]) => [id, e?.error ?? '']),
    ),
    ...(signal ? { signal } : {}),
  });
  if (run.halted) throw run.halted.error;
  if (signal?.reason instanceof SlipwayError) throw signal.reason;

  const byId = new Map(operations.map((o) => [o.id, o]));
  const failed = [...result.failed].map(([id, error]) => ({
    operation: byId.get(id)!,
    error: typeof error === 'string' ? error : formatError(error),
  }));
  const notStarted = result.notStarted.map((id) => byId.get(id)!);
  const status = statusOf(options, failed.length, notStarted.length);
  if (status === 'succeeded') await settleRest(run);
  return {
    status,
    done: operations.filter((o) => result.done.has(o.id)),
    failed,
    notStarted,
    outputs: status === 'succeeded' ? finalOutputs(run) : ((await state.stack(plan.stack))?.outputs ?? {}),
  };
}

function statusOf({ signal }: ApplyOptions, failed: number, notStarted: number): ApplyResult['status'] {
  if (signal?.aborted && notStarted > 0) return 'interrupted';
  if (failed > 0) return 'failed';
  if (notStarted === 0) return 'succeeded';
  throw new SlipwayError('internal', { summary: 'Operations wait for one another in a circle' });
}

/** Policies reach the state before anything else is tried: a failed run must not cost what was to be retained. */
async function settlePolicies(run: LockedRun): Promise<void> {
  for (const change of run.options.plan.changes) {
    const record = run.records.current.get(change.logicalId);
    if (!record || change.action === 'delete' || change.action === 'forget') continue;
    const { deletionPolicy, updateReplacePolicy, attributes } = change;
    // What is called for has newer ones after its call, perhaps of an earlier life of this run.
    const refreshed = attributes && (change.action === 'none' || isStateOnly(change)) ? { attributes } : {};
    await put(run, record, { ...record, deletionPolicy, updateReplacePolicy, ...refreshed });
  }
}

/** What else changes in the state only: dependencies, values that nobody had to bring about, things let go. */
async function settleRest(run: LockedRun): Promise<void> {
  const { plan, state } = run.options;
  for (const change of plan.changes) {
    const record = run.records.current.get(change.logicalId);
    if (!record) continue;
    if (change.action === 'forget') {
      await state.removeResource(record, run.lock);
      follow(run.records, { remove: record });
    } else if (change.action === 'none' || change.action === 'update') {
      const properties = change.action === 'none' ? (change.after ?? record.properties) : record.properties;
      await put(run, record, { ...record, properties, dependsOn: change.dependsOn });
    }
  }
}

async function put(run: LockedRun, before: ResourceRecord, after: ResourceRecord): Promise<void> {
  if (sameValue(before, after)) return;
  await run.options.state.putResource(after, run.lock);
  follow(run.records, { put: after });
}
