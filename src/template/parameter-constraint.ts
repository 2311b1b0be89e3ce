/** Whether a text may be the value of a parameter. */
import { idPattern, isListType, isNumberType, storedType } from './parameter-types.ts';
import type { Matcher } from './pattern.ts';
import { quote } from './problem.ts';
import type { ParameterDeclaration } from './template.ts';

/** `a, b` as the list that it is. */
export function listItems(text: string): string[] {
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

/** Which constraint the text breaks, in words that hold nothing of a NoEcho value. */
export function brokenConstraint(
  declaration: ParameterDeclaration,
  text: string,
  matcher: Matcher,
): string | undefined {
  const { type, allowedValues, allowedPattern, minLength, maxLength, minValue, maxValue, noEcho } =
    declaration;
  const items = itemsOf(declaration, text);
  const shown = (item: string) => (noEcho ? '' : ` ${quote(item)}`);
  for (const item of items) {
    if (isNumberType(type) && storedType(type) === undefined) {
      if (item.trim() === '' || !Number.isFinite(Number(item)))
        return `must be a number, not${shown(item) || ' what it has'}`;
      if (minValue !== undefined && Number(item) < minValue) return `must be at least ${minValue}`;
      if (maxValue !== undefined && Number(item) > maxValue) return `must be at most ${maxValue}`;
    }
    if (allowedValues && !allowedValues.some((allowed) => String(allowed) === item)) {
      return noEcho
        ? 'has a value that is not allowed'
        : `cannot be ${quote(item)}: it is one of ${allowedValues.join(', ')}`;
    }
  }
  if (allowedPattern !== undefined) {
    const matched = matcher(allowedPattern, items);
    if (matched === 'too long')
      return `has an AllowedPattern that takes too long to match: ${quote(allowedPattern)}`;
    if (matched.mismatch !== undefined)
      return `does not match ${quote(allowedPattern)}${noEcho ? '' : `: ${quote(matched.mismatch)}`}`;
  }
  if (isListType(type)) return undefined;
  if (minLength !== undefined && text.length < minLength)
    return `must be at least ${minLength} characters long`;
  if (maxLength !== undefined && text.length > maxLength)
    return `must be at most ${maxLength} characters long`;
  return undefined;
}

/** Why the text is no id of the parameter's type, in such words. */
export function wrongId(declaration: ParameterDeclaration, text: string): string | undefined {
  const { type, noEcho } = declaration;
  const pattern = idPattern(type);
  const wrong = pattern && itemsOf(declaration, text).find((item) => !pattern.test(item));
  if (wrong === undefined) return undefined;
  return `must be a ${type} such as ${example(pattern!)}${noEcho ? '' : `, not ${quote(wrong)}`}`;
}

/** The texts that the constraints are about: each of a list's, but the name under which SSM stores one. */
function itemsOf({ type }: ParameterDeclaration, text: string): string[] {
  return isListType(type) && storedType(type) === undefined ? listItems(text) : [text];
}

function example(pattern: RegExp): string {
  return pattern.source.replace(/^\^/, '').replace(/\[.*$/, '0123456789abcdef0');
}
