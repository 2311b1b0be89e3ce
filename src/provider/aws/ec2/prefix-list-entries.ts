/** The modifications that bring a prefix list from some entries to others. */
import type { Properties } from '../../../base/value.ts';
import { text } from '../../plain-value.ts';

/** AWS's limit on the entries that one call adds or removes. */
export const batchSize = 100;

export interface EntryChange {
  readonly add: readonly Properties[];
  /** Networks. */
  readonly remove: readonly string[];
}

/**
 * What is new and what is gone in as few calls as may be. An entry is known by its network, and a call cannot take
 * one away and add it: another description is a call to take the entry away, and a later one to add it again.
 */
export function changesOfEntries(
  before: readonly Properties[],
  after: readonly Properties[],
): readonly EntryChange[] {
  const [old, wanted] = [byNetwork(before), byNetwork(after)];
  const isRedescribed = (cidr: string) =>
    old.has(cidr) && wanted.has(cidr) && old.get(cidr)!.Description !== wanted.get(cidr)!.Description;
  const remove = [...old.keys()].filter((cidr) => !wanted.has(cidr) || isRedescribed(cidr));
  const add = [...wanted].filter(([cidr]) => !old.has(cidr) || isRedescribed(cidr)).map(([, entry]) => entry);
  const fitsOneCall =
    ![...old.keys()].some(isRedescribed) && add.length <= batchSize && remove.length <= batchSize;
  if (fitsOneCall) return add.length + remove.length === 0 ? [] : [{ add, remove }];
  return [
    // First what goes: the list may be full.
    ...batches(remove).map((some) => ({ add: [], remove: some })),
    ...batches(add).map((some) => ({ add: some, remove: [] })),
  ];
}

function batches<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / batchSize) }, (_, i) =>
    items.slice(i * batchSize, (i + 1) * batchSize),
  );
}

function byNetwork(entries: readonly Properties[]): ReadonlyMap<string, Properties> {
  return new Map(entries.map((entry) => [text(entry.Cidr) ?? '', entry]));
}
