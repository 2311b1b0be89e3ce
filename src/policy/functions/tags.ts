import { isList, isObject, isSecret, isUnknown, type Value } from '../../base/value.ts';
import { hangsOnSecret, hangsOnUnknown } from '../undecided.ts';

/**
 * `hasTag(tags, key)`: whether a list of `{Key, Value}`, or a map as some types have it, holds the key with a value
 * that is not empty. Keys are compared as AWS does, case by case. False for null. A tag with a secret value counts.
 */
export function hasTag(tags: Value, key: string): boolean {
  const { known, maybe } = tagsOf(tags, key);
  if (known.some((value) => isSecret(value) || (!isUnknown(value) && value !== null && value !== '')))
    return true;
  if (maybe) return hangsOnUnknown('Tags');
  return false;
}

/** `tag(tags, key)`: the tag's value, from the same forms; null where there is none. */
export function tagValue(tags: Value, key: string): Value {
  const { known, maybe } = tagsOf(tags, key);
  const [value] = known;
  if (isUnknown(value)) return hangsOnUnknown(`the tag ${key}`);
  if (isSecret(value)) return hangsOnSecret(`the tag ${key}`);
  if (value !== undefined) return value;
  return maybe ? hangsOnUnknown('Tags') : null;
}

/** The values under the key, and whether what is unknown may be, or have, another one. */
function tagsOf(tags: Value, key: string): { readonly known: readonly Value[]; readonly maybe: boolean } {
  const pairs = pairsOf(tags);
  const known = pairs.filter(([name]) => name === key).map(([, value]) => value);
  return { known, maybe: pairs.some(([name]) => isUnknown(name)) || known.some(isUnknown) };
}

function pairsOf(tags: Value): readonly (readonly [Value, Value])[] {
  if (isList(tags)) {
    return tags.map((tag) =>
      isObject(tag) && !isUnknown(tag) ? [tag.Key ?? null, tag.Value ?? null] : [tag, tag],
    );
  }
  return isObject(tags) ? Object.entries(tags) : [];
}
