import { type RawBuilder, sql } from 'kysely';

declare const jsonbOf: unique symbol;
/** What a `jsonb` column takes. Nothing has this type, so that a bare object is an error of types. */
export interface Jsonb<T> {
  readonly [jsonbOf]: T;
}

/**
 * A value to write into a `jsonb` column. Always as text with a cast: pg would turn a bare array into a
 * PostgreSQL array and PGlite would not, and both would store a bare string as something else than JSON.
 *
 * PostgreSQL's jsonb has no NUL character and no half of a surrogate pair, which webhooks and templates can
 * hold; both become U+FFFD, as a decoder would make of them. Key order is not kept.
 */
export function jsonb<T extends object>(value: T): RawBuilder<Jsonb<T>> {
  return sql<Jsonb<T>>`${jsonText(value)}::text::jsonb`;
}

/** The text that `jsonb` writes, for those who write it by another way. */
export function jsonText(value: object): string {
  const text = JSON.stringify(value);
  if (!/\\u(0000|d[89a-f])/i.test(text)) return text;
  return JSON.stringify(value, (_key, part) => storable(part));
}

function storable(part: unknown): unknown {
  if (typeof part === 'string') return storableText(part);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [storableText(key), value]));
}

/** A text without what PostgreSQL does not store: NUL characters and halves of surrogate pairs. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\u{fffd}').toWellFormed();
}
