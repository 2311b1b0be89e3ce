/** Tags as templates write them, and ownership: the three tags by which Slipway knows its own. */
import { SlipwayError } from '../../base/error.ts';
import { isList, isObject, isSecret, type Value } from '../../base/value.ts';

export const stackTag = 'slipway:stack';
export const intentTag = 'slipway:intent';
export const ownershipTags = [stackTag, 'slipway:logical-id', intentTag] as const;

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** As the SDKs answer. */
interface AnsweredTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/**
 * By key, without Slipway's own and AWS's: a template may neither set nor change those. None is the empty list.
 *
 * @throws SlipwayError `template-property-value` for a key that is a secret, behind which such a one could be
 */
export function canonicalTags(tags: Value | undefined): Value {
  if (tags === undefined || tags === null) return [];
  if (!isList(tags)) return tags;
  if (tags.some((tag) => isObject(tag) && isSecret(tag.Key))) {
    throw new SlipwayError('template-property-value', {
      summary: 'The key of a tag cannot be a secret',
      remedy: 'Write the key as it is; its value may be a secret.',
    });
  }
  return tags.filter((tag) => !isReserved(keyOf(tag))).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

export function liveTags(tags: readonly AnsweredTag[] | undefined): Value {
  return canonicalTags((tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value })));
}

/** By key. */
export function tagRecord(tags: readonly AnsweredTag[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** What goes into a create call: the template's tags and the ownership. */
export function tagsToCreate(tags: Value | undefined, ownership: Readonly<Record<string, string>>): Tag[] {
  return [...plainTags(tags), ...Object.entries(ownership).map(([Key, Value]) => ({ Key, Value }))];
}

export interface TagChanges {
  /** New ones, those with another value, and the ownership (somebody may have taken it off). */
  readonly put: Tag[];
  readonly remove: string[];
}

export function tagChanges(
  before: Value | undefined,
  after: Value | undefined,
  ownership: Readonly<Record<string, string>>,
): TagChanges {
  const [old, wanted] = [plainTags(before), plainTags(after)];
  const has = (list: readonly Tag[], { Key, Value }: Tag) =>
    list.some((t) => t.Key === Key && t.Value === Value);
  return {
    put: [
      ...wanted.filter((tag) => !has(old, tag)),
      ...Object.entries(ownership).map(([Key, Value]) => ({ Key, Value })),
    ],
    remove: old.map((tag) => tag.Key).filter((key) => !wanted.some((tag) => tag.Key === key)),
  };
}

/** The value of the tag with this key. */
export function tagValue(tags: readonly AnsweredTag[] | undefined, key: string): string | undefined {
  return tags?.find((tag) => tag.Key === key)?.Value;
}

function plainTags(tags: Value | undefined): Tag[] {
  if (!isList(tags)) return [];
  return tags.filter(isObject).map((tag) => ({ Key: String(tag.Key), Value: String(tag.Value ?? '') }));
}

function keyOf(tag: Value): string {
  return isObject(tag) && typeof tag.Key === 'string' ? tag.Key : '';
}

function isReserved(key: string): boolean {
  return key.startsWith('slipway:') || key.startsWith('aws:');
}
