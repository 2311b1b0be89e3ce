import { formatError, SlipwayError } from '../base/error.ts';
import type { Properties } from '../base/value.ts';
import type { Change } from '../plan/plan.ts';
import type { Live } from '../provider/provider.ts';
import type { JournalEntry, Outcome, ResourceRecord } from '../state/state.ts';
import type { ApplyOptions } from './apply-plan.ts';
import { madeBy, recordBefore, uncertain } from './make.ts';
import { type Operation, operationsOf } from './operations.ts';
import { resolveLoosely, revealKnown } from './resolve.ts';
import { allRecords, follow, intentOf, openRun, type Run, recordsOf, scopeOf } from './run.ts';

/** How long after a create the cloud may still hide what it made from lists, in milliseconds. */
export const settlesWithinMs = 10_000;

export interface RecoverOptions
  extends Pick<ApplyOptions, 'state' | 'typeOf' | 'context' | 'secrets' | 'clock' | 'settleMs'> {
  readonly stack: string;
}

export interface Recovered {
  /** What became of each call. `state.end` writes one down, under the stack's lock. */
  readonly outcomes: readonly Outcome[];
  /** The stack's records with that in them. */
  readonly records: readonly ResourceRecord[];
}

/**
 * Finds out what became of calls that no one saw the end of: of runs that have ended, while the cloud did not answer
 * or had not shown yet what it made. Without this a plan would not know of what they made. Only reads. Throws what
 * the cloud throws: without an answer there can be no plan.
 */
export async function recover(options: RecoverOptions): Promise<Recovered> {
  const { state, stack } = options;
  const [open, stored] = await Promise.all([state.openEntries(stack), state.resources(stack)]);
  if (open.length === 0) return { outcomes: [], records: stored };
  const records = recordsOf(stored);
  const outcomes: Outcome[] = [];
  for (const [id, entries] of Map.groupBy(open, (entry) => entry.run)) {
    const { plan } = (await state.run(id))!;
    const run = await openRun({ ...options, plan, run: id }, records);
    const operations = operationsOf(plan, allRecords(records));
    for (const entry of entries) {
      const operation = operations.find((o) => intentOf(run, o) === entry.intent);
      const outcome = operation ? await looked(run, operation, entry) : failed(entry, undefined);
      follow(records, outcome);
      outcomes.push(outcome);
    }
  }
  return { outcomes, records: allRecords(records) };
}

async function looked(run: Run, operation: Operation, entry: JournalEntry): Promise<Outcome> {
  const found = operation.kind === 'create' ? await findMade(run, operation.change!, entry) : undefined;
  return outcomeOf(run, operation, entry, found, 'Nobody saw the end of this call.');
}

/**
 * What a call that failed leaves behind: a create may have made something all the same (its first call of three),
 * an update may have changed half. Undefined where that cannot be told yet: the entry then stays open for `recover`.
 */
export async function afterFailure(
  run: Run,
  operation: Operation,
  entry: JournalEntry,
  error: unknown,
): Promise<Outcome | undefined> {
  const text = formatError(error);
  // What has the name is not what this create made: it was refused for that very reason.
  const isTaken = error instanceof SlipwayError && error.code === 'name-in-use';
  if (operation.kind !== 'create' || isTaken) return outcomeOf(run, operation, entry, undefined, text);
  try {
    const found = await find(run, operation.change!, entry);
    if (found || hasSettled(run, entry)) return outcomeOf(run, operation, entry, found, text);
  } catch {
    // The cloud does not answer this either.
  }
  return undefined;
}

/** What this very create made, looked for until the cloud has had the time to show it. */
export async function findMade(run: Run, change: Change, entry: JournalEntry): Promise<Live | undefined> {
  const { clock, context } = run.options;
  for (;;) {
    const settled = hasSettled(run, entry);
    const found = await find(run, change, entry);
    if (found || settled) return found;
    await clock.sleep(500, context.signal);
  }
}

function hasSettled({ options }: Run, entry: JournalEntry): boolean {
  const { clock, settleMs = settlesWithinMs } = options;
  return clock.now().getTime() >= new Date(entry.beganAt).getTime() + settleMs;
}

async function find(run: Run, change: Change, entry: JournalEntry): Promise<Live | undefined> {
  const { context, typeOf } = run.options;
  const type = typeOf(change.type);
  const found = await type.find(context, {
    logicalId: change.logicalId,
    intent: entry.intent,
    properties: revealKnown(resolveLoosely(change, scopeOf(run), type.canonicalise)),
  });
  return found && !isAnothers(run, change, found.physicalId) ? found : undefined;
}

/**
 * Whether it is the old generation, or another logical id's: what has no tag is found by its name, and so is the
 * one that had the name before.
 */
function isAnothers({ records }: Run, change: Change, physicalId: string): boolean {
  return allRecords(records).some((r) => r.type === change.type && r.physicalId === physicalId);
}

function outcomeOf(
  run: Run,
  operation: Operation,
  entry: JournalEntry,
  found: Live | undefined,
  error: string,
): Outcome {
  const { change, kind } = operation;
  if (!change || kind === 'delete' || (kind === 'create' && !found)) return failed(entry, error);
  const { canonicalise, writeOnly } = run.options.typeOf(change.type);
  const sent = resolveLoosely(change, scopeOf(run), canonicalise);
  if (found) {
    return { ...failed(entry, error), ...madeBy(run, change, uncertain(undefined, sent, writeOnly), found) };
  }
  const record = recordBefore(run, change);
  if (!record || kind === 'import') return failed(entry, error);
  const properties: Properties = uncertain(record.properties, sent, writeOnly);
  return { ...failed(entry, error), put: { ...record, properties } };
}

function failed({ run, intent }: JournalEntry, error: string | undefined): Outcome {
  return { run, intent, status: 'failed', ...(error === undefined ? {} : { error }) };
}
