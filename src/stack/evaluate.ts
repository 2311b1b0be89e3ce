import { SlipwayError } from '../base/error.ts';
import {
  hasUnknown,
  isList,
  isObject,
  isSecret,
  isUnknown,
  reveal,
  unknown,
  type Value,
} from '../base/value.ts';
import { dynamicReferences } from './dynamic-reference.ts';
import { functions, residual } from './functions.ts';
import type { Expression, Scope, SecretReference } from './stack.ts';
import { unknownCall, unknownReference } from './unknown-of.ts';

/**
 * Finishes an expression. What needs something unknown is unknown (lists and maps keep their known parts); what
 * is computed from a secret is a secret, and unknown when this process does not hold the plaintext. Throws a
 * SlipwayError ('template-intrinsic') when a function cannot be computed from what the cloud gave it.
 */
export function evaluate(expression: Expression, scope: Scope): Value {
  if (isList(expression)) return expression.map((item) => evaluate(item, scope));
  if (!isObject(expression)) return expression;
  const marker = expression.$slipway;
  if (marker === 'parameter' || marker === 'resolve') {
    return scope.secret(expression as unknown as SecretReference);
  }
  if (marker !== undefined) return expression;
  const function_ = residual(expression);
  if (function_) return call(function_.name, function_.argument, scope);
  return Object.fromEntries(Object.entries(expression).map(([key, value]) => [key, evaluate(value, scope)]));
}

function call(name: string, argument: Expression, scope: Scope): Value {
  if (name === 'Ref' || name === 'Fn::GetAtt') {
    const [logicalId, attribute] = (isList(argument) ? argument : [String(argument)]) as readonly string[];
    const value = scope.attribute(logicalId!, attribute);
    return isUnknown(value) ? unknownReference(logicalId!, attribute) : value;
  }
  if (name === 'Fn::ImportValue') {
    const value = scope.imported?.(String(argument)) ?? unknown;
    return isUnknown(value) ? unknownCall(name, argument) : value;
  }
  const evaluated = evaluate(argument, scope);
  // These two look at a list without reading its items, which may be unknown or secret.
  if (name === 'Fn::Select' || name === 'Fn::Length') {
    const needed = name === 'Fn::Select' && isList(evaluated) ? evaluated : [evaluated];
    return needed.some(isUnknown) ? unknownCall(name, evaluated) : compute(name, evaluated);
  }
  if (hasUnknown(evaluated)) return unknownCall(name, evaluated);
  const taint = { secret: false, missing: false };
  const plain = revealed(evaluated, taint);
  if (taint.missing) return unknownCall(name, evaluated);
  if (taint.secret && isWithheld(name, evaluated, scope)) return unknownCall(name, evaluated);
  if (taint.secret) refuseToTell(name, argument);
  const resolved =
    name === 'Fn::Join'
      ? joinWithReferences(argument, plain, scope, taint)
      : compute(name, plain, taint.secret);
  if (taint.missing) return unknownCall(name, evaluated);
  return taint.secret ? sealed(resolved, scope) : resolved;
}

function compute(name: string, argument: Value, isSecret = false): Value {
  const outcome = functions[name]?.(argument) ?? { problem: `${name} cannot be computed here` };
  if ('value' in outcome) return outcome.value;
  // What is wrong with a secret is said without the words of the function, which would quote it.
  const summary = isSecret ? `${name} cannot take the secret that it is given` : outcome.problem;
  throw new SlipwayError('template-intrinsic', { summary });
}

/**
 * Into how many pieces a text falls tells whether what it is split at is in it, and a plan, which nobody has to
 * approve, can ask that thousands of times: so a stored secret is never split. Except at commas, as a parameter of a
 * list type is; and the text of a NoEcho parameter whole, which its author has given.
 */
function refuseToTell(name: string, argument: Expression): void {
  if (name !== 'Fn::Split') return;
  const [delimiter, source] = isList(argument) ? argument : [];
  const { $slipway: marker, reference } = isObject(source) ? source : {};
  if (marker === 'parameter') return;
  if (marker === 'resolve' && delimiter === ',' && String(reference).startsWith('ssm-secure:')) return;
  throw new SlipwayError('template-intrinsic', {
    summary: 'Fn::Split cannot take a secret apart',
    remedy: 'Store the parts as secrets of their own, or as keys of one.',
  });
}

/** What is no secret for ever can be split once it may be told; until then nobody knows into what. */
function isWithheld(name: string, argument: Value, scope: Scope): boolean {
  const source = name === 'Fn::Split' && isList(argument) ? argument[1] : undefined;
  return isSecret(source) && scope.isWithheld?.(source) === true;
}

interface Taint {
  secret: boolean;
  missing: boolean;
}

function revealed(value: Value, taint: Taint): Value {
  if (isSecret(value)) {
    taint.secret = true;
    const text = reveal(value);
    if (text === undefined) taint.missing = true;
    return text ?? '';
  }
  if (isList(value)) return value.map((item) => revealed(item, taint));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealed(item, taint)]));
}

function sealed(value: Value, scope: Scope): Value {
  if (isList(value)) return value.map((item) => sealed(item, scope));
  return scope.seal(typeof value === 'string' ? value : JSON.stringify(value));
}

/**
 * `{{resolve:secretsmanager:${Secret}:...}}` names a resource, so it is a reference only once joined. Looked for
 * only where the template itself wrote the opening: a text that the cloud gave can name no secret.
 */
function joinWithReferences(argument: Expression, plain: Value, scope: Scope, taint: Taint): Value {
  const text = compute('Fn::Join', plain);
  const items = isList(argument) && isList(argument[1]) ? argument[1] : [];
  if (typeof text !== 'string' || !items.some((i) => typeof i === 'string' && i.includes('{{resolve:')))
    return text;
  return dynamicReferences(text)
    .map((part) => {
      if (part.kind === 'text') return part.text;
      taint.secret = true;
      const plaintext = reveal(scope.secret({ $slipway: 'resolve', reference: part.reference }));
      if (plaintext === undefined) taint.missing = true;
      return plaintext ?? '';
    })
    .join('');
}
