import { isList, isSecret, isUnknown, type Value } from '../base/value.ts';
import { toJsonValue } from './cel-values.ts';
import { type Bindings, type Budget, compileExpression, type Expression } from './expression.ts';
import type { ExpressionProblem, Variables } from './rewrite.ts';

/** Text and expressions in turn. Rendered, it is text from a template: whoever shows it escapes it. */
export interface Message {
  readonly parts: readonly (string | Expression)[];
}

const placeholder = /\$\{\{([\s\S]*?)\}\}/g;
const longestValue = 200;

/** Compiles `Port ${{ each.FromPort }} is open`. An offset in a problem counts from the start of the message. */
export function compileMessage(
  source: string,
  variables: Variables,
  compile: typeof compileExpression = compileExpression,
): { readonly message: Message; readonly problems: readonly ExpressionProblem[] } {
  const parts: (string | Expression)[] = [];
  const problems: ExpressionProblem[] = [];
  let end = 0;
  for (const match of source.matchAll(placeholder)) {
    const inner = match[1]!;
    const start = match.index + 3 + (inner.length - inner.trimStart().length);
    const compiled = compile(inner.trim(), variables);
    problems.push(...compiled.problems.map((p) => ({ ...p, offset: p.offset + start })));
    parts.push(source.slice(end, match.index), ...(compiled.expression ? [compiled.expression] : []));
    end = match.index + match[0].length;
  }
  parts.push(source.slice(end));
  return { message: { parts: parts.filter((part) => part !== '') }, problems };
}

/** A value that cannot be had is said to be so; a message never fails the finding that it explains. */
export function renderMessage(message: Message, bindings: Bindings, budget: Budget): string {
  return message.parts
    .map((part) => (typeof part === 'string' ? part : renderValue(part, bindings, budget)))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}

function renderValue(expression: Expression, bindings: Bindings, budget: Budget): string {
  const outcome = expression.evaluate(bindings, budget);
  if (outcome.kind === 'unknown') return '(known after apply)';
  if (outcome.kind === 'secret') return '(secret)';
  if (outcome.kind === 'error') return '(not to be had)';
  try {
    const text = asText(toJsonValue(outcome.value));
    return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
  } catch {
    return '(not to be had)';
  }
}

function asText(value: Value): string {
  if (value === null) return 'none';
  if (typeof value === 'string') return value;
  if (isUnknown(value)) return '(known after apply)';
  // Not even the fingerprint: two findings could be compared by it.
  if (isSecret(value)) return '(secret)';
  if (isList(value)) return value.map(asText).join(', ');
  if (typeof value !== 'object') return String(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${asText(item)}`)
    .join(', ')} }`;
}
