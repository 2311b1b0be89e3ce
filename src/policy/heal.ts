import { isList, isObject, type Properties, type Value } from '../base/value.ts';
import type { Change } from '../plan/plan.ts';
import type { Bindings, Budget } from './expression.ts';
import type { Finding } from './finding.ts';
import { renderMessage } from './message.ts';
import { type Element, withValue } from './path.ts';
import type { Policy } from './policy.ts';

/**
 * The policy's fix, if the policy would be met with it: what has `CidrIpv6: ::/0` is not mended by a `CidrIp` beside
 * it. `bindings` are those of a change with other properties after it, and of an element.
 */
export function healing(
  policy: Policy,
  change: Change,
  element: Element,
  bindings: (after: Properties, element: Element) => Bindings,
  budget: Budget,
): Finding['fix'] {
  const { property, foreach, deny } = policy;
  if (policy.fix === undefined || property === undefined || !change.after) return undefined;
  const fix = fixOf(policy.fix, bindings(change.after, element), budget);
  if (fix === undefined) return undefined;
  const subject = foreach ? element.value : change.after;
  const mended = withProperty(subject, property.split('.'), fix);
  if (mended === undefined) return undefined;
  const inner = foreach ? bindings(change.after, withValue(element, mended)) : bindings(mended, element);
  const outcome = deny.evaluate(inner, budget);
  return outcome.kind === 'value' && outcome.value === false ? fix : undefined;
}

/** Undefined where a value in it cannot be had, or is none that stands in a template as it is. */
function fixOf(fix: NonNullable<Policy['fix']>, bindings: Bindings, budget: Budget): Finding['fix'] {
  if (typeof fix !== 'object') return fix;
  const add = [...fix.add].map(([key, message]) => [key, renderMessage(message, bindings, budget)] as const);
  return add.every(([, text]) => /^[\w./:@+=-]+$/.test(text)) ? { add: Object.fromEntries(add) } : undefined;
}

function withProperty(
  value: Value,
  [name, ...rest]: readonly string[],
  fix: NonNullable<Finding['fix']>,
): Properties | undefined {
  if (!isObject(value) || name === undefined) return undefined;
  const inner = rest.length === 0 ? mendedBy(fix, value[name]) : withProperty(value[name] ?? {}, rest, fix);
  return inner === undefined ? undefined : { ...value, [name]: inner };
}

function mendedBy(fix: NonNullable<Finding['fix']>, value: Value | undefined): Value | undefined {
  if (typeof fix !== 'object') return fix;
  if (value === undefined) return [fix.add];
  return isList(value) ? [fix.add, ...value] : undefined;
}
