/** Edits of one line of a template's text that give a property another value, and leave all else as it stands. */
import { isObject } from '../base/value.ts';
import type { Finding } from '../policy/finding.ts';
import type { ListNode, MapNode, ResourceDeclaration, TemplateNode } from '../template/template.ts';

export type Fix = NonNullable<Finding['fix']>;

interface Edit {
  /** From 1. */
  readonly line: number;
  /** What takes the place of the line. */
  readonly after: readonly string[];
}

/** Undefined where one line cannot do it: the value comes from elsewhere, or from a function. */
export function editFor(
  { properties, ...resource }: Pick<ResourceDeclaration, 'properties' | 'type' | 'typeWhere'>,
  steps: readonly string[],
  fix: Fix,
  lines: readonly string[],
): Edit | undefined {
  if (!properties) return begun(resource, steps, fix, lines);
  let node: TemplateNode = properties;
  for (const [i, step] of steps.entries()) {
    const next = childOf(node, step);
    if (!next) return node.kind === 'map' ? inserted(node, steps.slice(i), fix, lines) : undefined;
    node = next;
  }
  if (isObject(fix)) return node.kind === 'list' ? prepended(node, fix.add, lines) : undefined;
  return node.kind === 'scalar' ? replaced(node, fix, lines) : undefined;
}

function childOf(node: TemplateNode, step: string): TemplateNode | undefined {
  if (node.kind === 'map') return node.entries.get(step)?.value;
  return node.kind === 'list' ? node.items[Number(step)] : undefined;
}

/** The scalar where it stands, in the quotes that it has. */
function replaced(
  { where: { line, column } }: TemplateNode,
  fix: string | number | boolean,
  lines: readonly string[],
): Edit | undefined {
  const text = lines[line - 1] ?? '';
  const [old] = /^(?:"[^"\\]*"|'[^']*'|[^\s"',{}[\]#&*!|>][^\s,{}[\]#]*)/.exec(text.slice(column - 1)) ?? [];
  if (old === undefined) return undefined;
  const quote = /^["']/.exec(old)?.[0] ?? '';
  const own = typeof fix === 'string' ? `${quote}${fix}${quote}` : String(fix);
  return { line, after: [text.slice(0, column - 1) + own + text.slice(column - 1 + old.length)] };
}

/** In front of the first entry of a block mapping, where that begins its line. */
function inserted(
  map: MapNode,
  steps: readonly string[],
  fix: Fix,
  lines: readonly string[],
): Edit | undefined {
  const [first] = map.entries.values();
  if (!first || steps.some(isIndex)) return undefined;
  const { line, column } = first.keyWhere;
  const text = lines[line - 1] ?? '';
  const indent = text.slice(0, column - 1);
  if (indent.trim() !== '' || /^["'?]/.test(text.slice(column - 1))) return undefined;
  return { line, after: [indent + entryText(steps, fix), text] };
}

/** Below the type of a resource that has no properties yet. */
function begun(
  { type, typeWhere: { line } }: Pick<ResourceDeclaration, 'type' | 'typeWhere'>,
  steps: readonly string[],
  fix: Fix,
  lines: readonly string[],
): Edit | undefined {
  const text = lines[line - 1] ?? '';
  const [, indent, written] = /^( *)Type: +["']?([\w:]+)["']?\s*(?:#.*)?$/.exec(text) ?? [];
  if (indent === undefined || written !== type || steps.some(isIndex)) return undefined;
  return { line, after: [text, `${indent}Properties:`, `${indent}  ${entryText(steps, fix)}`] };
}

/** In front of the first item of a list, in the style in which the list is written. */
function prepended(
  list: ListNode,
  add: Readonly<Record<string, string>>,
  lines: readonly string[],
): Edit | undefined {
  const { line, column } = list.where;
  const text = lines[line - 1] ?? '';
  if (text[column - 1] === '[') {
    const rest = text.slice(column);
    const isJson = /^\s*\{/.test(lines.join('\n')) || /^\s*\{\s*"/.test(rest);
    const item = isJson ? JSON.stringify(add) : flowText(add);
    const edited = text.slice(0, column) + item + (list.items.length > 0 ? ', ' : '') + rest;
    return { line, after: [edited.trimEnd()] };
  }
  const first = list.items[0]?.where;
  const before = first && (lines[first.line - 1] ?? '').slice(0, first.column - 1);
  if (!first || before === undefined || !/^ *- +$/.test(before)) return undefined;
  return { line: first.line, after: [before + flowText(add), lines[first.line - 1]!] };
}

const isIndex = (step: string) => /^\d+$/.test(step);

/** `MetadataOptions: { HttpTokens: required }` */
function entryText([first, ...rest]: readonly string[], fix: Fix): string {
  const value = isObject(fix) ? `[${flowText(fix.add)}]` : String(fix);
  return `${first}: ${rest.reduceRight((inner, step) => `{ ${step}: ${inner} }`, value)}`;
}

function flowText(map: Readonly<Record<string, string>>): string {
  return `{ ${Object.entries(map)
    .map(([key, value]) => `${key}: ${plainText(value)}`)
    .join(', ')} }`;
}

/** In quotes where YAML would take it for something else. */
function plainText(text: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
