/** Plain values (no marker left in them) as the arguments of an API call, and answers of an API as values. */
import { isList, isObject, type Properties, type Value } from '../base/value.ts';

export function text(value: Value | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

export function integer(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function flag(value: Value | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function texts(value: Value | undefined): string[] | undefined {
  return isList(value) ? value.map(String) : undefined;
}

/** A list of objects; empty when it is anything else. */
export function objects(value: Value | undefined): readonly Properties[] {
  return isList(value) ? value.filter(isObject) : [];
}

/** A published property type and the SDK's structure that have the same keys. The one cast that this needs. */
export function structure<T extends object>(value: Value | undefined): T | undefined {
  return isObject(value) ? (value as unknown as T) : undefined;
}

/** An answer as a value: what the SDK leaves undefined is left out, at any depth. */
export function present(answer: object): Properties {
  const result: Record<string, Value> = {};
  for (const [key, value] of Object.entries(answer)) {
    const plain = presentValue(value);
    if (plain !== undefined) result[key] = plain;
  }
  return result;
}

function presentValue(value: unknown): Value | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(presentValue).filter((item) => item !== undefined);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') return present(value);
  return value as Value;
}

/** A list whose order means nothing, in the one order that it is compared in. Markers are left alone. */
export function sortedSet(value: Value | undefined): Value | undefined {
  if (!isList(value)) return value;
  const byText = new Map(value.map((item) => [JSON.stringify(item), item]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}

/** As `sortedSet`, for objects that one of their keys tells apart: the cloud may know more of each than a template. */
export function sortedBy(key: string, value: Value | undefined): Value | undefined {
  if (!isList(value)) return value;
  const nameOf = (item: Value) => (isObject(item) ? String(item[key] ?? '') : '');
  return [...value].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
}
