/**
 * A change of one line of a template that mends a finding: GitHub offers it as a commit by one click. Made of the
 * template's own line and the policy's value, and only where the template, read again, differs in nothing else.
 */
import { canonicalJson } from '../base/canonical-json.ts';
import type { SourceRange } from '../base/source.ts';
import type { Value } from '../base/value.ts';
import { clean } from '../base/visible.ts';
import type { Finding } from '../policy/finding.ts';
import { parseTemplate } from '../template/parse.ts';
import type { MapNode, TemplateNode } from '../template/template.ts';
import { codeSpan, fence, prose } from './escape.ts';

export interface Suggestion {
  readonly path: string;
  /** Of the template, from 1. */
  readonly line: number;
  /** The line as it is. */
  readonly before: string;
  /** What takes its place: one line, or two. */
  readonly after: readonly string[];
}

/** Undefined where the remedy is not that simple: the value comes from elsewhere, or from a function. */
export function suggestionFor(
  { fix, path, logicalId, where }: Pick<Finding, 'fix' | 'path' | 'logicalId' | 'where'>,
  text: string,
): Suggestion | undefined {
  if (fix === undefined || path === undefined || !where) return undefined;
  const { template } = parseTemplate(text, where.file);
  const properties = template?.resources.get(logicalId)?.properties;
  if (!template || !properties) return undefined;
  const steps = [...path.matchAll(/[^.[\]]+/g)].map(([step]) => step);
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const edit = editFor(properties, steps, fix, lines);
  if (!edit) return undefined;
  const { line, after } = edit;
  const before = lines[line - 1]!;
  // What cannot be shown as it is must not be proposed as what it looks like.
  if ([before, ...after].some((one) => clean(one) !== one)) return undefined;
  const edited = [...lines.slice(0, line - 1), ...after, ...lines.slice(line)].join('\n');
  const wanted = canonicalJson(withValue(plainOf(properties), steps, fix));
  const others = (of: typeof template) =>
    canonicalJson([...of.resources].map(([id, r]) => [id, id === logicalId ? null : plainOf(r.properties)]));
  const { template: mended } = parseTemplate(edited, where.file);
  const got = mended?.resources.get(logicalId)?.properties;
  if (!mended || !got || canonicalJson(plainOf(got)) !== wanted || others(mended) !== others(template))
    return undefined;
  return { path: where.file, line, before, after };
}

/** The comment on the line. */
export function suggestionText(
  { title, message, policy }: Pick<Finding, 'title' | 'message' | 'policy'>,
  suggestion: Suggestion,
): string {
  return [
    `**${prose(title, 200)}** <sub>${codeSpan(policy)}</sub>`,
    prose(message),
    fence('suggestion', suggestion.after),
  ].join('\n\n');
}

interface Edit {
  readonly line: number;
  readonly after: readonly string[];
}

function editFor(
  properties: MapNode,
  steps: readonly string[],
  fix: string | number | boolean,
  lines: readonly string[],
): Edit | undefined {
  let node: TemplateNode = properties;
  for (const [i, step] of steps.entries()) {
    const next: TemplateNode | undefined =
      node.kind === 'map'
        ? node.entries.get(step)?.value
        : node.kind === 'list'
          ? node.items[Number(step)]
          : undefined;
    if (!next) return node.kind === 'map' ? inserted(node, steps.slice(i), fix, lines) : undefined;
    node = next;
  }
  return node.kind === 'scalar' ? replaced(node.where, fix, lines) : undefined;
}

/** The scalar where it stands, in the quotes that it has. */
function replaced(
  { line, column }: SourceRange,
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
  fix: string | number | boolean,
  lines: readonly string[],
): Edit | undefined {
  const [first] = map.entries.values();
  if (!first || steps.some((step) => /^\d+$/.test(step))) return undefined;
  const { line, column } = first.keyWhere;
  const text = lines[line - 1] ?? '';
  const indent = text.slice(0, column - 1);
  if (indent.trim() !== '' || /^["'?]/.test(text.slice(column - 1))) return undefined;
  const value = steps.slice(1).reduceRight((inner, step) => `{ ${step}: ${inner} }`, String(fix));
  return { line, after: [`${indent}${steps[0]}: ${value}`, text] };
}

function plainOf(node: TemplateNode | undefined): Value {
  if (!node) return null;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainOf);
  if (node.kind === 'intrinsic') return { [node.name]: plainOf(node.argument) };
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plainOf(entry.value)]));
}

function withValue(value: Value, steps: readonly string[], fix: Value): Value {
  const [step, ...rest] = steps;
  if (step === undefined) return fix;
  if (Array.isArray(value))
    return value.map((item, i) => (i === Number(step) ? withValue(item, rest, fix) : item));
  const map = value as { readonly [key: string]: Value };
  return { ...map, [step]: withValue(map?.[step] ?? {}, rest, fix) };
}
