/** Finds, among the elements that leave a list and those that come, the two that are one element which changes. */
import { canonicalJson, sameValue } from '../base/canonical-json.ts';
import { isObject, type Properties, reservedKey, type Value } from '../base/value.ts';

interface PairedElements {
  readonly pairs: readonly (readonly [before: Value, after: Value])[];
  readonly removed: readonly Value[];
  readonly added: readonly Value[];
}

// What AWS's lists tell their elements apart by: tags, statements, rules, devices, policies.
const names = [
  'Key',
  'Sid',
  'Id',
  'Name',
  'DeviceName',
  'DeviceIndex',
  'RuleNumber',
  'Priority',
  'PolicyName',
] as const;

// Each is compared with each: beyond it nobody reads them in pairs.
const maxCompared = 50;

/** By what they are named by, where it is unique; else by what most of their properties have in common. */
export function pairElements(removed: readonly Value[], added: readonly Value[]): PairedElements {
  const pairs = new Map<Value, Value>();
  const [before, after] = [byName(removed), byName(added)];
  for (const [name, item] of before) {
    const successor = after.get(name);
    if (item !== undefined && successor !== undefined) pairs.set(item, successor);
  }
  const taken = new Set(pairs.values());
  const candidates = added.filter((item) => !taken.has(item) && isMap(item)).slice(0, maxCompared);
  for (const item of removed.filter((one) => !pairs.has(one)).slice(0, maxCompared)) {
    const [best] = candidates
      .filter((other) => !taken.has(other))
      .map((other) => ({ other, likeness: likeness(item, other) }))
      .filter((found) => found.likeness >= 0.5)
      .sort((a, b) => b.likeness - a.likeness);
    if (!best) continue;
    pairs.set(item, best.other);
    taken.add(best.other);
  }
  return {
    pairs: [...pairs],
    removed: removed.filter((item) => !pairs.has(item)),
    added: added.filter((item) => !taken.has(item)),
  };
}

/** Undefined under a name that several have. */
function byName(items: readonly Value[]): ReadonlyMap<string, Value | undefined> {
  const found = new Map<string, Value | undefined>();
  for (const item of items) {
    const name = isMap(item) ? names.find((key) => typeof item[key] !== 'object' && key in item) : undefined;
    if (name === undefined || !isMap(item)) continue;
    const full = canonicalJson([name, item[name]]);
    found.set(full, found.has(full) ? undefined : item);
  }
  return found;
}

/** How many of their properties are the same in both, of all that either has. */
function likeness(one: Value, other: Value): number {
  if (!isMap(one) || !isMap(other)) return 0;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  const same = [...keys].filter((key) => key in one && key in other && sameValue(one[key], other[key]));
  return keys.size === 0 ? 0 : same.length / keys.size;
}

function isMap(value: Value): value is Properties {
  return isObject(value) && !(reservedKey in value);
}
