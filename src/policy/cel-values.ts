import { type CelMap, type CelValue, celList, celMap, isCelList, isCelMap, isCelUint } from '@bufbuild/cel';
import { isList, isSecret, isUnknown, reservedKey, unknown, type Value } from '../base/value.ts';

/**
 * The markers inside an evaluation. They lie in lists and maps only: whoever reads one out of them leaves the
 * evaluation (see rewrite.ts), so that no operator ever works on a marker as if it were a value.
 */
export const unknownMarker: CelMap = celMap(new Map([[reservedKey, 'unknown']]));
/** Without the fingerprint: an expression must not be able to compare, print or guess it. */
export const secretMarker: CelMap = celMap(new Map([[reservedKey, 'secret']]));

const opaqueSecret: Value = Object.freeze({ [reservedKey]: 'secret', fingerprint: '' });

// A plan is read by many policies: each of its objects is converted once, and found again on the way back.
const toCelCache = new WeakMap<object, CelValue>();
const toValueCache = new WeakMap<object, Value>();

/** JSON as CEL sees it: whole numbers are `int`, others `double`. */
export function toCelValue(value: Value): CelValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (isUnknown(value)) return unknownMarker;
  if (isSecret(value)) return secretMarker;
  const cached = toCelCache.get(value);
  if (cached !== undefined) return cached;
  const converted = isList(value)
    ? celList(value.map(toCelValue))
    : celMap(new Map(Object.entries(value).map(([key, item]) => [key, toCelValue(item)])));
  toCelCache.set(value, converted);
  toValueCache.set(converted, value);
  return converted;
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
  const cached = toValueCache.get(value);
  if (cached !== undefined) return cached;
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
