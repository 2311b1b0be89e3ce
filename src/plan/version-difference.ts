import { sameValue } from '../base/canonical-json.ts';
import { hasUnknown, type Properties, type Value } from '../base/value.ts';
import type { Expression } from '../stack/stack.ts';
import { differences, holdsSecret } from './compare.ts';
import { importChanges } from './import-changes.ts';
import type { Change, OutputChange, Plan } from './plan.ts';

/** What turns one version of a stack into another, in the shape of a plan, so that it is shown as one. */
export type VersionDifference = Pick<Plan, 'changes' | 'deposed' | 'outputs' | 'importChanges'>;

/**
 * Compares what two plans of one stack wanted. Where both wanted it by the same expression nothing has changed,
 * whatever the cloud made of it: the id of a VPC that was made anew is no difference between two templates.
 *
 * @param renames logical ids of `to` that were others in `from`, as new → old
 */
export function versionDifference(
  from: Plan,
  to: Plan,
  renames: ReadonlyMap<string, string> = new Map(),
): VersionDifference {
  const after = wanted(to);
  const names = new Map(
    [...renames].filter(([now, old]) => after.has(now) && !after.has(old)).map(([a, b]) => [b, a]),
  );
  const before = new Map([...wanted(from)].map(([id, change]) => [names.get(id) ?? id, change]));
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  const claims = importChanges(Object.keys(from.imports ?? {}), Object.keys(to.imports ?? {}));
  return {
    ...(claims ? { importChanges: claims } : {}),
    changes: ids.flatMap((id) => changeBetween(before.get(id), after.get(id)) ?? []),
    deposed: [],
    outputs: outputsBetween(from.outputs, to.outputs),
  };
}

/** The resources that the plan's version has, by logical id. */
function wanted({ changes }: Plan): ReadonlyMap<string, Change> {
  return new Map(changes.filter((c) => c.after !== undefined).map((c) => [c.logicalId, c]));
}

function changeBetween(before: Change | undefined, after: Change | undefined): Change | undefined {
  if (before && after) {
    const found = differencesOf(before, after).map((d) => ({ ...d, replaces: false }));
    const moved = before.logicalId !== after.logicalId;
    if (found.length === 0 && !moved) return undefined;
    return {
      ...identityOf(after),
      action: 'update',
      ...(moved ? { movedFrom: before.logicalId } : {}),
      differences: found,
    };
  }
  return {
    ...identityOf((before ?? after)!),
    action: after ? 'create' : 'delete',
    ...(after?.after ? { after: after.after } : {}),
    ...(before?.after ? { before: before.after } : {}),
  };
}

/** Of a plan's change only what a version has: nothing of what was live when it was planned. */
function identityOf({ logicalId, type, dependsOn, deletionPolicy, updateReplacePolicy }: Change) {
  return {
    ...{ logicalId, type, dependsOn, deletionPolicy, updateReplacePolicy },
    ...{ differences: [], replaceBecause: [], drift: [] },
  };
}

function differencesOf(before: Change, after: Change) {
  const keys = new Set([...Object.keys(before.after ?? {}), ...Object.keys(after.after ?? {})]);
  const [was, will]: [Record<string, Value>, Record<string, Value>] = [{}, {}];
  for (const key of keys) {
    const pair = valuesOf(part(before, key), part(after, key));
    if (!pair) continue;
    if (pair[0] !== undefined) was[key] = pair[0];
    if (pair[1] !== undefined) will[key] = pair[1];
  }
  return differences(withPolicies(was, before), withPolicies(will, after));
}

function part({ after = {}, desired = {} }: Change, key: string): Wanted {
  return { value: after[key], expression: desired[key] };
}

function withPolicies(properties: Properties, { deletionPolicy, updateReplacePolicy }: Change): Properties {
  return { ...properties, DeletionPolicy: deletionPolicy, UpdateReplacePolicy: updateReplacePolicy };
}

/** A value as a plan has it: as far as it was known, and what it was to be made from. */
interface Wanted {
  readonly value: Value | undefined;
  readonly expression: Expression | undefined;
}

/** The two to be compared; undefined where they are the same by what they are made from. */
function valuesOf(
  before: Wanted,
  after: Wanted,
): readonly [Value | undefined, Value | undefined] | undefined {
  const isSecret = [before.value, after.value].some((v) => v !== undefined && holdsSecret(v));
  // The text behind one and the same reference to a secret may be another by now.
  if (!isSecret && sameValue(before.expression, after.expression)) return undefined;
  const isUnknown = [before.value, after.value].some((v) => v !== undefined && hasUnknown(v));
  if (!isUnknown) return [before.value, after.value];
  if (sameValue(before.expression, after.expression)) return undefined;
  return [before.expression, after.expression];
}

function outputsBetween(from: readonly OutputChange[], to: readonly OutputChange[]): OutputChange[] {
  const byName = (outputs: readonly OutputChange[]) =>
    new Map(outputs.filter((o) => o.after !== undefined).map((o) => [o.name, o]));
  const [before, after] = [byName(from), byName(to)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name): OutputChange[] => {
    const [was, will] = [before.get(name), after.get(name)];
    const pair = valuesOf(
      { value: was?.after, expression: was?.desired },
      { value: will?.after, expression: will?.desired },
    );
    const isRenamed = was && will && was.exportName !== will.exportName;
    if (!pair && !isRenamed) return [];
    const [one, other] = pair ?? [];
    return [
      {
        name,
        ...(one === undefined ? {} : { before: one }),
        ...(other === undefined ? {} : { after: other }),
        ...(will?.exportName === undefined ? {} : { exportName: will.exportName }),
        ...(isRenamed ? { formerExportName: was.exportName ?? null } : {}),
      },
    ];
  });
}
