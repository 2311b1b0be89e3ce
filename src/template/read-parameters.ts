import { javaScriptPattern } from './allowed-pattern.ts';
import { isListType, isNumberType, parameterTypes } from './parameter-types.ts';
import { didYouMean, problem, quote } from './problem.ts';
import { type Expecting, kindOf } from './sections.ts';
import type { MapEntry, MapNode, ParameterDeclaration, TemplateNode } from './template.ts';

const keys = [
  'Type',
  'Default',
  'AllowedValues',
  'AllowedPattern',
  'MinLength',
  'MaxLength',
  'MinValue',
  'MaxValue',
  'ConstraintDescription',
  'Description',
  'NoEcho',
];

/** Reads the Parameters section. */
export function readParameters(section: MapNode, expect: Expecting): Map<string, ParameterDeclaration> {
  const parameters = new Map<string, ParameterDeclaration>();
  for (const [name, entry] of section.entries) {
    if (!expect.logicalName(name, entry, 'The parameter')) continue;
    const declaration = readParameter(name, entry, expect);
    if (declaration) parameters.set(name, declaration);
  }
  return parameters;
}

function readParameter(name: string, entry: MapEntry, expect: Expecting): ParameterDeclaration | undefined {
  const map = expect.map(entry.value, `Parameter ${name}`);
  if (!map) return undefined;
  expect.onlyKeys(map, keys, 'A parameter');
  const typeEntry = map.entries.get('Type');
  if (!typeEntry) return expect.fail(entry.keyWhere, `Parameter ${name} has no Type`, 'Add Type: String');
  const type = expect.text(typeEntry.value, 'Type');
  if (type === undefined) return undefined;
  if (!parameterTypes.includes(type)) {
    expect.fail(
      typeEntry.value.where,
      `There is no parameter type ${quote(type)}`,
      didYouMean(type, parameterTypes, 'Use String, Number, CommaDelimitedList or List<Number>'),
    );
  }
  const text = (key: string) => {
    const value = map.entries.get(key)?.value;
    return value && expect.text(value, key);
  };
  const number = (key: string) => {
    const value = map.entries.get(key)?.value;
    if (!value) return undefined;
    const asNumber = value.kind === 'scalar' && value.value !== null ? Number(value.value) : Number.NaN;
    return Number.isFinite(asNumber)
      ? asNumber
      : expect.fail(value.where, `${key} must be a number, not ${kindOf(value)}`);
  };
  const noEcho = map.entries.get('NoEcho')?.value;
  const declaration = {
    name,
    type,
    default: readDefault(map.entries.get('Default')?.value, expect),
    allowedValues: readAllowedValues(map.entries.get('AllowedValues')?.value, expect),
    allowedPattern: text('AllowedPattern'),
    minLength: number('MinLength'),
    maxLength: number('MaxLength'),
    minValue: number('MinValue'),
    maxValue: number('MaxValue'),
    constraintDescription: text('ConstraintDescription'),
    description: text('Description'),
    noEcho: noEcho?.kind === 'scalar' && String(noEcho.value).toLowerCase() === 'true',
    where: entry.keyWhere,
  };
  checkConstraints(map, type, declaration.allowedPattern, expect);
  return withoutUndefined(declaration);
}

function readDefault(node: TemplateNode | undefined, expect: Expecting): TemplateNode | undefined {
  if (!node) return undefined;
  if (node.kind === 'scalar' && node.value !== null) return node;
  return expect.fail(
    node.where,
    `Default must be text or a number, not ${kindOf(node)}`,
    node.kind === 'list' ? 'Write a list as one text with commas: a,b' : undefined,
  );
}

function readAllowedValues(
  node: TemplateNode | undefined,
  expect: Expecting,
): readonly (string | number)[] | undefined {
  if (!node) return undefined;
  if (node.kind !== 'list')
    return expect.fail(node.where, `AllowedValues must be a list, not ${kindOf(node)}`);
  const values: (string | number)[] = [];
  for (const item of node.items) {
    if (item.kind !== 'scalar' || item.value === null) {
      expect.fail(item.where, `An allowed value must be text or a number, not ${kindOf(item)}`);
    } else {
      values.push(typeof item.value === 'boolean' ? String(item.value) : item.value);
    }
  }
  return values;
}

function checkConstraints(map: MapNode, type: string, pattern: string | undefined, expect: Expecting): void {
  const misplaced = isNumberType(type)
    ? ['MinLength', 'MaxLength', 'AllowedPattern']
    : ['MinValue', 'MaxValue'];
  const applies = isListType(type) ? [] : misplaced;
  for (const key of applies) {
    const entry = map.entries.get(key);
    if (entry)
      expect.fail(entry.keyWhere, `${key} means nothing for a parameter of type ${type}`, `Remove ${key}`);
  }
  if (pattern === undefined) return;
  try {
    new RegExp(javaScriptPattern(pattern));
  } catch {
    const where = map.entries.get('AllowedPattern')!.value.where;
    expect.diagnostics.push(problem('template-section', where, 'AllowedPattern is not a regular expression'));
  }
}

/** Drops what is undefined, so that an absent key is absent and not a key without a value. */
export function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] === undefined) delete value[key];
  return value as { [K in keyof T]: Exclude<T[K], undefined> };
}
