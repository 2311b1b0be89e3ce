/**
 * apply/ makes a plan true. In: a `Plan`, a held lock, the resource types. Out: the cloud changed, every step
 * journalled in the state. It decides nothing: what the plan does not say is not done.
 */
import type { Clock } from '../base/clock.ts';
import { formatError, SlipwayError } from '../base/error.ts';
import { traced } from '../base/trace.ts';
import type { Change, Plan } from '../plan/plan.ts';
import type { ProviderContext, ResourceType } from '../provider/provider.ts';
import type { Wait } from '../provider/waiting.ts';
import type { Scope } from '../stack/stack.ts';
import type { Lock, StackRecord, State } from '../state/state.ts';
import { type Operation, operationsOf } from './operations.ts';
import { type LockedRun, perform } from './perform.ts';
import { allRecords, finalOutputs, intentOf, openRun } from './run.ts';
import { settleFirst, settleLast } from './settle.ts';
import { walk } from './walk.ts';

/** What happens to one operation, as it happens. */
export interface ProgressEvent {
  readonly operation: Operation['kind'];
  readonly logicalId: string;
  readonly type: string;
  /** `waiting` each time that it waits for something else; `working` once it waits for nothing any more. */
  readonly status: 'started' | 'waiting' | 'working' | 'done' | 'failed';
  /** Since the operation started. */
  readonly elapsedMs: number;
  readonly error?: string;
  /** Of the error. */
  readonly code?: string;
  /** What it waits for in the cloud. */
  readonly wait?: Wait;
}

/**
 * How many operations of one kind on one type are under way at once. Most of the time most of them wait, for an
 * instance to run or for AWS to want another call of their action (`call-rate.ts`). What waits for the one action must
 * not keep another from its turn: hundreds of subnets take a minute, in which their associations can be made.
 */
const atOnce = 50;

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
  /**
   * Asked with every change that makes or alters something, before it is begun: its `after` is what will be sent, with
   * nothing unknown any more and secrets sealed. What it throws is why the resource fails.
   */
  readonly permit?: (change: Change) => void;
  /** Of all operations together; without it only those of a kind wait for one another. */
  readonly concurrency?: number;
  /**
   * Stops between resources; what is cut off by it stays begun. Waiting is cut off only where the context has the
   * signal, too. All of that is left for whoever resumes the run, or plans anew.
   */
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
  await settleFirst(run);

  const ended = operations.map((o) => [o.id, run.journal.get(intentOf(run, o))] as const);
  const result = await walk(operations, (operation) => traceOf(operation, () => perform(run, operation)), {
    concurrency: options.concurrency ?? Number.POSITIVE_INFINITY,
    lanes: { of: ({ kind, type }) => `${kind} ${type}`, concurrency: atOnce },
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
  if (status === 'succeeded') await settleLast(run);
  return {
    status,
    done: operations.filter((o) => result.done.has(o.id)),
    failed,
    notStarted,
    outputs: status === 'succeeded' ? finalOutputs(run) : ((await state.stack(plan.stack))?.outputs ?? {}),
  };
}

function traceOf({ kind, type, logicalId }: Operation, work: () => Promise<void>): Promise<void> {
  const attributes = { 'slipway.resource.type': type, 'slipway.resource.logical_id': logicalId };
  return traced(`${kind} ${type}`, { attributes }, work);
}

function statusOf({ signal }: ApplyOptions, failed: number, notStarted: number): ApplyResult['status'] {
  if (signal?.aborted && notStarted > 0) return 'interrupted';
  if (failed > 0) return 'failed';
  if (notStarted === 0) return 'succeeded';
  throw new SlipwayError('internal', { summary: 'Operations wait for one another in a circle' });
}
