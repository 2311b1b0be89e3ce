/**
 * Exports of other stacks that a stack begins to take, or takes no longer. A change of its own: who takes an export
 * keeps its stack from changing or deleting it, even where no value of the taker differs.
 */
export interface ImportChanges {
  /** Sorted, as the other. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Undefined where both are the same. */
export function importChanges(
  before: readonly string[] = [],
  after: readonly string[] = [],
): ImportChanges | undefined {
  const added = after.filter((name) => !before.includes(name)).sort();
  const removed = before.filter((name) => !after.includes(name)).sort();
  return added.length + removed.length === 0 ? undefined : { added, removed };
}
