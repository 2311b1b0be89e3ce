import type { Call } from './call.ts';
import { type FieldError, invalid } from './refusal.ts';

/** Reads the fields of a request's body, and refuses with 422 what is missing or of the wrong kind. */
export interface Fields {
  text(name: string): string;
  optionalText(name: string): string | undefined;
  /** Undefined when absent, null when null: for fields where null means 'empty it'. */
  nullableText(name: string): string | null | undefined;
  flag(name: string): boolean | undefined;
  integer(name: string): number;
  optionalInteger(name: string): number | undefined;
  texts(name: string): string[] | undefined;
  oneOf<T extends string>(name: string, values: readonly T[]): T;
  optionalOneOf<T extends string>(name: string, values: readonly T[]): T | undefined;
  object(name: string): Fields | undefined;
  objects(name: string): Fields[] | undefined;
  has(name: string): boolean;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Fields of a call's body; `resource` is what the errors call the thing. */
export function fieldsOf(call: Call, resource: string): Fields {
  return fields(call.body, resource);
}

function fields(values: Readonly<Record<string, unknown>>, resource: string): Fields {
  const wrong = (field: string, code: FieldError['code'], message?: string) =>
    invalid({ resource, field, code, ...(message === undefined ? {} : { message }) });
  const at = (name: string): unknown => values[name] ?? undefined;
  function kind<T>(name: string, is: (value: unknown) => value is T, expected: string): T | undefined {
    const value = at(name);
    if (value === undefined) return undefined;
    if (!is(value)) throw wrong(name, 'invalid', `${name} is not ${expected}`);
    return value;
  }
  function need<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw wrong(name, 'missing_field');
    return value;
  }
  const reader: Fields = {
    values,
    has: (name) => name in values,
    optionalText: (name) => kind(name, isText, 'a string'),
    text: (name) => need(name, reader.optionalText(name)),
    nullableText: (name) => (values[name] === null ? null : reader.optionalText(name)),
    flag: (name) => kind(name, isFlag, 'a boolean'),
    optionalInteger: (name) => kind(name, isInteger, 'an integer'),
    integer: (name) => need(name, reader.optionalInteger(name)),
    texts: (name) => kind(name, isTexts, 'an array of strings'),
    optionalOneOf(name, allowed) {
      const value = reader.optionalText(name);
      if (value === undefined) return undefined;
      const found = allowed.find((one) => one === value);
      if (found === undefined)
        throw wrong(name, 'invalid', `${value} is not a member of [${allowed.join(', ')}]`);
      return found;
    },
    oneOf: (name, allowed) => need(name, reader.optionalOneOf(name, allowed)),
    object(name) {
      const value = kind(name, isObject, 'an object');
      return value && fields(value, resource);
    },
    objects(name) {
      const value = kind(name, isObjects, 'an array of objects');
      return value?.map((one) => fields(one, resource));
    },
  };
  return reader;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isInteger = (value: unknown): value is number => Number.isInteger(value);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isObjects = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) && value.every(isObject);

/** An object without the properties that are undefined, for parameters whose absence means something. */
export function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
