import { type CelValue, isCelList, isCelMap } from '@bufbuild/cel';
import { secretMarker, unknownMarker } from './cel-values.ts';
import { hangsOnSecret, hangsOnUnknown } from './undecided.ts';

type Answer = boolean | 'unknown' | 'secret';

/** How single values are compared: CEL's own `==`, numbers by value across their types. */
export type ScalarEquality = (a: CelValue, b: CelValue) => boolean;

/**
 * `a == b`, three-valued: lists and maps that differ somewhere that is known are different, whatever the unknown
 * parts turn out to be; otherwise the unknown part decides. `visit` is called for each pair looked at.
 */
export function equal(a: CelValue, b: CelValue, scalar: ScalarEquality, visit: () => void): boolean {
  return decided(compare(a, b, scalar, visit));
}

/** `item in list`, three-valued: one certain hit is enough. */
export function isIn(
  item: CelValue,
  list: Iterable<CelValue>,
  scalar: ScalarEquality,
  visit: () => void,
): boolean {
  return decided(some(list, (element) => compare(item, element, scalar, visit)));
}

function decided(answer: Answer): boolean {
  if (answer === 'unknown') return hangsOnUnknown('a value inside a list or map');
  if (answer === 'secret') return hangsOnSecret('a value inside a list or map');
  return answer;
}

function compare(a: CelValue, b: CelValue, scalar: ScalarEquality, visit: () => void): Answer {
  visit();
  if (a === unknownMarker || b === unknownMarker) return 'unknown';
  if (a === secretMarker || b === secretMarker) return 'secret';
  if (isCelList(a) && isCelList(b)) {
    if (a.size !== b.size) return false;
    const other = b[Symbol.iterator]();
    return every(a, (item) => compare(item, other.next().value as CelValue, scalar, visit));
  }
  if (isCelMap(a) && isCelMap(b)) {
    if (a.size !== b.size) return false;
    return every(a, ([key, item]) => {
      const counterpart = b.get(key);
      return counterpart !== undefined && compare(item, counterpart, scalar, visit);
    });
  }
  return scalar(a, b);
}

function every<T>(items: Iterable<T>, test: (item: T) => Answer): Answer {
  const answer = some(items, (item) => not(test(item)));
  return not(answer);
}

function some<T>(items: Iterable<T>, test: (item: T) => Answer): Answer {
  let open: Answer = false;
  for (const item of items) {
    const answer = test(item);
    if (answer === true) return true;
    if (answer === 'unknown' || open === false) open = answer;
  }
  return open;
}

function not(answer: Answer): Answer {
  return typeof answer === 'boolean' ? !answer : answer;
}
