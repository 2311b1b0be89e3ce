import { isList, isObject, isSecret, isUnknown, type Value } from '../../base/value.ts';
import { hangsOnUnknown } from '../undecided.ts';

/**
 * `hasTag(tags, key)`: whether a list of `{Key, Value}`, or a map as some types have it, holds the key with a value
 * that is not empty. Keys are compared as AWS does, case by case. False for null. A tag with a secret value counts.
 */
export function hasTag(tags: Value, key: string): boolean {
  const pairs = isList(tags)
    ? tags.map((tag) =>
        isObject(tag) && !isUnknown(tag) ? [tag.Key ?? null, tag.Value ?? null] : [tag, tag],
      )
    : isObject(tags)
      ? Object.entries(tags)
      : [];
  const maybe = pairs
    .filter(([name]) => isUnknown(name) || name === key)
    .map(([name, value]) => [name, value]);
  const known = maybe.filter(([name]) => name === key);
  if (known.some(([, value]) => isSecret(value) || (!isUnknown(value) && value !== null && value !== '')))
    return true;
  if (maybe.some((pair) => pair.some(isUnknown))) return hangsOnUnknown('Tags');
  return false;
}
