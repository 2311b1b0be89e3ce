import { sameValue } from '../base/canonical-json.ts';
import { SlipwayError } from '../base/error.ts';
import {
  hasUnknown,
  isList,
  isObject,
  isSecret,
  isUnknown,
  type Properties,
  reveal,
  type Value,
} from '../base/value.ts';
import type { Change } from '../plan/plan.ts';
import { evaluate } from '../stack/evaluate.ts';
import { secretsIn } from '../stack/secrets-in.ts';
import type { Scope } from '../stack/stack.ts';

/**
 * The properties that a change sends, now that what it refers to exists. What the plan showed as known is taken
 * from the plan to the letter; only unknowns and secrets are evaluated, and what they turn out to be must agree
 * with the plan around them. Throws `plan-stale` where it does not.
 */
export function resolveChange(
  change: Change,
  scope: Scope,
  canonicalise: (properties: Properties) => Properties,
): Properties {
  // Another process may have taken this over since it was planned, and fetched them anew.
  const hasOtherSecret = change.secrets && !sameValue(secretsIn(change.desired ?? {}, scope), change.secrets);
  if (hasOtherSecret) throw stale(change, change.logicalId);
  const evaluated = evaluateDesired(change, scope, canonicalise);
  const result: Record<string, Value> = {};
  for (const [key, value] of Object.entries(change.after ?? {})) {
    if (!needsEvaluation(value)) {
      result[key] = value;
      continue;
    }
    const actual = evaluated[key];
    if (actual === undefined || !agrees(value, actual, scope.seal) || hasUnknown(actual)) {
      throw stale(change, `${change.logicalId}.${key}`);
    }
    result[key] = actual;
  }
  return result;
}

function stale({ where }: Change, what: string): SlipwayError {
  return new SlipwayError('plan-stale', {
    summary: `${what} is not what was planned`,
    detail: 'Something that it refers to, or a secret in it, has changed since the plan was made.',
    remedy: 'Plan again and have the new plan approved.',
    ...(where ? { where } : {}),
  });
}

/**
 * The properties as far as this process can tell them, to look for what a call may have made: it may be another
 * process, with other secrets, or none.
 */
export function resolveLoosely(
  change: Change,
  scope: Scope,
  canonicalise: (properties: Properties) => Properties,
): Properties {
  let evaluated: Properties = {};
  try {
    evaluated = evaluateDesired(change, scope, canonicalise);
  } catch {
    // What it refers to is not there any more.
  }
  const planned = Object.entries(change.after ?? {});
  return Object.fromEntries(
    planned.map(([key, value]) => {
      const actual = evaluated[key];
      return [
        key,
        needsEvaluation(value) && actual !== undefined && agrees(value, actual, scope.seal) ? actual : value,
      ];
    }),
  );
}

function evaluateDesired(
  change: Change,
  scope: Scope,
  canonicalise: (properties: Properties) => Properties,
): Properties {
  const desired = Object.entries(change.desired ?? {});
  return canonicalise(Object.fromEntries(desired.map(([key, e]) => [key, evaluate(e, scope)])));
}

/**
 * The same properties with every secret in the clear, for the call to the cloud and for nothing else. Throws
 * `cloud-unresolved` where this process does not have the text.
 */
export function revealAll(value: Properties, logicalId: string): Properties {
  return revealValue(value, logicalId) as Properties;
}

/** As `revealAll`, without the properties of which this process does not know everything. */
export function revealKnown(value: Properties): Properties {
  const known = Object.entries(value).filter(([, item]) => !hasUnknown(item) && canReveal(item));
  return revealAll(Object.fromEntries(known), '');
}

function canReveal(value: Value): boolean {
  if (isSecret(value)) return reveal(value) !== undefined;
  if (isList(value)) return value.every(canReveal);
  return !isObject(value) || Object.values(value).every(canReveal);
}

function revealValue(value: Value, logicalId: string): Value {
  if (isSecret(value)) {
    const plaintext = reveal(value);
    if (plaintext !== undefined) return plaintext;
    throw new SlipwayError('cloud-unresolved', { summary: `A secret of ${logicalId} could not be resolved` });
  }
  if (isList(value)) return value.map((item) => revealValue(item, logicalId));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, revealValue(item, logicalId)]),
    );
  }
  return value;
}

function needsEvaluation(value: Value): boolean {
  if (isUnknown(value) || isSecret(value)) return true;
  if (isList(value)) return value.some(needsEvaluation);
  return isObject(value) && Object.values(value).some(needsEvaluation);
}

/**
 * Whether `actual` is `planned` with its unknowns filled in. Canonical lists are sets: their order may change.
 *
 * @param seal where it is left out, anything may have been sealed in the plan that is plain by now
 */
export function agrees(planned: Value, actual: Value, seal?: Scope['seal']): boolean {
  if (isUnknown(planned)) return true;
  if (isSecret(planned)) {
    // What is to be imported is hidden in its plan, and is no secret when it has been.
    const sealed = isSecret(actual)
      ? actual
      : seal?.(typeof actual === 'string' ? actual : JSON.stringify(actual));
    return sealed === undefined || sealed.fingerprint === planned.fingerprint;
  }
  if (isList(planned)) {
    if (!isList(actual)) return false;
    // Two items may have turned out to be the same one.
    return (
      planned.every((item) => actual.some((other) => agrees(item, other, seal))) &&
      actual.every((item) => planned.some((other) => agrees(other, item, seal)))
    );
  }
  if (isObject(planned)) {
    if (!isObject(actual)) return false;
    return Object.entries(planned).every(([key, item]) => {
      const other = actual[key];
      return other === undefined ? isUnknown(item) : agrees(item, other, seal);
    });
  }
  return sameValue(planned, actual);
}
