import {
  type CelEnv,
  type CelFunc,
  CelScalar,
  type CelType,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  isCelError,
  isCelList,
  isCelMap,
  listType,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { secretMarker, sizeOf, toCelValue, toJsonValue, unknownMarker } from './cel-values.ts';
import { equal, isIn } from './equality.ts';
import { policyFunctions } from './functions/functions.ts';
import { charge, limits, type Meter } from './limits.ts';
import { hangsOnSecret, hangsOnUnknown } from './undecided.ts';

const { BOOL, DYN, STRING } = CelScalar;
const LIST = listType(DYN);

/**
 * The names of the functions that rewrite.ts puts in the place of reads. `@` cannot be written in an expression.
 */
export const reads = {
  known: '@known',
  get: '@get',
  getTwo: '@getTwo',
  getThree: '@getThree',
  has: '@has',
  index: '@index',
  list: '@list',
  turn: '@turn',
  append: '@append',
} as const;

/**
 * CEL's functions and ours, every one of them metered: it takes steps for its arguments before it works, and
 * refuses to make texts and lists past the limits. Comparison is three-valued.
 */
export function createEnvironment(meter: Meter): CelEnv {
  const standard = celEnv({ funcs: strings.filter((f) => textFunctions.has(f.name)) });
  // Ours have the very signatures of those that they replace: celEnv adds CEL's own again for all others.
  const metered = [...standard.funcs].map((f) => meteredFunction(f, meter));
  const funcs = [
    ...metered,
    ...comparisons(standard, meter),
    ...texts(standard, meter),
    ...readFunctions(meter),
  ];
  for (const [name, { arity, call }] of Object.entries(policyFunctions)) {
    funcs.push(
      celFunc(name, Array<CelType>(arity).fill(DYN), DYN, (...args: CelValue[]) => {
        const values = args.map(toJsonValue);
        // Functions read their arguments to the bottom and make as much again.
        charge(meter, 1 + 4 * values.reduce<number>((sum, value) => sum + sizeOf(value), 0));
        return toCelValue(call(...values)) as never;
      }),
    );
  }
  // What is missing is an empty list wherever a list is counted, as it is wherever one is walked.
  funcs.push(celFunc('size', [CelScalar.NULL], CelScalar.INT, () => 0n));
  return celEnv({ funcs });
}

// Of CEL's strings extension, those whose time is linear; its `replace` and `format` are not.
const textFunctions = new Set(['lowerAscii', 'upperAscii', 'trim', 'split', 'join']);

function meteredFunction(func: CelFunc, meter: Meter): CelFunc {
  const run = (target: CelValue | undefined, args: CelValue[]): never => {
    const all = target === undefined ? args : [target, ...args];
    charge(meter, 1 + all.reduce<number>((sum, arg) => sum + weight(arg), 0));
    const result = func.call(0, target, args);
    if (isCelError(result)) throw result;
    if (typeof result === 'string' && result.length > limits.text) {
      throw new Error(`the expression makes a text of more than ${limits.text} characters`);
    }
    if (isCelList(result) && result.size > limits.list) throw new Error(tooLong);
    return result as never;
  };
  if (func.target === undefined) {
    return celFunc(func.name, func.arguments, func.result, (...args: CelValue[]) => run(undefined, args));
  }
  return celMethod(func.name, func.target, func.arguments, func.result, function (...args: CelValue[]) {
    return run(this as CelValue, args);
  });
}

const tooLong = `the expression makes a list of more than ${limits.list} elements`;

// Steps for looking at a value once. What lies deeper in a list is charged when it is looked at.
function weight(value: CelValue): number {
  if (typeof value === 'string') return value.length >> 6;
  if (value instanceof Uint8Array) return value.length >> 6;
  return isCelList(value) || isCelMap(value) ? value.size >> 3 : 0;
}

function comparisons(standard: CelEnv, meter: Meter): CelFunc[] {
  const scalarEquals = standard.funcs.find('_==_')!;
  const scalar = (a: CelValue, b: CelValue) => {
    charge(meter, weight(a));
    return scalarEquals.call(0, undefined, [a, b]) === true;
  };
  const visit = () => charge(meter, 1);
  return [
    celFunc('_==_', [DYN, DYN], BOOL, (a, b) => equal(a as CelValue, b as CelValue, scalar, visit)),
    celFunc('_!=_', [DYN, DYN], BOOL, (a, b) => !equal(a as CelValue, b as CelValue, scalar, visit)),
    celFunc('@in', [DYN, LIST], BOOL, (item, list) => isIn(item as CelValue, list, scalar, visit)),
    celFunc('@in', [DYN, CelScalar.NULL], BOOL, () => false),
  ];
}

// Searching is charged by the product of both lengths, which is its worst case.
function texts(standard: CelEnv, meter: Meter): CelFunc[] {
  const matches = standard.funcs.find('matches')!;
  return [
    celMethod('contains', STRING, [STRING], BOOL, function (part) {
      charge(meter, 1 + ((this.length * part.length) >> 10));
      return this.includes(part);
    }),
    celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
      if (pattern.length > limits.pattern)
        throw new Error(`a pattern is longer than ${limits.pattern} characters`);
      if (this.length > limits.matched) {
        throw new Error(`a text matched with a pattern is longer than ${limits.matched} characters`);
      }
      charge(meter, 200 + ((this.length * pattern.length) >> 2));
      const result = matches.call(0, this, [pattern]);
      if (isCelError(result)) throw result;
      return result === true;
    }),
  ];
}

function readFunctions(meter: Meter): CelFunc[] {
  // What `map` and `filter` have gathered so far: only the comprehension itself can see it, so it grows in place.
  const gathered = new WeakMap<object, CelValue[]>();
  const get = (holder: CelValue, key: string): never => {
    charge(meter, 1);
    if (holder === null) return null as never;
    if (isCelMap(holder)) return read(holder.get(key) ?? null, key);
    throw new Error(`'.${key}' needs a map on its left`);
  };
  return [
    celFunc(reads.known, [DYN, STRING], DYN, (value, name) => read(value as CelValue, name)),
    celFunc(reads.get, [DYN, STRING], DYN, (holder, key) => get(holder as CelValue, key)),
    celFunc(reads.getTwo, [DYN, STRING, STRING], DYN, (holder, one, two) =>
      get(get(holder as CelValue, one), two),
    ),
    celFunc(reads.getThree, [DYN, STRING, STRING, STRING], DYN, (holder, one, two, three) =>
      get(get(get(holder as CelValue, one), two), three),
    ),
    celFunc(reads.has, [DYN, STRING], BOOL, (holder, key) => {
      charge(meter, 1);
      if (holder === null) return false;
      if (isCelMap(holder)) return (holder.get(key) ?? null) !== null;
      throw new Error(`has(….${key}) needs a map before the last name`);
    }),
    celFunc(reads.index, [DYN, DYN], DYN, (holder, key) => {
      charge(meter, 1);
      if (holder === null) return null as never;
      const whole = typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key;
      if (isCelList(holder) && typeof whole === 'bigint') {
        return read(holder.get(Number(whole)) ?? null, `[${whole}]`);
      }
      if (isCelMap(holder)) return read(holder.get(whole as never) ?? null, `[${String(key)}]`);
      throw new Error('[…] needs a list with a number, or a map with a key');
    }),
    celFunc(reads.list, [DYN], DYN, (range) => {
      if (range === null) return celList([]) as never;
      if (isCelList(range) || isCelMap(range)) charge(meter, range.size >> 3);
      return range as never;
    }),
    // An error in a loop's condition ends the loop. Without it a loop would go round to its end with the meter empty.
    celFunc(reads.turn, [DYN], DYN, (condition) => {
      charge(meter, 1);
      return condition as never;
    }),
    celFunc(reads.append, [DYN, DYN], DYN, (list, item) => {
      charge(meter, 1);
      const items = gathered.get(list as object);
      if (items !== undefined) {
        items.push(item as CelValue);
        if (items.length > limits.list) throw new Error(tooLong);
        return list as never;
      }
      const fresh = [...(list as Iterable<CelValue>), item as CelValue];
      const grown = celList(fresh);
      gathered.set(grown, fresh);
      return grown as never;
    }),
  ];
}

function read(value: CelValue, name: string): never {
  if (value === unknownMarker) hangsOnUnknown(name);
  if (value === secretMarker) hangsOnSecret(name);
  return value as never;
}
