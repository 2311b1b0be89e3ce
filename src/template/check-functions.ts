/** Whether functions stand where they may, have the arguments they need, and name what exists. */

import { checkGetAtt, checkRef, checkSubText } from './check-references.ts';
import { type Checking, checkConditionName, fail, type Place } from './checking.ts';
import { type IntrinsicPlace, intrinsics } from './intrinsics.ts';
import { asCondition } from './node-builder.ts';
import { didYouMean, quote } from './problem.ts';
import { kindOf } from './sections.ts';
import type { IntrinsicNode, TemplateNode } from './template.ts';

/** Checks every function in a value, at any depth. */
export function checkFunctions(node: TemplateNode, place: Place, checking: Checking): void {
  if (node.kind === 'list') for (const item of node.items) checkFunctions(item, place, checking);
  else if (node.kind === 'map') {
    for (const entry of node.entries.values()) checkFunctions(entry.value, place, checking);
  } else if (node.kind === 'intrinsic') checkFunction(node, place, checking);
}

/** A condition: functions that give true or false. */
export function checkCondition(given: TemplateNode, checking: Checking, place: Place): void {
  const node = asCondition(given);
  if (node.kind === 'intrinsic' && conditionFunctions.includes(node.name)) {
    checkFunction(node, place, checking);
    return;
  }
  fail(
    checking,
    'template-intrinsic',
    node.where,
    `A condition must be a condition function, not ${kindOf(node)}`,
    `Use one of ${conditionFunctions.join(', ')}`,
  );
}

const conditionFunctions = ['Condition', 'Fn::And', 'Fn::Equals', 'Fn::Not', 'Fn::Or'];

function checkFunction(node: IntrinsicNode, place: Place, checking: Checking): void {
  const { name, argument, where } = node;
  // What is no function at all, or is not supported, was reported when it was read.
  const known = Object.hasOwn(intrinsics, name) ? intrinsics[name]! : undefined;
  if (!known || known.unsupported !== undefined) return;
  const misplaced = misplacement(known.place, place);
  if (misplaced) {
    fail(checking, 'template-intrinsic', where, `${name} cannot stand ${misplaced}`);
    return;
  }
  const malformed = shapes[name]?.(argument, place, checking);
  if (malformed === undefined) return;
  fail(checking, 'template-intrinsic', where, `${name} ${malformed}`, `For example ${known.example}`);
}

function misplacement(allowed: IntrinsicPlace, { kind }: Place): string | undefined {
  if (allowed === 'rule') return 'outside Rules';
  if (allowed === 'value' && kind === 'condition') return 'in a condition';
  if (allowed === 'condition' && kind !== 'condition') return 'outside Conditions';
  return undefined;
}

/** Checks an argument and what is inside it; says what is wrong with its shape. */
type Shape = (argument: TemplateNode, place: Place, checking: Checking) => string | undefined;

const shapes: Readonly<Record<string, Shape>> = {
  Ref(argument, place, checking) {
    if (isText(argument)) checkRef(String(argument.value), argument.where, place, checking);
    else return 'takes the name of a parameter or a resource';
  },
  Condition(argument, _place, checking) {
    if (isText(argument)) checkConditionName(String(argument.value), argument.where, checking);
    else return 'takes the name of a condition';
  },
  'Fn::GetAtt'(argument, place, checking) {
    const [logicalId, attribute] = itemsOf(argument, 2) ?? [];
    if (!logicalId || !attribute || !isText(logicalId)) return 'takes a logical id and an attribute';
    const name = isText(attribute) ? String(attribute.value) : undefined;
    if (name === undefined && attribute.kind !== 'intrinsic') return 'takes a logical id and an attribute';
    checkGetAtt(String(logicalId.value), name, argument.where, place, checking);
    checkFunctions(attribute, place, checking);
  },
  'Fn::Sub'(argument, place, checking) {
    if (isText(argument)) return void checkSubText(argument, new Set(), place, checking);
    const [text, variables] = itemsOf(argument, 2) ?? [];
    if (!text || !isText(text) || variables?.kind !== 'map') {
      return 'takes a text, or a list of a text and a mapping of variables';
    }
    checkSubText(text, new Set(variables.entries.keys()), place, checking);
    checkFunctions(variables, place, checking);
  },
  'Fn::Join'(argument, place, checking) {
    const [delimiter, items] = itemsOf(argument, 2) ?? [];
    if (!delimiter || !items || !isText(delimiter)) return 'takes a delimiter and a list';
    if (!isList(items)) return 'takes a list as its second argument';
    if (items.kind === 'list' && items.items.some((item) => item.kind === 'map' || item.kind === 'list')) {
      return 'can join text only';
    }
    checkFunctions(items, place, checking);
  },
  'Fn::Select'(argument, place, checking) {
    const [index, items] = itemsOf(argument, 2) ?? [];
    if (!index || !items) return 'takes an index and a list';
    const position = index.kind === 'scalar' ? Number(index.value) : 0;
    if (
      !Number.isInteger(position) ||
      position < 0 ||
      (index.kind !== 'scalar' && index.kind !== 'intrinsic')
    ) {
      return 'takes a whole number from 0 as its index';
    }
    if (!isList(items)) return 'takes a list as its second argument';
    if (items.kind === 'list' && index.kind === 'scalar' && position >= items.items.length) {
      return `has the index ${position}, but a list of ${items.items.length}`;
    }
    checkFunctions(argument, place, checking);
  },
  'Fn::Split'(argument, place, checking) {
    const [delimiter, text] = itemsOf(argument, 2) ?? [];
    if (!delimiter || !text || !isText(delimiter) || delimiter.value === '')
      return 'takes a delimiter and a text';
    if (!isText(text) && text.kind !== 'intrinsic') return 'takes a text as its second argument';
    checkFunctions(text, place, checking);
  },
  'Fn::FindInMap': findInMap,
  'Fn::GetAZs': scalarArgument('takes a region, or an empty text for the region of the stack'),
  'Fn::Base64': scalarArgument('takes a text'),
  'Fn::ImportValue': (argument, place, checking) =>
    // An import is looked up before anything is created, so it can wait for no resource.
    scalarArgument('takes the name of an export')(argument, { ...place, kind: 'export' }, checking),
  'Fn::Cidr'(argument, place, checking) {
    const items = itemsOf(argument, 3);
    if (!items || items.some((item) => !isText(item) && item.kind !== 'intrinsic')) {
      return 'takes an address block, a count and the bits of a subnet';
    }
    checkFunctions(argument, place, checking);
  },
  'Fn::Length'(argument, place, checking) {
    if (!isList(argument)) return 'takes a list';
    checkFunctions(argument, place, checking);
  },
  'Fn::ToJsonString'(argument, place, checking) {
    if (argument.kind === 'scalar') return 'takes a mapping or a list';
    checkFunctions(argument, place, checking);
  },
  'Fn::If'(argument, place, checking) {
    const [condition, ...branches] = itemsOf(argument, 3) ?? [];
    if (!condition) return 'takes a condition, a value and another value';
    if (condition.kind === 'intrinsic' && condition.name === 'Condition' && isText(condition.argument)) {
      checkConditionName(String(condition.argument.value), condition.where, checking);
    } else if (isText(condition)) checkConditionName(String(condition.value), condition.where, checking);
    else return 'takes the name of a condition as its first argument';
    // Only one side will be there, so an edge from it need not be a circle; the resolver knows.
    const sides: Place = { kind: place.kind };
    for (const branch of branches) checkFunctions(branch, sides, checking);
  },
  'Fn::And': conditions(2, 10),
  'Fn::Or': conditions(2, 10),
  'Fn::Not': conditions(1, 1),
  'Fn::Equals'(argument, place, checking) {
    const items = itemsOf(argument, 2);
    if (!items) return 'takes two values';
    for (const item of items) checkFunctions(item, place, checking);
  },
};

function findInMap(argument: TemplateNode, place: Place, checking: Checking): string | undefined {
  const items = argument.kind === 'list' ? argument.items : [];
  const [mapName, first, second, options] = items;
  if (!mapName || !first || !second || items.length > 4)
    return 'takes a mapping, a first key and a second key';
  const hasDefault = options?.kind === 'map' && options.entries.has('DefaultValue');
  if (options && !hasDefault) return 'takes only { DefaultValue: ... } as its fourth argument';
  checkFunctions(argument, place, checking);
  if (!isText(mapName)) return undefined;
  const { mappings } = checking.template;
  const name = String(mapName.value);
  const mapping = mappings.get(name);
  const missing = (where: TemplateNode, what: string, candidates: Iterable<string>, word: string) =>
    fail(checking, 'template-reference', where.where, what, didYouMean(word, candidates));
  if (!mapping) {
    missing(mapName, `There is no mapping ${quote(name)}`, mappings.keys(), name);
    return undefined;
  }
  if (hasDefault || !isText(first)) return undefined;
  const key = String(first.value);
  const level = mapping.entries.get(key)?.value;
  if (level?.kind !== 'map') {
    missing(first, `The mapping ${name} has no key ${quote(key)}`, mapping.entries.keys(), key);
  } else if (isText(second) && !level.entries.has(String(second.value))) {
    const inner = String(second.value);
    missing(
      second,
      `The mapping ${name} has no key ${quote(inner)} under ${key}`,
      level.entries.keys(),
      inner,
    );
  }
  return undefined;
}

function scalarArgument(malformed: string): Shape {
  return (argument, place, checking) => {
    if (argument.kind !== 'scalar' && argument.kind !== 'intrinsic') return malformed;
    checkFunctions(argument, place, checking);
    return undefined;
  };
}

function conditions(least: number, most: number): Shape {
  return (argument, place, checking) => {
    const items = argument.kind === 'list' ? argument.items : [];
    if (items.length < least || items.length > most) {
      return least === most ? 'takes a list of one condition' : `takes ${least} to ${most} conditions`;
    }
    for (const item of items) checkCondition(item, checking, place);
    return undefined;
  };
}

function isText(node: TemplateNode): node is TemplateNode & { kind: 'scalar' } {
  return node.kind === 'scalar' && node.value !== null;
}

function isList(node: TemplateNode): boolean {
  return node.kind === 'list' || node.kind === 'intrinsic';
}

function itemsOf(node: TemplateNode, count: number): readonly TemplateNode[] | undefined {
  return node.kind === 'list' && node.items.length === count ? node.items : undefined;
}
