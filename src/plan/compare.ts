import { sameValue } from '../base/canonical-json.ts';
import {
  isList,
  isObject,
  isSecret,
  isUnknown,
  type Properties,
  type Secret,
  type Value,
} from '../base/value.ts';

/** One difference, before it is known whether it replaces. */
export interface Difference {
  readonly path: string;
  readonly before?: Value;
  readonly after?: Value;
}

/**
 * What differs between two canonical property sets, sorted by path. Maps are entered, lists are compared whole:
 * their elements have no identity that holds for every type. Unknown after is always a difference.
 */
export function differences(before: Properties, after: Properties): Difference[] {
  const found: Difference[] = [];
  walk(before, after, '', found);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function walk(before: Properties, after: Properties, prefix: string, found: Difference[]): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const was = before[key];
    const will = after[key];
    if (isPlainMap(was) && isPlainMap(will)) {
      walk(was, will, path, found);
    } else if (isUnknown(will) || !sameValue(was, will)) {
      found.push({
        path,
        ...(was === undefined ? {} : { before: was }),
        ...(will === undefined ? {} : { after: will }),
      });
    }
  }
}

function isPlainMap(value: Value | undefined): value is Properties {
  return isObject(value) && !isUnknown(value) && !isSecret(value);
}

/**
 * The live properties as they may be shown and compared: only those that `desired` or `recorded` speak of, and
 * wherever either holds a secret, the live text is sealed too, so that it is compared by fingerprint and never seen.
 */
export function comparableLive(
  live: Properties,
  desired: Properties,
  recorded: Properties,
  seal: (plaintext: string) => Secret,
): Properties {
  const result: Record<string, Value> = {};
  for (const [key, value] of Object.entries(live)) {
    if (!(key in desired) && !(key in recorded)) continue;
    result[key] = mask(value, desired[key], recorded[key], seal);
  }
  return result;
}

/** Live properties with everything sealed that `desired` does not say itself: compared, and never seen. */
export function sealedWhereOther(
  live: Properties,
  desired: Properties,
  seal: (plaintext: string) => Secret,
): Properties {
  return Object.fromEntries(
    Object.entries(live).map(([key, value]) => {
      const wanted = desired[key];
      if (isPlainMap(value) && isPlainMap(wanted)) return [key, sealedWhereOther(value, wanted, seal)];
      const isSaid = isSecret(value) || (wanted !== undefined && sameValue(value, wanted));
      return [key, isSaid ? value : sealed(value, seal)];
    }),
  );
}

/**
 * A live attribute of what is still to be imported: sealed, but for what the template says itself. Whoever writes a
 * template could otherwise read everything in the account out of its plan.
 */
export function sealedAttribute(
  value: Value,
  said: readonly (Value | undefined)[],
  seal: (plaintext: string) => Secret,
): Value {
  if (isSecret(value) || said.some((known) => known !== undefined && sameValue(value, known))) return value;
  // An item can be selected from a list without being read.
  return isList(value) ? value.map((item) => sealedAttribute(item, said, seal)) : sealed(value, seal);
}

function mask(
  live: Value,
  desired: Value | undefined,
  recorded: Value | undefined,
  seal: (plaintext: string) => Secret,
): Value {
  const sources = [desired, recorded].filter((s) => s !== undefined && holdsSecret(s));
  if (sources.length === 0) return live;
  if (isPlainMap(live) && sources.every((s) => isPlainMap(s))) {
    const [inDesired, inRecorded] = [desired, recorded].map((s) => (isPlainMap(s) ? s : {}));
    return Object.fromEntries(
      Object.entries(live).map(([key, value]) => {
        // Under a name that nobody knows somebody may have put the very secret.
        const isKnown = key in inDesired! || key in inRecorded!;
        return [key, isKnown ? mask(value, inDesired![key], inRecorded![key], seal) : sealed(value, seal)];
      }),
    );
  }
  // Elements have no identity: one that was put in front would shift the secret to where none is looked for. So
  // the list is shown only when it is, secrets and all, one that is known; anything else is sealed whole.
  for (const source of sources) {
    if (!isList(live) || !isList(source) || source.length !== live.length) continue;
    const masked = live.map((item, i) => mask(item, source[i], undefined, seal));
    if (sameValue(masked, source)) return masked;
  }
  return sealed(live, seal);
}

function sealed(value: Value, seal: (plaintext: string) => Secret): Secret {
  return seal(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Whether there is a secret anywhere in the value. */
export function holdsSecret(value: Value): boolean {
  if (isSecret(value)) return true;
  if (isList(value)) return value.some(holdsSecret);
  return isPlainMap(value) && Object.values(value).some(holdsSecret);
}
