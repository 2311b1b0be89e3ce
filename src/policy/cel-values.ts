import { type CelMap, type CelValue, celList, celMap, isCelList, isCelMap, isCelUint } from '@bufbuild/cel';
import {
  isList,
  isSecret,
  isUnknown,
  type Properties,
  reservedKey,
  unknown,
  type Value,
} from '../base/value.ts';

/**
 * The markers inside an evaluation. They lie in lists and maps only: whoever reads one out of them leaves the
 * evaluation (see rewrite.ts), so that no operator ever works on a marker as if it were a value.
 */
export const unknownMarker: CelMap = celMap(new Map([[reservedKey, 'unknown']]));
/** Without the fingerprint: an expression must not be able to compare, print or guess it. */
export const secretMarker: CelMap = celMap(new Map([[reservedKey, 'secret']]));

const opaqueSecret: Value = Object.freeze({ [reservedKey]: 'secret', fingerprint: '' });

/** On what was made of a value: the value, found again on the way back. Not a WeakMap, which is slow when it is large. */
const origin = Symbol('the value that it was made of');
type WithOrigin = { [origin]?: Value };

/**
 * JSON as CEL sees it: whole numbers are `int`, others `double`. Of a mapping only what is read is converted: a policy
 * looks at a few properties of a resource, and there are many policies.
 */
export function toCelValue(value: Value): CelValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (isUnknown(value)) return unknownMarker;
  if (isSecret(value)) return secretMarker;
  const converted = isList(value) ? celList(value.map(toCelValue)) : celMap(new ConvertedMap(value));
  (converted as WithOrigin)[origin] = value;
  return converted;
}

/** A mapping whose values are converted when they are asked for. A class, because CEL wants the methods of a Map. */
class ConvertedMap implements ReadonlyMap<string, CelValue> {
  readonly source: Properties;
  readonly converted = new Map<string, CelValue>();

  constructor(source: Properties) {
    this.source = source;
  }

  get size(): number {
    return Object.keys(this.source).length;
  }

  get(key: string): CelValue | undefined {
    const known = this.converted.get(key);
    if (known !== undefined) return known;
    // Numbers and true can be asked for as well, and are no keys of JSON.
    if (typeof key !== 'string' || !Object.hasOwn(this.source, key)) return undefined;
    const value = toCelValue(this.source[key]!);
    this.converted.set(key, value);
    return value;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  keys(): MapIterator<string> {
    return Object.keys(this.source).values();
  }

  *entries(): MapIterator<[string, CelValue]> {
    for (const key of this.keys()) yield [key, this.get(key)!];
  }

  *values(): MapIterator<CelValue> {
    for (const key of this.keys()) yield this.get(key)!;
  }

  forEach(visit: (value: CelValue, key: string, map: ReadonlyMap<string, CelValue>) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this);
  }

  [Symbol.iterator](): MapIterator<[string, CelValue]> {
    return this.entries();
  }
}

/** The other way; throws for what JSON has not (bytes, timestamps, types, whole numbers past 2^53). */
export function toJsonValue(value: CelValue): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value;
  if (isCelUint(value)) return toJsonValue(value.value);
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new Error(`${value} is too large a number`);
    return number;
  }
  if (value === unknownMarker) return unknown;
  if (value === secretMarker) return opaqueSecret;
  const made = (value as WithOrigin)[origin];
  if (made !== undefined) return made;
  if (isCelList(value)) return Array.from(value, toJsonValue);
  if (isCelMap(value)) {
    return Object.fromEntries(Array.from(value, ([key, item]) => [keyText(key), toJsonValue(item)]));
  }
  throw new Error('only texts, numbers, true, false, null, lists and maps can be used here');
}

function keyText(key: unknown): string {
  return String(isCelUint(key) ? key.value : key);
}

const sizes = new WeakMap<object, number>();

/** How much a value holds: one for each value at any depth, and one for every 16 characters. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return 1 + (value.length >> 4);
  if (typeof value !== 'object' || value === null) return 1;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  const items: readonly Value[] = isList(value) ? value : Object.values(value);
  const size = items.reduce<number>((sum, item) => sum + sizeOf(item), 1);
  sizes.set(value, size);
  return size;
}
