import { isObject, type Properties, type Value } from '../base/value.ts';
import type { Change } from '../plan/plan.ts';
import type { Bindings, Budget } from './expression.ts';
import { type Element, withValue } from './path.ts';
import type { Policy } from './policy.ts';

/**
 * Whether the policy would be met, were its property what `fix` says: what has `CidrIpv6: ::/0` is not mended by a
 * `CidrIp` beside it. `bindings` are those of a change with other properties after it, and of an element.
 */
export function heals(
  policy: Policy,
  change: Change,
  element: Element,
  bindings: (after: Properties, element: Element) => Bindings,
  budget: Budget,
): boolean {
  const { fix, property, foreach, deny } = policy;
  if (fix === undefined || property === undefined || !change.after) return false;
  const subject = foreach ? element.value : change.after;
  const mended = withProperty(subject, property.split('.'), fix);
  if (mended === undefined) return false;
  const inner = foreach ? bindings(change.after, withValue(element, mended)) : bindings(mended, element);
  const outcome = deny.evaluate(inner, budget);
  return outcome.kind === 'value' && outcome.value === false;
}

function withProperty(value: Value, [name, ...rest]: readonly string[], fix: Value): Properties | undefined {
  if (!isObject(value) || name === undefined) return undefined;
  const inner = rest.length === 0 ? fix : withProperty(value[name] ?? {}, rest, fix);
  return inner === undefined ? undefined : { ...value, [name]: inner };
}
