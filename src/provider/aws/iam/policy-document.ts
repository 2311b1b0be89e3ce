/**
 * Policy documents, which may say the same in many ways: one text or a list of one, any order of actions, an account
 * by its number or by its root's ARN. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { canonicalJson } from '../../../base/canonical-json.ts';
import { isList, isObject, isSecret, isUnknown, type Properties, type Value } from '../../../base/value.ts';

/** One form for what means the same. A text that is no JSON, and a document that nobody knows yet, are left alone. */
export function canonicalPolicy(document: Value): Value {
  const parsed = typeof document === 'string' ? parse(document) : document;
  if (!isPlain(parsed)) return document;
  const { Statement, ...rest } = parsed;
  if (Statement === undefined || isMarker(Statement)) return parsed;
  const statements = isList(Statement) ? Statement : [Statement];
  return { ...rest, Statement: statements.map((one) => (isPlain(one) ? canonicalStatement(one) : one)) };
}

/** As the IAM APIs answer: URL-encoded JSON. */
export function answeredPolicy(encoded: string | undefined): Value {
  if (encoded === undefined) return {};
  return canonicalPolicy(encoded.startsWith('{') ? encoded : decodeURIComponent(encoded));
}

export function policyText(document: Value | undefined): string {
  return typeof document === 'string' ? document : canonicalJson(document ?? {});
}

const setsOfText = new Set(['Action', 'NotAction', 'Resource', 'NotResource']);

function canonicalStatement(statement: Properties): Properties {
  const result: Record<string, Value> = {};
  for (const [key, value] of Object.entries(statement)) {
    if (key === 'Sid' && value === '') continue;
    if (setsOfText.has(key)) result[key] = oneOrSorted(value);
    else if (key === 'Principal' || key === 'NotPrincipal') result[key] = principal(value);
    else if (key === 'Condition' && isPlain(value)) result[key] = condition(value);
    else result[key] = value;
  }
  return result;
}

function principal(value: Value): Value {
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([kind, who]) => [
      kind,
      oneOrSorted(isList(who) ? who.map(accountNumber) : accountNumber(who)),
    ]),
  );
}

/** IAM answers an account number as its root's ARN. */
function accountNumber(who: Value): Value {
  return (typeof who === 'string' && /^arn:aws[\w-]*:iam::(\d{12}):root$/.exec(who)?.[1]) || who;
}

/** Condition values are texts to IAM, whatever JSON has them as. */
function condition(operators: Properties): Properties {
  const text = (value: Value) =>
    typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;
  return Object.fromEntries(
    Object.entries(operators).map(([operator, keys]) => [
      operator,
      isPlain(keys)
        ? Object.fromEntries(
            Object.entries(keys).map(([key, value]) => [
              key,
              oneOrSorted(isList(value) ? value.map(text) : text(value)),
            ]),
          )
        : keys,
    ]),
  );
}

function oneOrSorted(value: Value): Value {
  if (!isList(value)) return value;
  const sorted = [...new Map(value.map((item) => [canonicalJson(item), item]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => item);
  return sorted.length === 1 ? sorted[0]! : sorted;
}

function parse(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

function isMarker(value: Value): boolean {
  return isUnknown(value) || isSecret(value);
}

function isPlain(value: Value | undefined): value is Properties {
  return isObject(value) && !isMarker(value);
}
