import { sameValue } from '../base/canonical-json.ts';
import type { Properties, Secret, Value } from '../base/value.ts';
import type { Live } from '../provider/provider.ts';
import type { ResourceRecord } from '../state/state.ts';
import { comparableLive, type Difference, differences } from './compare.ts';
import type { PlannedType } from './planned-type.ts';

/** Drift of a resource that no template is at hand for: what the record says against what the cloud answers. */
export function recordedDrift(
  record: ResourceRecord,
  live: Live,
  type: PlannedType,
  seal: (plaintext: string) => Secret,
): Difference[] {
  const now = comparableLive(live.properties, {}, record.properties, seal);
  const left = untouched(type, record.properties, record.properties);
  return driftOf(
    record,
    { ...now, ...Object.fromEntries(left.map((key) => [key, record.properties[key]!])) },
    type,
  );
}

/** Properties whose live value counts as the recorded one: others may change them as long as the template does not. */
export function untouched(type: PlannedType, recorded: Properties, desired: Properties): readonly string[] {
  const left = type.leftToOthers?.(desired) ?? [];
  return left.filter((key) => key in recorded && sameValue(recorded[key], desired[key]));
}

/** What somebody else changed: of what we set, not of what the template begins to speak of only now. */
export function driftOf(
  record: ResourceRecord,
  was: Properties,
  { writeOnly = [] }: PlannedType,
): Difference[] {
  const isOurs = ([key]: readonly [string, Value]) => key in record.properties && !writeOnly.includes(key);
  const ours = Object.fromEntries(Object.entries(was).filter(isOurs));
  const set = Object.fromEntries(Object.entries(record.properties).filter(isOurs));
  return differences(withoutUnspoken(set, ours, set), ours);
}

/**
 * A property that the template never spoke of, that we never set, and that the cloud filled in, is nobody's
 * difference. `comparableLive` has dropped those at the top level; here the same inside maps.
 */
export function withoutUnspoken(after: Properties, was: Properties, recorded: Properties): Properties {
  const result: Record<string, Value> = { ...after };
  for (const [key, value] of Object.entries(after)) {
    const live = was[key];
    if (isMap(value) && isMap(live)) {
      const spoken = isMap(recorded[key]) ? recorded[key] : {};
      const filledIn = Object.entries(live).filter(([name]) => !(name in value) && !(name in spoken));
      result[key] = { ...Object.fromEntries(filledIn), ...withoutUnspoken(value, live, spoken) };
    }
  }
  return result;
}

function isMap(value: Value | undefined): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('$slipway' in value);
}
