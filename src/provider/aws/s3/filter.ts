/**
 * Which objects a rule is about. CloudFormation says it in keys of the rule itself (`Prefix`, `TagFilters`, sizes);
 * S3 wants a `Filter` with exactly one condition, or with all of them under `And`.
 */
import type { Properties, Value } from '../../../base/value.ts';
import { compact, isPlain, listOf } from './setting.ts';

const conditions = ['Prefix', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan', 'AccessPointArn'] as const;

/** S3's filter for a rule; undefined when it is about every object. */
export function filterOf(rule: Properties): Properties | undefined {
  const tags = listOf(rule.TagFilters);
  const plain = compact(Object.fromEntries(conditions.map((name) => [name, rule[name]])));
  const count = Object.keys(plain).length + tags.length;
  if (count === 0) return undefined;
  if (count === 1) return tags.length === 1 ? { Tag: tags[0]! } : plain;
  return { And: { ...plain, ...(tags.length === 0 ? {} : { Tags: tags }) } };
}

/** The rule's own keys for S3's filter. An empty prefix is no condition. */
export function fromFilter(filter: Value | undefined): Properties {
  if (!isPlain(filter)) return {};
  const parts = isPlain(filter.And) ? filter.And : filter;
  const tags = [...listOf(parts.Tags), ...(parts.Tag === undefined ? [] : [parts.Tag])];
  return compact({
    ...Object.fromEntries(conditions.map((name) => [name, parts[name] === '' ? undefined : parts[name]])),
    TagFilters: tags.length === 0 ? undefined : byKey(tags),
  });
}

/** The same rule without conditions that mean nothing, its tags in one order. */
export function canonicalFilter({ Prefix, TagFilters, ...rest }: Properties): Properties {
  const tags = listOf(TagFilters);
  const isEmpty = TagFilters !== undefined && Array.isArray(TagFilters) && tags.length === 0;
  return compact({
    ...rest,
    Prefix: Prefix === '' ? undefined : Prefix,
    TagFilters: isEmpty ? undefined : tags.length === 0 ? TagFilters : byKey(tags),
  });
}

/** Without the conditions: what is left of a rule for S3. */
export function withoutFilter(rule: Properties): Properties {
  const own = new Set<string>([...conditions, 'TagFilters']);
  return Object.fromEntries(Object.entries(rule).filter(([key]) => !own.has(key)));
}

function byKey(tags: readonly Value[]): readonly Value[] {
  const text = (tag: Value) => JSON.stringify(isPlain(tag) ? [tag.Key, tag.Value] : tag);
  return [...tags].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}
