/** The data of a launch template's version in the one form that it is compared in. */
import { isList, isObject, type Properties, type Value } from '../../../base/value.ts';
import { sortedBy, sortedSet } from '../../plain-value.ts';
import { canonicalTags } from '../tags.ts';

/** Lists whose order means nothing to AWS. */
const sets = new Set([
  'SecurityGroupIds',
  'SecurityGroups',
  'Groups',
  'LicenseSpecifications',
  'AcceleratorManufacturers',
  'AcceleratorNames',
  'AcceleratorTypes',
  'AllowedInstanceTypes',
  'CpuManufacturers',
  'ExcludedInstanceTypes',
  'InstanceGenerations',
  'LocalStorageTypes',
]);

/**
 * The template's data and AWS's answer alike. AWS stores a version as it was given and fills nothing in; it only
 * tells apart neither the order of sets nor an empty list from none.
 */
export function canonicalData(data: Value | undefined): Value {
  return isObject(data) && isPlain(data) ? canonicalMap(data) : (data ?? {});
}

function canonicalMap(map: Properties): Properties {
  const result: Record<string, Value> = {};
  for (const [key, value] of Object.entries(map)) {
    const canonical = canonicalEntry(key, value);
    if (isList(canonical) && canonical.length === 0) continue;
    result[key] = canonical;
  }
  return result;
}

function canonicalEntry(key: string, value: Value): Value {
  if (key === 'TagSpecifications') return canonicalTagSpecifications(value);
  // AWS's own word on how far the options have come.
  if (key === 'MetadataOptions' && isObject(value)) return canonicalMap(without(value, 'State'));
  // An instant: AWS answers with milliseconds or without.
  if (key === 'ValidUntil') return instant(value);
  // In a template it is an empty object or an empty text; AWS gives the text.
  if (key === 'NoDevice') return '';
  if (isList(value)) {
    const items = value.map((item) => (isObject(item) && isPlain(item) ? canonicalMap(item) : item));
    return sets.has(key) ? sortedSet(items)! : items;
  }
  return isObject(value) && isPlain(value) ? canonicalMap(value) : value;
}

/** By resource type. `launch-template` is none that a version can tag: the emulator puts the template's own there. */
function canonicalTagSpecifications(value: Value): Value {
  if (!isList(value)) return value;
  const specifications = value
    .filter((one) => !isObject(one) || one.ResourceType !== 'launch-template')
    .map((one) => (isObject(one) && isPlain(one) ? { ...one, Tags: canonicalTags(one.Tags) } : one));
  return sortedBy('ResourceType', specifications)!;
}

function instant(value: Value): Value {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? value : new Date(at).toISOString();
}

function without(map: Properties, key: string): Properties {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

/** Markers of unknown and secret values are left alone. */
function isPlain(value: Properties): boolean {
  return !('$slipway' in value);
}
