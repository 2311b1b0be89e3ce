import { digestOf } from '../base/canonical-json.ts';
import { hasUnknown, isSecret, reveal, unknown, type Value } from '../base/value.ts';
import type { Change } from '../plan/plan.ts';
import { evaluate } from '../stack/evaluate.ts';
import type { Scope } from '../stack/stack.ts';
import type { JournalEntry, Outcome, ResourceRecord } from '../state/state.ts';
import type { ApplyOptions } from './apply-plan.ts';
import type { Operation } from './operations.ts';

/** One application of a plan, while it lasts. */
export interface Run {
  readonly options: Omit<ApplyOptions, 'lock'>;
  readonly changes: ReadonlyMap<string, Change>;
  /** The stack's records as they are now, kept up to date as operations end. */
  readonly records: Records;
  /** What a dead process had written of this run, by intent. */
  readonly journal: ReadonlyMap<string, JournalEntry>;
  /** Set when the state could not be written: then nothing more may be done. */
  halted?: { readonly error: unknown };
}

/** A stack's records, in memory. */
export interface Records {
  /** By logical id. */
  readonly current: Map<string, ResourceRecord>;
  /** By logical and physical id. */
  readonly deposed: Map<string, ResourceRecord>;
}

/** @param records of the stack, where they are not simply what the state has */
export async function openRun(options: Run['options'], records?: Records): Promise<Run> {
  const { plan, state } = options;
  return {
    options,
    changes: new Map(plan.changes.map((c) => [c.logicalId, c])),
    records: records ?? recordsOf(await state.resources(plan.stack)),
    journal: new Map((await state.journal(options.run)).map((entry) => [entry.intent, entry])),
  };
}

export function recordsOf(records: readonly ResourceRecord[]): Records {
  const isCurrent = (r: ResourceRecord) => r.generation === 'current';
  return {
    current: new Map(records.filter(isCurrent).map((r) => [r.logicalId, r])),
    deposed: new Map(records.filter((r) => !isCurrent(r)).map((r) => [deposedKey(r), r])),
  };
}

export function allRecords({ current, deposed }: Records): readonly ResourceRecord[] {
  return [...current.values(), ...deposed.values()];
}

function deposedKey({ logicalId, physicalId }: Pick<ResourceRecord, 'logicalId' | 'physicalId'>): string {
  return `${logicalId} ${physicalId}`;
}

/** The same operation of the same run always has the same intent, so that a repeated create is recognised. */
export function intentOf(run: Pick<Run, 'options'>, operation: Pick<Operation, 'id'>): string {
  return digestOf([run.options.run, operation.id]).slice(0, 24);
}

/** Does to the records what the state does with an outcome: depose, remove, put. */
export function follow(
  { current, deposed }: Records,
  { depose, remove, put }: Pick<Outcome, 'depose' | 'remove' | 'put'>,
): void {
  const old = depose && current.get(depose.logicalId);
  if (old) {
    current.delete(old.logicalId);
    deposed.set(deposedKey(old), { ...old, generation: 'deposed' });
  }
  if (remove?.generation === 'deposed') deposed.delete(deposedKey(remove));
  if (remove?.generation === 'current') current.delete(remove.logicalId);
  if (put) current.set(put.logicalId, put);
}

/** What references give now that things exist; `unknown` for what does not. */
export function scopeOf(run: Run): Scope {
  const { typeOf, secrets } = run.options;
  const scope: Scope = {
    ...secrets,
    imported: (name) => run.options.plan.imports?.[name],
    attribute(logicalId: string, attribute: string | undefined): Value {
      const record = run.records.current.get(logicalId);
      if (!record) return unknown;
      const name = attribute ?? typeOf(record.type).ref;
      if (name === undefined) return record.physicalId;
      const value = record.attributes[name] ?? unknown;
      if (!isSecret(value) || reveal(value) !== undefined) return value;
      // The state has only its fingerprint; the text comes from where the template took it.
      const expression = run.changes.get(logicalId)?.desired?.[name];
      return expression === undefined ? value : evaluate(expression, scope);
    },
  };
  return scope;
}

/** The outputs now: from what exists, and from the plan where this process cannot tell. */
export function finalOutputs(run: Run) {
  const scope = scopeOf(run);
  return Object.fromEntries(
    run.options.plan.outputs
      .filter((o) => o.desired !== undefined)
      .map((o) => {
        const now = evaluate(o.desired!, scope);
        return [
          o.name,
          {
            value: hasUnknown(now) && o.after !== undefined ? o.after : now,
            ...(o.exportName === undefined ? {} : { exportName: o.exportName }),
            ...(o.description === undefined ? {} : { description: o.description }),
          },
        ];
      }),
  );
}
