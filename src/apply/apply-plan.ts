/**
 * apply/ makes a plan true. In: a `Plan`, a held lock, the resource types. Out: the cloud changed, every step
 * journalled in the state. It decides nothing: what the plan does not say is not done.
 */
import { digestOf, sameValue } from '../base/canonical-json.ts';
import type { Clock } from '../base/clock.ts';
import { formatError, SlipwayError } from '../base/error.ts';
import { type Properties, type Value, unknown } from '../base/value.ts';
import { hasUnknown } from '../base/value.ts';
import type { Change, Plan } from '../plan/plan.ts';
import type { Live, ProviderContext, ResourceType } from '../provider/provider.ts';
import { evaluate } from '../stack/evaluate.ts';
import type { Scope } from '../stack/stack.ts';
import type { JournalEntry, Lock, ResourceRecord, StackRecord, State } from '../state/state.ts';
import { type Operation, operationsOf } from './operations.ts';
import { resolveChange, revealAll } from './resolve.ts';
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
  /** Stops between resources: what runs is finished and recorded, the rest is left for whoever resumes. */
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
 * begun in the state. Throws `apply-fenced` when the lock was lost: then nothing more is written.
 */
export async function applyPlan(options: ApplyOptions): Promise<ApplyResult> {
  const { plan, state } = options;
  const operations = operationsOf(plan);
  const records = await state.resources(plan.stack);
  const current = new Map(records.filter((r) => r.generation === 'current').map((r) => [r.logicalId, r]));
  const journal = new Map((await state.journal(options.run)).map((entry) => [entry.intent, entry]));
  const run: Run = { options, current, journal, fenced: undefined };

  const done = new Set(operations.filter((o) => journal.get(intentOf(run, o))?.status === 'done').map((o) => o.id));
  const result = await walk(operations, (operation) => perform(run, operation), {
    concurrency: options.concurrency ?? 10,
    done,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (run.fenced) throw run.fenced;

  const byId = new Map(operations.map((o) => [o.id, o]));
  const failed = [...result.failed].map(([id, error]) => ({ operation: byId.get(id)!, error: formatError(error) }));
  const notStarted = result.notStarted.map((id) => byId.get(id)!);
  const interrupted = options.signal?.aborted === true && notStarted.length > 0;
  if (failed.length === 0 && !interrupted) await settleState(run);
  const outputs = failed.length === 0 && !interrupted ? finalOutputs(run) : (await state.stack(plan.stack))?.outputs ?? {};
  return {
    status: failed.length > 0 ? 'failed' : interrupted ? 'interrupted' : 'succeeded',
    done: operations.filter((o) => result.done.has(o.id)),
    failed,
    notStarted,
    outputs,
  };
}

/** One application of a plan, while it lasts. */
interface Run {
  readonly options: ApplyOptions;
  /** Records as they are now, kept up to date as operations end. */
  readonly current: Map<string, ResourceRecord>;
  readonly journal: ReadonlyMap<string, JournalEntry>;
  fenced: unknown;
}

/** The same operation of the same run always has the same intent, so that a repeated create is recognised. */
function intentOf(run: Run, operation: Operation): string {
  return digestOf([run.options.run, operation.id]).slice(0, 24);
}

async function perform(run: Run, operation: Operation): Promise<void> {
  const { clock, onProgress, state, lock } = run.options;
  if (run.fenced) throw run.fenced;
  const began = clock.now();
  const { kind, logicalId, type } = operation;
  const tell = (status: ProgressEvent['status'], error?: string) =>
    onProgress?.({
      operation: kind,
      logicalId,
      type,
      status,
      elapsedMs: clock.now().getTime() - began.getTime(),
      ...(error === undefined ? {} : { error }),
    });
  tell('started');
  const intent = intentOf(run, operation);
  try {
    if (!run.journal.has(intent)) {
      const entry = { run: run.options.run, logicalId, operation: kind, intent, beganAt: began.toISOString() };
      await state.begin(entry, lock);
    }
    await performers[kind](run, operation, intent);
    tell('done');
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'apply-fenced') {
      run.fenced = error;
    } else {
      await recordFailure(run, operation, intent, error);
    }
    tell('failed', formatError(error));
    throw error;
  }
}

const performers: Record<Operation['kind'], (run: Run, operation: Operation, intent: string) => Promise<void>> = {
  create: performCreate,
  update: performUpdate,
  delete: performDelete,
};

async function performCreate(run: Run, operation: Operation, intent: string): Promise<void> {
  const { context, typeOf } = run.options;
  const change = operation.change!;
  const type = typeOf(change.type);
  const properties = resolveChange(change, scopeOf(run), type.canonicalise);
  const plain = revealAll(properties, change.logicalId);
  const ownership = ownershipOf(run, change.logicalId, intent);

  // An entry from before means that the process died somewhere around the call: look before making another.
  const lost = run.journal.get(intent);
  const found = lost && (await findLost(run, type, { logicalId: change.logicalId, intent, properties: plain }, lost));
  const live = found
    ? await finish(run, type, found, change.logicalId, plain, ownership)
    : await type.create(context, { logicalId: change.logicalId, intent, properties: plain, ownership });
  await recordMade(run, change, intent, properties, live);
}

/** Brings about what a half-made resource still lacks. */
async function finish(
  run: Run,
  type: ResourceType,
  found: Live,
  logicalId: string,
  plain: Properties,
  ownership: Readonly<Record<string, string>>,
): Promise<Live> {
  const { physicalId, properties: before } = found;
  return type.update(run.options.context, { logicalId, physicalId, before, after: plain, ownership });
}

/** Lists lag behind creates, so a young one is looked for until the cloud has had time to show it. */
async function findLost(
  run: Run,
  type: ResourceType,
  pending: { logicalId: string; intent: string; properties: Properties },
  entry: JournalEntry,
): Promise<Live | undefined> {
  const { clock, context, settleMs = 10_000 } = run.options;
  const until = new Date(entry.beganAt).getTime() + settleMs;
  for (;;) {
    const live = await type.find(context, pending);
    if (live || clock.now().getTime() >= until) return live;
    await clock.sleep(500);
  }
}

async function recordMade(
  run: Run,
  change: Change,
  intent: string,
  properties: Properties,
  live: Live,
  status: 'done' | 'failed' = 'done',
  error?: string,
): Promise<void> {
  const { state, lock, plan } = run.options;
  const old = run.current.get(change.logicalId);
  const deposes = change.action === 'replace' && change.order === 'create-before-delete' && old;
  const put = recordOf(run, change, properties, live);
  await state.end(
    {
      run: run.options.run,
      intent,
      status,
      put,
      ...(error === undefined ? {} : { error }),
      ...(deposes ? { depose: { stack: plan.stack, logicalId: change.logicalId } } : {}),
    },
    lock,
  );
  run.current.set(change.logicalId, put);
}

async function performUpdate(run: Run, operation: Operation, intent: string): Promise<void> {
  const { context, typeOf, state, lock } = run.options;
  const change = operation.change!;
  const type = typeOf(change.type);
  const properties = resolveChange(change, scopeOf(run), type.canonicalise);
  const live = await type.update(context, {
    logicalId: change.logicalId,
    physicalId: change.physicalId!,
    before: change.before ?? {},
    after: revealAll(properties, change.logicalId),
    ownership: ownershipOf(run, change.logicalId, intent),
  });
  const put = recordOf(run, change, properties, live);
  await state.end({ run: run.options.run, intent, status: 'done', put }, lock);
  run.current.set(change.logicalId, put);
}

async function performDelete(run: Run, operation: Operation, intent: string): Promise<void> {
  const { context, typeOf, state, lock, plan } = run.options;
  const { logicalId, generation } = operation;
  const physicalId = operation.physicalId!;
  const properties = operation.change?.before ?? {};
  await typeOf(operation.type).delete(context, { logicalId, physicalId, properties });
  const remove = { stack: plan.stack, logicalId, generation, physicalId };
  await state.end({ run: run.options.run, intent, status: 'done', remove }, lock);
  if (generation === 'current') run.current.delete(logicalId);
}

/**
 * A create that failed may have made something all the same (its first call of three). Whatever is there is
 * recorded, so that the next plan sees it; if even that cannot be told, the entry stays open for recovery.
 */
async function recordFailure(run: Run, operation: Operation, intent: string, error: unknown): Promise<void> {
  const { state, lock, typeOf, context } = run.options;
  const text = formatError(error);
  const change = operation.change;
  if (operation.kind === 'create' && change) {
    const type = typeOf(change.type);
    let properties: Properties;
    try {
      properties = resolveChange(change, scopeOf(run), type.canonicalise);
    } catch {
      // It never came to a call.
      await state.end({ run: run.options.run, intent, status: 'failed', error: text }, lock);
      return;
    }
    try {
      const plain = revealAll(properties, change.logicalId);
      const half = await type.find(context, { logicalId: change.logicalId, intent, properties: plain });
      if (half) return await recordMade(run, change, intent, properties, half, 'failed', text);
    } catch (again) {
      if (again instanceof SlipwayError && again.code === 'apply-fenced') run.fenced = again;
      return;
    }
  }
  await state.end({ run: run.options.run, intent, status: 'failed', error: text }, lock);
}

/** What changes in the state only: policies, dependencies, adopted values, things let go. */
async function settleState(run: Run): Promise<void> {
  const { plan, state, lock } = run.options;
  for (const change of plan.changes) {
    const record = run.current.get(change.logicalId);
    if (!record) continue;
    if (change.action === 'forget') {
      const { stack, logicalId, generation, physicalId } = record;
      await state.removeResource({ stack, logicalId, generation, physicalId }, lock);
      run.current.delete(change.logicalId);
    } else if (change.action === 'none' || change.action === 'update') {
      const put: ResourceRecord = {
        ...record,
        properties: change.action === 'none' ? (change.after ?? record.properties) : record.properties,
        dependsOn: change.dependsOn,
        deletionPolicy: change.deletionPolicy,
        updateReplacePolicy: change.updateReplacePolicy,
      };
      if (!sameValue(put, record)) await state.putResource(put, lock);
      run.current.set(change.logicalId, put);
    }
  }
}

function finalOutputs(run: Run): StackRecord['outputs'] {
  const scope = scopeOf(run);
  return Object.fromEntries(
    run.options.plan.outputs
      .filter((o) => o.desired !== undefined)
      .map((o) => {
        const planned = o.after;
        const value = planned === undefined || hasUnknown(planned) ? evaluate(o.desired!, scope) : planned;
        return [
          o.name,
          {
            value,
            ...(o.exportName === undefined ? {} : { exportName: o.exportName }),
            ...(o.description === undefined ? {} : { description: o.description }),
          },
        ];
      }),
  );
}

function scopeOf(run: Run): Scope {
  const { typeOf, secrets } = run.options;
  return {
    ...secrets,
    attribute(logicalId: string, attribute: string | undefined): Value {
      const record = run.current.get(logicalId);
      if (!record) return unknown;
      const name = attribute ?? typeOf(record.type).ref;
      return name === undefined ? record.physicalId : (record.attributes[name] ?? unknown);
    },
  };
}

function recordOf(run: Run, change: Change, properties: Properties, live: Live): ResourceRecord {
  return {
    stack: run.options.plan.stack,
    logicalId: change.logicalId,
    generation: 'current',
    type: change.type,
    physicalId: live.physicalId,
    properties,
    attributes: live.attributes,
    dependsOn: change.dependsOn,
    deletionPolicy: change.deletionPolicy,
    updateReplacePolicy: change.updateReplacePolicy,
  };
}

function ownershipOf(run: Run, logicalId: string, intent: string): Readonly<Record<string, string>> {
  return {
    'slipway:stack': run.options.plan.stack,
    'slipway:logical-id': logicalId,
    'slipway:intent': intent,
  };
}
