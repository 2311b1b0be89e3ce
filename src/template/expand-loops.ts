import type { Diagnostic } from '../base/diagnostic.ts';
import { loopPrefix } from './intrinsics.ts';
import { type LoopList, type LoopValues, parameterList } from './loop-parameters.ts';
import { problem, quote } from './problem.ts';
import { kindOf } from './sections.ts';
import type { MapEntry, MapNode, ScalarNode, TemplateNode } from './template.ts';

/** How many values loops may make in one template: loops within loops grow like alias bombs. */
const maximumMade = 100_000;

/** What the identifiers of the loops around a value stand for. */
type Bindings = ReadonlyMap<string, string>;

interface Expansion {
  readonly diagnostics: Diagnostic[];
  /** What a parameter gives to a loop. */
  readonly listOf: (name: string) => LoopList | undefined;
  /** Parameters that loops go over. */
  readonly loopsOver: Set<string>;
  made: number;
}

/**
 * Writes out every `Fn::ForEach::Name: [Identifier, [items], { Key: value }]`, as the transform
 * AWS::LanguageExtensions does: `${Identifier}`, `&{Identifier}` (letters and digits only) and `!Ref Identifier`
 * become each item in turn. Over lists that the template spells out, and over parameters of a list type.
 *
 * @param values of the parameters; where there is none, its default counts
 */
export function expandLoops(
  root: TemplateNode,
  values: LoopValues,
  diagnostics: Diagnostic[],
): { readonly root: TemplateNode; readonly loopsOver: ReadonlySet<string> } {
  const loopsOver = new Set<string>();
  const listOf = (name: string) => parameterList(root, name, values);
  return { root: expand(root, new Map(), { diagnostics, listOf, loopsOver, made: 0 }), loopsOver };
}

function expand(node: TemplateNode, bindings: Bindings, expansion: Expansion): TemplateNode {
  if (bindings.size > 0 && ++expansion.made > maximumMade) return node;
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' && bindings.size > 0
        ? { ...node, value: substitute(node.value, bindings) }
        : node;
    case 'list':
      return { ...node, items: node.items.map((item) => expand(item, bindings, expansion)) };
    case 'intrinsic': {
      const item = boundReference(node, bindings);
      if (item) return item;
      const argument = expand(node.argument, bindings, expansion);
      return isFinished(node, argument, bindings) ? argument : { ...node, argument };
    }
    case 'map':
      return { ...node, entries: expandEntries(node, bindings, expansion) };
  }
}

/** `!Ref Identifier` is the item itself. */
function boundReference(node: TemplateNode, bindings: Bindings): ScalarNode | undefined {
  if (node.kind !== 'intrinsic' || node.name !== 'Ref' || node.argument.kind !== 'scalar') return undefined;
  const value = bindings.get(String(node.argument.value));
  return value === undefined ? undefined : { kind: 'scalar', value, where: node.where };
}

/** A Sub of identifiers alone is a text now, and may stand where only a text may: `!GetAtt [!Sub "A${X}", Arn]`. */
function isFinished(node: TemplateNode, argument: TemplateNode, bindings: Bindings): boolean {
  if (bindings.size === 0 || node.kind !== 'intrinsic' || node.name !== 'Fn::Sub') return false;
  return argument.kind === 'scalar' && !String(argument.value).includes('${');
}

function substitute(text: string, bindings: Bindings): string {
  if (!text.includes('{')) return text;
  return text.replace(/([$&])\{([A-Za-z0-9]+)\}/g, (whole, sign: string, name: string) => {
    const value = bindings.get(name);
    if (value === undefined) return whole;
    return sign === '&' ? value.replace(/[^A-Za-z0-9]/g, '') : value;
  });
}

function expandEntries(
  map: MapNode,
  bindings: Bindings,
  expansion: Expansion,
): ReadonlyMap<string, MapEntry> {
  const entries = new Map<string, MapEntry>();
  const add = (key: string, entry: MapEntry): void => {
    const { keyWhere } = entry;
    if (!entries.has(key)) entries.set(key, entry);
    else {
      const summary = `Fn::ForEach makes the key ${quote(key)} a second time`;
      expansion.diagnostics.push(
        problem('template-duplicate-key', keyWhere, summary, 'Put the identifier into the key'),
      );
    }
  };
  for (const [key, entry] of map.entries) {
    if (key.startsWith(loopPrefix)) {
      for (const [made, value] of runLoop(entry, bindings, expansion)) add(made, value);
    } else {
      const value = expand(entry.value, bindings, expansion);
      add(substitute(key, bindings), value === entry.value ? entry : { ...entry, value });
    }
  }
  return entries;
}

function runLoop(
  entry: MapEntry,
  bindings: Bindings,
  expansion: Expansion,
): readonly (readonly [string, MapEntry])[] {
  const { keyWhere, value } = entry;
  const fail = (where: TemplateNode['where'], summary: string, remedy?: string): [] => {
    expansion.diagnostics.push(problem('template-intrinsic', where, summary, remedy));
    return [];
  };
  const [identifier, collection, body] = value.kind === 'list' && value.items.length === 3 ? value.items : [];
  if (identifier?.kind !== 'scalar' || !collection || body?.kind !== 'map') {
    return fail(keyWhere, 'Fn::ForEach takes an identifier, a list, and a mapping to repeat');
  }
  const items = listItself(expand(collection, bindings, expansion), expansion);
  if (items === undefined) return [];
  if (items.kind !== 'list') {
    const what = items.kind === 'intrinsic' ? items.name : kindOf(items);
    expansion.diagnostics.push(
      problem(
        'template-unsupported',
        items.where,
        `Fn::ForEach over ${what} is not supported`,
        'Write the list out, or make it a parameter of the type CommaDelimitedList',
      ),
    );
    return [];
  }
  const made: (readonly [string, MapEntry])[] = [];
  for (const item of items.items) {
    if (item.kind !== 'scalar' || item.value === null)
      return fail(item.where, 'Fn::ForEach can repeat over texts only');
    const inner = new Map(bindings).set(String(identifier.value), String(item.value));
    made.push(...expandEntries(body, inner, expansion));
    if (expansion.made > maximumMade) {
      return expansion.diagnostics.some(({ summary }) => summary === tooMany) ? [] : fail(keyWhere, tooMany);
    }
  }
  return made;
}

/** The list that `!Ref Parameter` is; another node as it is; undefined, and told, where the list cannot be had. */
function listItself(
  node: TemplateNode,
  { listOf, loopsOver, diagnostics }: Expansion,
): TemplateNode | undefined {
  if (node.kind !== 'intrinsic' || node.name !== 'Ref' || node.argument.kind !== 'scalar') return node;
  const name = String(node.argument.value);
  const list = listOf(name);
  if (!list) return node;
  loopsOver.add(name);
  const { where } = node;
  if ('items' in list) {
    return { kind: 'list', items: list.items.map((value) => ({ kind: 'scalar', value, where })), where };
  }
  diagnostics.push(problem(list.code, where, list.summary, list.remedy));
  return undefined;
}

const tooMany = `Fn::ForEach makes more than ${maximumMade} values`;
