import { isList, isObject } from '../base/value.ts';
import { residual } from './functions.ts';
import type { Expression } from './stack.ts';

/** The logical ids that an expression refers to; sorted, without duplicates. */
export function referencesIn(expression: Expression): string[] {
  const found = new Set<string>();
  collect(expression, found);
  return [...found].sort();
}

function collect(expression: Expression, found: Set<string>): void {
  if (isList(expression)) {
    for (const item of expression) collect(item, found);
    return;
  }
  if (!isObject(expression)) return;
  const function_ = residual(expression);
  if (function_?.name === 'Ref') found.add(String(function_.argument));
  else if (function_?.name === 'Fn::GetAtt' && isList(function_.argument))
    found.add(String(function_.argument[0]));
  else for (const value of Object.values(expression)) collect(value, found);
}
