import type { Live, Wanted } from '../provider.ts';

/** Of what a bulk read found, that which is wanted: by logical id. */
export function wantedAmong(wanted: readonly Wanted[], found: Iterable<Live>): ReadonlyMap<string, Live> {
  const logicalIds = new Map(wanted.map((one) => [one.physicalId, one.logicalId]));
  const result = new Map<string, Live>();
  for (const one of found) {
    const logicalId = logicalIds.get(one.physicalId);
    if (logicalId !== undefined) result.set(logicalId, one);
  }
  return result;
}
