/** What the cloud fills in inside of lists, which planning compares whole. */
import { isList, isObject, isSecret, type Value } from '../../base/value.ts';

/**
 * The live value without what only the cloud says: of an item of a list, the keys that the recorded item at its
 * place does not have. A list of another length is somebody's change, and is left as it is.
 */
export function asRecorded(live: Value, recorded: Value | undefined): Value {
  if (isList(live)) {
    if (!isList(recorded) || recorded.length !== live.length) return live;
    return live.map((item, i) => asRecordedItem(item, recorded[i]!));
  }
  if (!isObject(live) || !isObject(recorded)) return live;
  return Object.fromEntries(
    Object.entries(live).map(([key, value]) => [key, asRecorded(value, recorded[key])]),
  );
}

function asRecordedItem(live: Value, recorded: Value): Value {
  if (!isObject(live) || !isObject(recorded) || isSecret(recorded)) return asRecorded(live, recorded);
  const spoken = Object.entries(live).filter(([key]) => key in recorded);
  return Object.fromEntries(spoken.map(([key, value]) => [key, asRecordedItem(value, recorded[key]!)]));
}
