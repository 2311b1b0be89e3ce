import { sameValue } from '../base/canonical-json.ts';
import { formatError, SlipwayError } from '../base/error.ts';
import { hasUnknown, type Properties } from '../base/value.ts';
import { comparableLive, holdsSecret } from '../plan/compare.ts';
import type { Change } from '../plan/plan.ts';
import type { Live, ReadContext } from '../provider/provider.ts';
import { tellingWaits } from '../provider/waiting.ts';
import type { JournalEntry, Lock, Outcome, ResourceRecord } from '../state/state.ts';
import { alteredBy } from './altered.ts';
import type { ProgressEvent } from './apply-plan.ts';
import { madeBy, recordOf, updatedTo } from './make.ts';
import type { Operation } from './operations.ts';
import { refuseOwned, whereIdsHold, wronglyMarked } from './ownership.ts';
import { afterFailure, findMade } from './recover.ts';
import { resolveChange, resolveLoosely, revealAll } from './resolve.ts';
import { follow, intentOf, type Run, scopeOf } from './run.ts';

/** What an operation does to the state when it succeeds. */
type Effect = Pick<Outcome, 'put' | 'remove' | 'depose' | 'adoptedIn'>;

/** A run that holds its stack's lock. */
export type LockedRun = Run & { readonly lock: Lock };

/**
 * Does one operation: writes the intent, calls, writes what came of it. Throws what the call threw. A state that
 * cannot be written halts the run, as if the process had died there: whoever resumes it looks at what was begun.
 */
export async function perform(run: LockedRun, operation: Operation): Promise<void> {
  if (run.halted) throw run.halted.error;
  const tell = progressOf(run, operation);
  tell('started');
  try {
    await tellingWaits(
      (wait) => (wait ? tell('waiting', { wait }) : tell('working')),
      () => journalled(run, operation),
    );
  } catch (error) {
    const code = error instanceof SlipwayError ? error.code : 'internal';
    tell('failed', { error: formatError(error), code });
    throw error;
  }
  tell('done');
}

async function journalled(run: LockedRun, operation: Operation): Promise<void> {
  const { options } = run;
  const intent = intentOf(run, operation);
  const earlier = run.journal.get(intent);
  let begun = earlier;
  let effect: Effect;
  try {
    const properties = propertiesOf(run, operation);
    // What a dead process has begun was permitted.
    if (!earlier) permitted(run, operation, properties);
    // With an entry of a dead process, this very call may have been made.
    const found =
      earlier && operation.kind === 'create' ? await findMade(run, operation.change!, earlier) : undefined;
    if (!earlier && operation.kind === 'create') {
      const type = options.typeOf(operation.type);
      await type.refuseTaken?.(options.context, revealAll(properties, operation.logicalId));
    }
    if (!found) begun = await begin(run, operation, intent);
    effect = await callers[operation.kind]({ run, operation, intent, properties, found });
  } catch (error) {
    // Halted or stopped, the entry stays as it is; and where none was begun, no call was made.
    if (!begun || run.halted || options.signal?.aborted) throw error;
    await endFailed(run, operation, begun, error);
    throw error;
  }
  await recordAltered(run, operation, effect.put);
  try {
    await end(run, { run: options.run, intent, status: 'done', ...effect });
  } catch (error) {
    if (isTaken(error)) await endFailed(run, operation, begun!, error);
    if (operation.kind === 'create' && effect.put) await withdraw(run, intent, effect.put, error);
    throw error;
  }
}

async function endFailed(
  run: LockedRun,
  operation: Operation,
  begun: JournalEntry,
  error: unknown,
): Promise<void> {
  if (operation.kind === 'import') await unmark(run, operation, begun.intent);
  const outcome = await afterFailure(run, operation, begun, error);
  if (outcome) await end(run, outcome);
}

/** Another stack was faster with it: nothing that is wrong with the state. */
function isTaken(error: unknown): boolean {
  return error instanceof SlipwayError && error.code === 'plan-import';
}

/** Dated anew when it is sent once more: from then on the cloud has to be given time to show what it made. */
async function begin(run: LockedRun, operation: Operation, intent: string): Promise<JournalEntry> {
  const { options, lock } = run;
  const { logicalId, kind } = operation;
  const beganAt = options.clock.now().toISOString();
  const entry = { run: options.run, logicalId, operation: kind, intent, beganAt };
  await written(run, () => options.state.begin(entry, lock));
  return { ...entry, status: 'begun' };
}

async function end(run: LockedRun, outcome: Outcome): Promise<void> {
  await written(run, () => run.options.state.end(outcome, run.lock));
  follow(run.records, outcome);
}

/**
 * Before the operation is recorded as done, so that no life of this run misses it. One at a time: of two that are made
 * at once, the second to ask sees both.
 */
async function recordAltered(
  run: LockedRun,
  operation: Operation,
  put: ResourceRecord | undefined,
): Promise<void> {
  if (!run.options.typeOf(operation.type).altersAttributes) return;
  const before = recording.get(run) ?? Promise.resolve();
  const mine = before.then(async () => {
    for (const record of await alteredBy(run, operation, put?.properties)) {
      await written(run, () => run.options.state.putResource(record, run.lock));
      follow(run.records, { put: record });
    }
  });
  recording.set(
    run,
    mine.catch(() => {}),
  );
  await mine;
}

const recording = new WeakMap<Run, Promise<void>>();

async function written<T>(run: Run, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isTaken(error)) run.halted ??= { error };
    throw error;
  }
}

interface Call {
  readonly run: Run;
  readonly operation: Operation;
  readonly intent: string;
  /** With secrets sealed. */
  readonly properties: Properties;
  /** What a create of a dead process has made; perhaps only half of it. */
  readonly found: Live | undefined;
}

const callers: Record<Operation['kind'], (call: Call) => Promise<Effect>> = {
  create,
  update,
  import: adopt,
  delete: remove,
};

/** What a create or update sends; for a delete, what is known of the thing. */
function propertiesOf(run: Run, { change, kind, logicalId, physicalId }: Operation): Properties {
  if (kind === 'delete') {
    return change?.before ?? run.records.deposed.get(`${logicalId} ${physicalId}`)?.properties ?? {};
  }
  // Taken over as it is; what is different about it is the update's that follows.
  if (kind === 'import') return change!.before ?? {};
  const properties = resolveChange(change!, scopeOf(run), run.options.typeOf(change!.type).canonicalise);
  // A secret that this process does not have is better met before anything is begun.
  revealAll(properties, logicalId);
  return properties;
}

/** Throws where the change must not be made. Of what goes before its successor comes, that one is asked for. */
function permitted(run: Run, { kind, change }: Operation, properties: Properties): void {
  const { permit, typeOf } = run.options;
  if (!permit || !change || kind === 'import') return;
  if (kind !== 'delete') {
    permit({ ...change, after: properties });
    return;
  }
  if (change.action !== 'replace' || change.order !== 'delete-before-create') return;
  const after = resolveLoosely(change, scopeOf(run), typeOf(change.type).canonicalise);
  // Where it hangs on what is not there yet, it can be asked only when that is.
  if (!hasUnknown(after)) permit({ ...change, after });
}

async function create({ run, operation, intent, properties, found }: Call): Promise<Effect> {
  const { context, typeOf } = run.options;
  const change = operation.change!;
  const { logicalId } = change;
  const type = typeOf(change.type);
  const plain = revealAll(properties, logicalId);
  const ownership = ownershipOf(run, logicalId, intent);
  const live = found
    ? await type.update(context, {
        logicalId,
        physicalId: found.physicalId,
        before: found.properties,
        after: plain,
        ownership,
      })
    : await type.create(context, { logicalId, intent, properties: plain, ownership });
  return madeBy(run, change, properties, live);
}

async function update({ run, operation, intent, properties }: Call): Promise<Effect> {
  const { context, typeOf } = run.options;
  const change = operation.change!;
  const live = await typeOf(change.type).update(context, {
    logicalId: change.logicalId,
    physicalId: change.physicalId!,
    before: await presentOf(run, change),
    after: revealAll(properties, change.logicalId),
    ownership: ownershipOf(run, change.logicalId, intent),
  });
  return updatedTo(run, change, recordOf(run, change, properties, live));
}

/** Marks it as ours and changes nothing else. Somebody may have taken it since the plan was made. */
async function adopt({ run, operation, intent, properties }: Call): Promise<Effect> {
  const { context, typeOf, plan, state } = run.options;
  const change = operation.change!;
  const { logicalId } = change;
  const physicalId = change.physicalId!;
  const type = typeOf(change.type);
  await refuseOwned({ state, context, type, stack: plan.stack, logicalId, physicalId });
  const present = await presentOf(run, change);
  const live = await type.update(context, {
    logicalId,
    physicalId,
    before: present,
    after: present,
    ownership: ownershipOf(run, logicalId, intent),
  });
  // As it is now: of what the plan found to be another, it says only that.
  const wanted = resolveLoosely(change, scopeOf(run), type.canonicalise);
  const found = comparableLive(present, wanted, {}, run.options.secrets.seal);
  const now = Object.entries(found).filter(([name]) => !sameValue(present[name], properties[name]));
  const recorded = { ...properties, ...Object.fromEntries(now) };
  return { put: recordOf(run, change, recorded, live), adoptedIn: whereIdsHold(type, context) };
}

/** Gives back to the stack that has it the mark that was put on it beside that one. */
async function unmark(run: Run, operation: Operation, intent: string): Promise<void> {
  const { context, typeOf, plan, state } = run.options;
  const change = operation.change!;
  const { logicalId } = change;
  const physicalId = change.physicalId!;
  const type = typeOf(change.type);
  try {
    const owner = await wronglyMarked({ state, context, type, stack: plan.stack, logicalId, physicalId });
    if (!owner) return;
    const present = await presentOf(run, change);
    const ownership = {
      'slipway:stack': owner.stack,
      'slipway:logical-id': owner.logicalId,
      'slipway:intent': intent,
    };
    await type.update(context, { logicalId, physicalId, before: present, after: present, ownership });
  } catch {
    // The records say whose it is, and the owner's next update marks it: what is told is why there is no import.
  }
}

async function remove({ run, operation, intent, properties }: Call): Promise<Effect> {
  const { context, typeOf, plan } = run.options;
  const { logicalId, generation } = operation;
  const physicalId = operation.physicalId!;
  const type = typeOf(operation.type);
  if (leavesSnapshot(run, operation)) {
    const ownership = ownershipOf(run, logicalId, intent);
    await type.snapshot!(context, { logicalId, physicalId, properties, intent, ownership });
  }
  await type.delete(context, { logicalId, physicalId, properties });
  return { remove: { stack: plan.stack, logicalId, generation, physicalId } };
}

/** Planning has seen to it that the type can. */
function leavesSnapshot(run: Run, { change, logicalId, physicalId }: Operation): boolean {
  if (change?.action === 'delete') return change.deletionPolicy === 'Snapshot';
  if (change) return change.updateReplacePolicy === 'Snapshot';
  // Left deposed by an earlier run: its record has the policy of before that run, its successor's the one since.
  const { deposed, current } = run.records;
  const generations = [deposed.get(`${logicalId} ${physicalId}`), current.get(logicalId)];
  return generations.some((record) => record?.updateReplacePolicy === 'Snapshot');
}

/**
 * What the cloud has now. The plan says it, but for a list with a secret in it only that it differs: then the cloud
 * is asked again, because what is to be removed has to be named.
 */
async function presentOf(run: Run, change: Change): Promise<Properties> {
  const { context, typeOf } = run.options;
  const before = change.before ?? {};
  if (!Object.values(before).some(holdsSecret)) return before;
  const { logicalId, physicalId } = change;
  const asked = { ...context, by: 'id', once: (_key, read) => read() } satisfies ReadContext;
  const wanted = [{ logicalId, physicalId: physicalId!, properties: before }];
  const live = (await typeOf(change.type).read(asked, wanted)).get(logicalId);
  // What the template never spoke of is none of this update's business.
  const spoken = Object.entries(live?.properties ?? {}).filter(([name]) => name in before);
  return { ...before, ...Object.fromEntries(spoken) };
}

function ownershipOf(run: Run, logicalId: string, intent: string): Readonly<Record<string, string>> {
  return {
    'slipway:stack': run.options.plan.stack,
    'slipway:logical-id': logicalId,
    'slipway:intent': intent,
  };
}

/** How long a process that was taken for dead waits for its successor to have found its late create, or not. */
const successorMs = 120_000;

/**
 * A create that was under way while this process stalled and lost its lock. The successor has looked for it already
 * and may have made its own: what nobody recorded is taken away by the only one who knows of it.
 */
async function withdraw(run: Run, intent: string, made: ResourceRecord, error: unknown): Promise<void> {
  if (!(error instanceof SlipwayError && error.code === 'apply-fenced')) return;
  const { state, clock, typeOf, context } = run.options;
  const until = clock.now().getTime() + successorMs;
  const isOpen = async () =>
    (await state.journal(run.options.run)).some((e) => e.intent === intent && e.status === 'begun');
  while (await isOpen()) {
    // Still to be looked for: whoever does, finds it by its intent.
    if (clock.now().getTime() >= until) return;
    await clock.sleep(1000);
  }
  const { type, physicalId, logicalId, properties } = made;
  const records = await state.resources(run.options.plan.stack);
  if (records.some((r) => r.type === type && r.physicalId === physicalId)) return;
  const { signal: _lost, ...calm } = context;
  await typeOf(type).delete(calm, { logicalId, physicalId, properties });
}

function progressOf(run: Run, { kind, logicalId, type }: Operation) {
  const { clock, onProgress } = run.options;
  const began = clock.now().getTime();
  return (status: ProgressEvent['status'], more: Pick<ProgressEvent, 'error' | 'code' | 'wait'> = {}) =>
    onProgress?.({
      operation: kind,
      logicalId,
      type,
      status,
      elapsedMs: clock.now().getTime() - began,
      ...more,
    });
}
