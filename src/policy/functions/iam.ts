import { isList, isObject, isSecret, isUnknown, type Value } from '../../base/value.ts';
import { hangsOnSecret, hangsOnUnknown } from '../undecided.ts';
import { accountOf } from './arn.ts';

type Mapping = { readonly [key: string]: Value };

/**
 * `iam.statements(document)`: the statements of a policy document in one form, whatever form they are written in:
 * `sid`, `effect`; `actions`, `notActions`, `resources`, `notResources` always lists; `principals` and `notPrincipals`
 * lists of `type`, `id` and `account`, where `*` is `AWS` `*`; `conditions` a list of `operator`, `key` (in lower case)
 * and `values`. Takes a document, its JSON text, a list of statements, or one statement. Empty for null. The grammar
 * is that of the IAM User Guide's 'Grammar of the IAM JSON policy language'.
 */
export function iamStatements(document: Value): Value {
  if (isUnknown(document)) return hangsOnUnknown('the policy document');
  if (isSecret(document)) return hangsOnSecret('the policy document');
  if (document === null) return [];
  if (typeof document === 'string') return iamStatements(parseDocument(document));
  if (isList(document)) return document.map(normalise);
  if (!isObject(document)) throw new Error(`a policy document cannot be ${typeof document}`);
  const { Statement: statements = document } = document;
  if (isMarker(statements)) return iamStatements(statements);
  return each(statements).map(normalise);
}

/**
 * `iam.covers(statement, action)`: whether the statement speaks of the action, by a pattern of its `Action` or by
 * leaving it out of its `NotAction`; the effect is not looked at. `iam:PassRole`, `s3:*` for every action of S3, `*`
 * for every action. Takes a statement as it is written or as `iam.statements` gives it.
 */
export function iamCovers(statement: Value, action: string): boolean {
  const one = isObject(statement) && 'notActions' in statement ? statement : normalise(statement);
  if (!isObject(one)) return false;
  const listed = speaksOf(one.actions ?? [], action);
  if (listed === true) return true;
  const { notActions = [] } = one;
  const hasNotActions = !isList(notActions) || notActions.length > 0;
  const leftOut = hasNotActions ? speaksOf(notActions, action) : true;
  if (leftOut === false) return true;
  return listed === 'unknown' || leftOut === 'unknown' ? hangsOnUnknown('Action') : false;
}

function speaksOf(patterns: Value, action: string): boolean | 'unknown' {
  if (!isList(patterns)) return 'unknown';
  if (patterns.some((pattern) => typeof pattern === 'string' && matchesWildcard(pattern, action)))
    return true;
  return patterns.some((pattern) => isUnknown(pattern) || isSecret(pattern)) ? 'unknown' : false;
}

/** The longest name of an action has some sixty characters; a pattern longer than these matches none. */
const longest = 128;

/** `*` is any characters and `?` one; without regard to case, as IAM compares actions. */
function matchesWildcard(pattern: string, text: string): boolean {
  if (pattern.length > longest || text.length > longest) throw new Error('the name of an action is too long');
  const [wanted, given] = [pattern.toLowerCase(), text.toLowerCase()];
  let [p, t, star, from] = [0, 0, -1, 0];
  while (t < given.length) {
    if (p < wanted.length && wanted[p] === '*') {
      star = p++;
      from = t;
    } else if (p < wanted.length && (wanted[p] === '?' || wanted[p] === given[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++from;
    } else return false;
  }
  while (wanted[p] === '*') p++;
  return p === wanted.length;
}

function parseDocument(text: string): Value {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object') return parsed as Value;
  } catch {
    // Falls through: the parser's own words would quote the document.
  }
  throw new Error('the text of a policy document is not JSON');
}

function normalise(statement: Value): Value {
  // Left as it is: the expression that reads it out of the list is then undecided, and only that one.
  if (isMarker(statement)) return statement;
  if (!isObject(statement)) throw new Error('a statement of a policy document is not a mapping');
  return {
    sid: statement.Sid ?? null,
    effect: statement.Effect ?? null,
    actions: asList(statement.Action),
    notActions: asList(statement.NotAction),
    resources: asList(statement.Resource),
    notResources: asList(statement.NotResource),
    principals: principalsOf(statement.Principal),
    notPrincipals: principalsOf(statement.NotPrincipal),
    conditions: conditionsOf(statement.Condition),
  };
}

function asList(value: Value | undefined): Value {
  if (value === undefined || value === null) return [];
  return isList(value) || isMarker(value) ? value : [value];
}

function principalsOf(principal: Value | undefined): Value {
  if (principal === undefined || principal === null) return [];
  if (isMarker(principal)) return principal;
  const byType = isObject(principal) ? principal : { AWS: principal };
  return entriesOf(byType).flatMap(([type, ids]) =>
    each(ids).map((id) => {
      const account = typeof id === 'string' ? accountOf(id) : isMarker(id) ? id : null;
      return { type, id, account };
    }),
  );
}

function conditionsOf(condition: Value | undefined): Value {
  if (condition === undefined || condition === null) return [];
  if (isMarker(condition)) return condition;
  if (!isObject(condition)) throw new Error('the condition of a statement is not a mapping');
  return entriesOf(condition).flatMap(([operator, keys]): Value[] => {
    if (isMarker(keys)) return [keys];
    if (!isObject(keys))
      throw new Error(`the condition ${operator.slice(0, 40)} of a statement is not a mapping`);
    return entriesOf(keys).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: texts(values),
    }));
  });
}

// Conditions take `true` for 'true' and 5 for '5'.
function texts(values: Value): Value {
  if (isMarker(values)) return values;
  return each(values).map((value) =>
    typeof value === 'boolean' || typeof value === 'number' ? `${value}` : value,
  );
}

function each(value: Value): readonly Value[] {
  return isList(value) ? value : [value];
}

function entriesOf(mapping: Mapping): [string, Value][] {
  return Object.entries(mapping);
}

function isMarker(value: Value): boolean {
  return isUnknown(value) || isSecret(value);
}
