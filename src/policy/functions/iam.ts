import { isList, isObject, isSecret, isUnknown, type Value } from '../../base/value.ts';
import { hangsOnSecret, hangsOnUnknown } from '../undecided.ts';

const listKeys = ['Action', 'NotAction', 'Resource', 'NotResource'] as const;

/**
 * `iamStatements(document)`: the statements of a policy document in one form: `Effect`, and `Action`, `NotAction`,
 * `Resource`, `NotResource` always lists (empty where left out); other keys as they are. Takes a document, its JSON
 * text, a list of statements, or one statement. Empty for null. The grammar is that of the IAM User Guide's
 * 'Grammar of the IAM JSON policy language'.
 */
export function iamStatements(document: Value): Value {
  if (isUnknown(document)) return hangsOnUnknown('the policy document');
  if (isSecret(document)) return hangsOnSecret('the policy document');
  if (document === null) return [];
  if (typeof document === 'string') return iamStatements(parseDocument(document));
  if (isList(document)) return document.map(normalise);
  if (!isObject(document)) throw new Error(`a policy document cannot be ${typeof document}`);
  return document.Statement === undefined ? [normalise(document)] : iamStatements(document.Statement);
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
  if (isUnknown(statement) || isSecret(statement)) return statement;
  if (!isObject(statement)) throw new Error('a statement of a policy document is not a mapping');
  const lists = listKeys.map((key) => [key, asList(statement[key])]);
  return { ...statement, Effect: statement.Effect ?? null, ...Object.fromEntries(lists) };
}

function asList(value: Value | undefined): Value {
  if (value === undefined || value === null) return [];
  return isList(value) || isUnknown(value) || isSecret(value) ? value : [value];
}
