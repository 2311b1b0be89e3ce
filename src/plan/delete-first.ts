import { invert } from './order.ts';
import { type Change, isDestructive } from './plan.ts';
import type { PlannedType } from './planned-type.ts';

/**
 * Marks, in `changes`, everything that has to go before its successor comes. As a rule nothing is deleted before
 * all that is new has succeeded; the exceptions start where two things cannot exist at once, and spread to all that
 * would hold those in place.
 */
export function markDeleteFirst(changes: Map<string, Change>, typeOf: (type: string) => PlannedType): void {
  markTakeovers(changes, typeOf);
  spread(changes);
}

/**
 * A name or an address that moves from one logical id to another: renaming a logical id does that to every resource
 * that has one. CloudFormation makes the new one first and fails. Here the type is asked, as it is for the two
 * generations of one resource, whether the two can exist at once.
 */
function markTakeovers(changes: Map<string, Change>, typeOf: (type: string) => PlannedType): void {
  const leaversByType = Map.groupBy([...changes.values()].filter(leaves), (c) => c.type);
  for (const change of [...changes.values()]) {
    if (change.action !== 'create' && change.action !== 'replace') continue;
    const type = typeOf(change.type);
    const from = (leaversByType.get(change.type) ?? [])
      .filter((old) => old.logicalId !== change.logicalId && collide(type, old, change))
      .map((old) => old.logicalId)
      .sort();
    if (from.length === 0) continue;
    changes.set(change.logicalId, { ...changes.get(change.logicalId)!, takesOverFrom: from });
    for (const id of from) changes.set(id, { ...changes.get(id)!, order: 'delete-before-create' });
  }
}

function collide(type: PlannedType, old: Change, successor: Change): boolean {
  return type.order(old.before ?? {}, successor.after ?? {}) === 'delete-before-create';
}

/** Whether something of it is deleted: what is retained keeps its name, whatever the order. */
function leaves(change: Change): boolean {
  if (change.action === 'delete') return true;
  return change.action === 'replace' && change.updateReplacePolicy === 'Delete';
}

/**
 * Where the old one must go before the new one comes, everything that hangs on it and is replaced or deleted must
 * go as early: it would hold the old one in place.
 */
function spread(changes: Map<string, Change>): void {
  const dependents = invert(
    new Map([...changes.values()].map((c) => [c.logicalId, c.formerDependsOn ?? c.dependsOn])),
  );
  const queue = [...changes.values()]
    .filter((c) => c.order === 'delete-before-create')
    .map((c) => c.logicalId);
  const seen = new Set(queue);
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const dependent of dependents.get(id) ?? []) {
      const change = changes.get(dependent)!;
      if (!isDestructive(change.action) || seen.has(dependent)) continue;
      changes.set(dependent, { ...change, order: 'delete-before-create' });
      seen.add(dependent);
      queue.push(dependent);
    }
  }
}
