import { sameValue } from '../base/canonical-json.ts';
import { hasUnknown } from '../base/value.ts';
import type { Action, Change, OutputChange, Plan } from '../plan/plan.ts';
import { agrees } from './resolve.ts';

/** What a change may turn out to be that was planned while something in it was unknown. */
const comesOutAs: Readonly<Record<Action, readonly Action[]>> = {
  create: ['create'],
  update: ['update', 'none'],
  replace: ['replace', 'update', 'none'],
  delete: ['delete'],
  import: ['import'],
  forget: ['forget'],
  none: ['none'],
};

/**
 * Whether a plan is `shown` with nothing but its unknowns filled in, because stacks that it takes from have been
 * applied since: then who said yes to what was shown has said yes to it. It is held against all that the digest is
 * over, so that neither less is done than was shown, nor anything else: no other output, export or policy of deletion.
 */
export function isFilledIn(plan: Plan, shown: Plan): boolean {
  if (plan.stack !== shown.stack || plan.account !== shown.account || plan.region !== shown.region)
    return false;
  if (plan.movedFrom !== shown.movedFrom || (shown.movedFrom !== undefined && plan.file !== shown.file))
    return false;
  const changes = pairs(plan.changes, shown.changes, (change) => change.logicalId);
  const outputs = pairs(plan.outputs, shown.outputs, (output) => output.name);
  return (
    changes.every(([one, other]) => isChangeFilledIn(one, other)) &&
    outputs.every(([one, other]) => one && other && isOutputFilledIn(one, other)) &&
    sameValue(plan.deposed, shown.deposed) &&
    sameValue(plan.importChanges, shown.importChanges) &&
    sameValue(plan.handOvers, shown.handOvers) &&
    sameValue(Object.keys(plan.imports ?? {}).sort(), Object.keys(shown.imports ?? {}).sort())
  );
}

function isChangeFilledIn(change: Change | undefined, shown: Change | undefined): boolean {
  const isNone = (one: Change | undefined) => one === undefined || one.action === 'none';
  if (isNone(change) && isNone(shown)) return true;
  if (!change || !shown || !comesOutAs[shown.action].includes(change.action)) return false;
  const isOpen = shown.after !== undefined && hasUnknown(shown.after);
  if (change.action !== shown.action && !isOpen) return false;
  if (change.action === 'replace' && change.order !== shown.order) return false;
  return (
    same(change, shown, 'type', 'physicalId', 'movedFrom', 'vanished', 'before') &&
    same(change, shown, 'deletionPolicy', 'updateReplacePolicy') &&
    (isOpen
      ? // What was unknown may come out as anything, so what it comes out of has to be the same, secrets as well.
        same(change, shown, 'desired', 'secrets') && agrees(shown.after!, change.after ?? {})
      : same(change, shown, 'after', 'order'))
  );
}

function isOutputFilledIn(output: OutputChange, shown: OutputChange): boolean {
  if (!same(output, shown, 'before', 'exportName', 'formerExportName')) return false;
  if (shown.after === undefined || !hasUnknown(shown.after)) return same(output, shown, 'after');
  return (
    output.after !== undefined &&
    same(output, shown, 'desired', 'secrets') &&
    agrees(shown.after, output.after)
  );
}

function same<T>(one: T, other: T, ...keys: readonly (keyof T)[]): boolean {
  return keys.every((key) => sameValue(one[key], other[key]));
}

/** What both have of each name; undefined where one has it not. */
function pairs<T>(
  ones: readonly T[],
  others: readonly T[],
  nameOf: (item: T) => string,
): readonly (readonly [T | undefined, T | undefined])[] {
  const one = new Map(ones.map((item) => [nameOf(item), item]));
  const other = new Map(others.map((item) => [nameOf(item), item]));
  return [...new Set([...one.keys(), ...other.keys()])].map((name) => [one.get(name), other.get(name)]);
}
