import { canonicalJson } from '../base/canonical-json.ts';
import { isList, isObject, type Secret } from '../base/value.ts';
import type { Expression, Scope, SecretReference } from './stack.ts';

/**
 * Every secret that an expression takes, sealed, by the reference that names it. What is computed of one together with
 * something that is still unknown does not tell whether it is the same secret later on; this does.
 */
export function secretsIn(
  expression: Expression,
  { secret }: Pick<Scope, 'secret'>,
): Readonly<Record<string, Secret>> {
  const found: Record<string, Secret> = {};
  const look = (part: Expression): void => {
    if (isObject(part) && (part.$slipway === 'parameter' || part.$slipway === 'resolve')) {
      const reference = part as unknown as SecretReference;
      found[canonicalJson(reference)] = secret(reference);
    } else if (isList(part) || isObject(part)) {
      for (const inner of Object.values(part)) look(inner);
    }
  };
  look(expression);
  return found;
}
