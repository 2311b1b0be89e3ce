import type { Diagnostic } from '../base/diagnostic.ts';
import { nearest } from '../base/suggest.ts';
import type { Live } from '../provider/provider.ts';
import type { DesiredResource } from '../stack/stack.ts';
import type { ResourceRecord } from '../state/state.ts';
import type { Action, Plan } from './plan.ts';
import { renamedFrom } from './slipway-metadata.ts';

/**
 * Logical ids that change while the resource stays (`Metadata: { Slipway: { RenamedFrom: Old } }`), as new → old.
 * One that has been carried out says nothing any more: the metadata may stay where it is.
 *
 * @param current records by logical id
 * @param attempted logical ids that runs since the last success were to make: what has failed half way is neither
 *   under its old name nor under its new one, and is no mistake
 */
export function renamesIn(
  desired: ReadonlyMap<string, DesiredResource>,
  current: ReadonlyMap<string, ResourceRecord>,
  attempted: ReadonlySet<string>,
): Renames & { readonly diagnostics: readonly Diagnostic[] } {
  const renames = new Map<string, string>();
  const aliases = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const takers = new Map<string, string>();
  for (const resource of desired.values()) {
    const { logicalId, where } = resource;
    const old = renamedFrom(resource);
    if (old === undefined) continue;
    const refused = refusal(resource, old, { desired, current, attempted, takers });
    takers.set(old, takers.get(old) ?? logicalId);
    if (refused) diagnostics.push({ severity: 'error', code: 'plan-rename', where, ...refused });
    else if (!desired.has(old)) aliases.set(old, logicalId);
    if (!refused && !current.has(logicalId) && current.has(old)) renames.set(logicalId, old);
  }
  return { renames, aliases, diagnostics };
}

export interface Renames {
  /** Still to be carried out: new → old. */
  readonly renames: ReadonlyMap<string, string>;
  /** Old → new, those that have been carried out, too: what depended on the old name may say so still. */
  readonly aliases: ReadonlyMap<string, string>;
}

interface Known {
  readonly desired: ReadonlyMap<string, DesiredResource>;
  readonly current: ReadonlyMap<string, ResourceRecord>;
  readonly attempted: ReadonlySet<string>;
  /** Who asked for an old name before, in the template's order. */
  readonly takers: ReadonlyMap<string, string>;
}

function refusal(
  { logicalId, type }: DesiredResource,
  old: string,
  { desired, current, attempted, takers }: Known,
): Pick<Diagnostic, 'summary' | 'remedy'> | undefined {
  const takenOut = `Take RenamedFrom out of the metadata of ${logicalId}.`;
  const record = current.get(old);
  const rival = takers.get(old);
  if (old === logicalId) {
    return { summary: `${logicalId} is renamed from itself`, remedy: takenOut };
  }
  if (rival !== undefined) {
    return {
      summary: `${logicalId} and ${rival} are both renamed from ${old}`,
      remedy: 'One resource becomes one resource: take RenamedFrom out of the other.',
    };
  }
  if (current.has(logicalId)) {
    // Done long ago; what has the old name by now is another, as long as the template speaks of it.
    if (!record || desired.has(old)) return undefined;
    return {
      summary: `${logicalId} is renamed from ${old}, and both are there`,
      remedy: `${takenOut} ${old} is then deleted.`,
    };
  }
  if (desired.has(old)) {
    return {
      summary: `${logicalId} is renamed from ${old}, which is still in the template`,
      remedy: `Take ${old} out of the template, or RenamedFrom out of the metadata of ${logicalId}.`,
    };
  }
  if (!record) {
    // Where nothing has been made yet there is nothing to rename: a new environment of an old template.
    if (current.size === 0 || attempted.has(logicalId)) return undefined;
    const leaving = [...current.keys()].filter((id) => !desired.has(id));
    const near = nearest(old, leaving, 3);
    return {
      summary: `${logicalId} is renamed from ${old}, which this stack does not have`,
      remedy: near === undefined ? takenOut : `Did you mean ${near}?`,
    };
  }
  if (record.type !== type) {
    return {
      summary: `${logicalId} is ${type} and renamed from ${old}, which is ${record.type}`,
      remedy: `${takenOut} ${old} is then deleted and ${logicalId} created.`,
    };
  }
  return undefined;
}

/** What is there, as if it had been made under the names that it gets now. */
export function underNewNames(
  recorded: readonly ResourceRecord[],
  live: ReadonlyMap<string, Live>,
  { renames, aliases }: Renames,
): { readonly recorded: readonly ResourceRecord[]; readonly live: ReadonlyMap<string, Live> } {
  if (aliases.size === 0) return { recorded, live };
  const newNames = new Map([...renames].map(([name, old]) => [old, name]));
  const named = (id: string) => newNames.get(id) ?? id;
  return {
    recorded: recorded.map((record) => ({
      ...record,
      // An old generation keeps its name: it is deleted under the one that the state knows it by.
      logicalId: record.generation === 'current' ? named(record.logicalId) : record.logicalId,
      dependsOn: record.dependsOn.map((id) => aliases.get(id) ?? id),
    })),
    live: new Map([...live].map(([id, found]) => [named(id), found])),
  };
}

/** Whether a rename is asked for of which the state has neither name. */
export function hasDanglingRename(
  desired: ReadonlyMap<string, DesiredResource>,
  recorded: readonly ResourceRecord[],
): boolean {
  const names = new Set(recorded.filter((r) => r.generation === 'current').map((r) => r.logicalId));
  return [...desired.values()].some((resource) => {
    const old = renamedFrom(resource);
    return old !== undefined && !names.has(old) && !names.has(resource.logicalId);
  });
}

/** Logical ids that the runs, newest first, were to make since one last succeeded. */
export function attemptedBy(
  runs: readonly { readonly status: string; readonly plan: Pick<Plan, 'changes'> }[],
): ReadonlySet<string> {
  const success = runs.findIndex((run) => run.status === 'succeeded');
  const since = success === -1 ? runs : runs.slice(0, success);
  const makes: readonly Action[] = ['create', 'replace', 'update'];
  const changes = since.flatMap((run) => run.plan.changes).filter((c) => makes.includes(c.action));
  return new Set(changes.map((change) => change.logicalId));
}
