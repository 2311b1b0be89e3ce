/**
 * Folds a template value to an expression: parameters, pseudo parameters, mappings, conditions and every function
 * of known arguments become plain values; what depends on a resource or a secret stays, in the long form.
 */
import { isList, isObject, isUnknown, unknown, type Value } from '../base/value.ts';
import { spanning } from '../template/source-positions.ts';
import type { MapNode, TemplateNode } from '../template/template.ts';
import { hasDynamicReference } from './dynamic-reference.ts';
import { conditionHolds } from './fold-condition.ts';
import { foldDynamicReferences } from './fold-dynamic.ts';
import { foldFindInMap, foldGetAZs, foldImportValue } from './fold-lookups.ts';
import { foldGetAtt, foldReference, foldSub } from './fold-references.ts';
import { absent, type Folded, report, type Site, spend } from './folding.ts';
import { functions, residual } from './functions.ts';

/** `path` is where the value stands in its resource (`Tags[0].Value`), when its parts' positions are wanted. */
export function fold(node: TemplateNode, site: Site, path?: string): Folded {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' && !site.inCondition && hasDynamicReference(node.value)
        ? foldDynamicReferences(node.value, node, site)
        : node.value;
    case 'list':
      return foldList(node.items, site, path);
    case 'map':
      return foldMap(node, site, path);
    case 'intrinsic': {
      const value = foldIntrinsic(node.name, node.argument, node, site, path);
      if (path !== undefined && site.positions && node.name !== 'Fn::If') placeParts(value, path, node, site);
      return typeof value === 'string' && !site.inCondition && hasDynamicReference(value)
        ? foldDynamicReferences(value, node, site)
        : value;
    }
  }
}

function foldList(items: readonly TemplateNode[], site: Site, path: string | undefined): Value {
  const values: Value[] = [];
  for (const item of items) {
    const itemPath = path === undefined ? undefined : `${path}[${values.length}]`;
    const value = fold(item, site, itemPath);
    if (value === absent) continue;
    values.push(value);
    if (itemPath !== undefined) site.positions?.set(itemPath, item.where);
  }
  return values;
}

/** Every key of a map that is not left out; a property's place is from its key to the end of its value. */
export function foldMap(node: MapNode, site: Site, path: string | undefined): { [key: string]: Value } {
  const result: { [key: string]: Value } = {};
  for (const [key, entry] of node.entries) {
    const entryPath = path === undefined ? undefined : path === '' ? key : `${path}.${key}`;
    const value = fold(entry.value, site, entryPath);
    if (value === absent) continue;
    result[key] = value;
    if (entryPath !== undefined) site.positions?.set(entryPath, spanning(entry.keyWhere, entry.value.where));
  }
  return result;
}

/** A list or map that a function gave (a parameter, a mapping) has the place of the function. */
function placeParts(value: Folded, path: string, node: TemplateNode, site: Site): void {
  if (value === absent || residual(value)) return;
  const parts: [string, Value][] = isList(value)
    ? value.map((item, index) => [`${path}[${index}]`, item])
    : isObject(value)
      ? Object.entries(value).map(([key, item]) => [`${path}.${key}`, item])
      : [];
  for (const [partPath, part] of parts) {
    site.positions?.set(partPath, node.where);
    placeParts(part, partPath, node, site);
  }
}

function foldIntrinsic(
  name: string,
  argument: TemplateNode,
  node: TemplateNode,
  site: Site,
  path: string | undefined,
): Folded {
  switch (name) {
    case 'Ref':
      return foldReference(argument, node, site);
    case 'Fn::GetAtt':
      return foldGetAtt(argument, node, site);
    case 'Fn::Sub':
      return foldSub(argument, node, site);
    case 'Fn::If':
      return foldIf(argument, node, site, path);
    case 'Fn::FindInMap':
      return foldFindInMap(argument, node, site);
    case 'Fn::GetAZs':
      return foldGetAZs(argument, node, site);
    case 'Fn::ImportValue':
      return foldImportValue(argument, node, site);
    default:
      if (Object.hasOwn(functions, name)) return foldFunction(name, fold(argument, site), node, site);
      report(site, node, `${name} cannot stand here`);
      return unknown;
  }
}

function foldIf(argument: TemplateNode, node: TemplateNode, site: Site, path: string | undefined): Folded {
  if (argument.kind !== 'list' || argument.items.length !== 3) {
    report(site, node, 'Fn::If takes a condition, a value and another value');
    return unknown;
  }
  const [condition, whenTrue, whenFalse] = argument.items as [TemplateNode, TemplateNode, TemplateNode];
  const name =
    condition.kind === 'intrinsic' && condition.name === 'Condition' ? condition.argument : condition;
  if (name.kind !== 'scalar' || typeof name.value !== 'string') {
    report(site, condition, 'The first argument of Fn::If must be the name of a condition');
    return unknown;
  }
  const holds = conditionHolds(name.value, name, site.folding);
  if (holds !== undefined) return fold(holds ? whenTrue : whenFalse, site, path);
  // Nobody knows yet which of the two it will be, so what either asks of the cloud counts.
  fold(whenTrue, site);
  fold(whenFalse, site);
  return unknown;
}

/** Computes a function of known arguments; leaves it in its long form when one is a resource's or a secret. */
export function foldFunction(name: string, argument: Folded, node: TemplateNode, site: Site): Value {
  if (argument === absent) {
    report(site, node, `${name} cannot take AWS::NoValue`);
    return unknown;
  }
  if (dependsOnUnknown(name, argument)) return unknown;
  if (!spendOn(argument, node, site)) return unknown;
  if (waits(name, argument)) {
    const open = name === 'Fn::Join' ? merged(argument, node, site) : argument;
    return open === undefined ? unknown : { [name]: open };
  }
  const outcome = functions[name]!(argument);
  if ('value' in outcome) return outcome.value;
  report(site, node, outcome.problem);
  return unknown;
}

function spendOn(argument: Value, node: TemplateNode, site: Site): boolean {
  return spend(site.folding, node, sizeOf(argument, site.folding.allowance.left));
}

/** About how much a function makes of it. Counted no further than `most`: what is open may hold itself many times. */
function sizeOf(argument: Value, most: number): number {
  if (typeof argument === 'string') return argument.length + 1;
  let size = 1;
  if (isList(argument)) {
    for (const part of argument) if (size <= most) size += sizeOf(part, most - size);
  } else if (isObject(argument)) {
    for (const key in argument) if (size <= most) size += sizeOf(argument[key]!, most - size);
  }
  return size;
}

/** Whether the function needs a part that only a resource or a secret gives. */
function waits(name: string, argument: Value): boolean {
  if (name === 'Fn::ToJsonString') return hasResidual(argument);
  if (name === 'Fn::Length' || !isList(argument)) return isPending(argument);
  // Select reads no item of its list, so a list of references is enough.
  if (name === 'Fn::Select') return argument.some(isPending);
  return argument.some((part) => isPending(part) || (isList(part) && part.some(isPending)));
}

function dependsOnUnknown(name: string, argument: Value): boolean {
  if (isUnknown(argument)) return true;
  if (!isList(argument) || name === 'Fn::Length' || name === 'Fn::ToJsonString') return false;
  return argument.some(
    (part) => isUnknown(part) || (name !== 'Fn::Select' && isList(part) && part.some(isUnknown)),
  );
}

function isPending(value: Value): boolean {
  return isObject(value) && (value.$slipway !== undefined || residual(value) !== undefined);
}

function hasResidual(value: Value): boolean {
  if (isPending(value)) return true;
  if (isList(value)) return value.some(hasResidual);
  return isObject(value) && Object.values(value).some(hasResidual);
}

/**
 * Joins the neighbours that are known already, and opens inner joins, where no delimiter stands between. Dynamic
 * references are looked for only then: Fn::Sub may have cut one into pieces.
 */
function merged(argument: Value, node: TemplateNode, site: Site): Value | undefined {
  if (!isList(argument) || argument[0] !== '' || !isList(argument[1])) return argument;
  const opened = argument[1].flatMap(openJoin);
  if (!spendOn(opened, node, site)) return undefined;
  const items = joinNeighbours(opened);
  if (site.inCondition || !items.some((item) => typeof item === 'string' && hasDynamicReference(item))) {
    return ['', items];
  }
  const expanded = items.map((item) =>
    typeof item === 'string' ? foldDynamicReferences(item, node, site) : item,
  );
  return ['', joinNeighbours(expanded.flatMap(openJoin))];
}

function joinNeighbours(items: readonly Value[]): readonly Value[] {
  const joined: Value[] = [];
  for (const item of items) {
    const previous = joined.at(-1);
    const known = typeof item === 'object' ? item : String(item);
    if (typeof known === 'string' && typeof previous === 'string')
      joined[joined.length - 1] = previous + known;
    else joined.push(known);
  }
  return joined.filter((item) => item !== '');
}

function openJoin(item: Value): readonly Value[] {
  const inner = residual(item);
  if (inner?.name !== 'Fn::Join' || !isList(inner.argument)) return [item];
  const [delimiter, items] = inner.argument;
  return delimiter === '' && isList(items) ? items : [item];
}
