/** Tags as SSM's own resource types have them: a map, where nearly all others have a list. */
import { isObject, isSecret, isUnknown, type Value } from '../../../base/value.ts';
import { canonicalTags, liveTags, type Tag } from '../tags.ts';

/** None is the empty map; Slipway's own and AWS's are left out. */
export function withoutReserved(tags: Value | undefined): Value {
  if (tags === undefined || tags === null) return {};
  if (!isObject(tags) || isUnknown(tags) || isSecret(tags)) return tags;
  return toMap(canonicalTags(fromTagMap(tags)));
}

export function liveTagMap(tags: Parameters<typeof liveTags>[0]): Value {
  return toMap(liveTags(tags));
}

export function fromTagMap(tags: Value | undefined): Value {
  if (!isObject(tags)) return [];
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function toMap(tags: Value): Value {
  return Object.fromEntries((tags as unknown as readonly Tag[]).map(({ Key, Value }) => [Key, Value]));
}
