/**
 * A change of one line of a template that mends a finding: GitHub offers it as a commit by one click. Made of the
 * template's own line and the policy's value, and only where the template, read again, differs in nothing else.
 */
import { canonicalJson } from '../base/canonical-json.ts';
import { isObject, type Value } from '../base/value.ts';
import { clean } from '../base/visible.ts';
import type { Finding } from '../policy/finding.ts';
import { parseTemplate } from '../template/parse.ts';
import type { Template, TemplateNode } from '../template/template.ts';
import { codeSpan, fence, prose } from './escape.ts';
import { editFor, type Fix } from './template-edit.ts';

export interface Suggestion {
  readonly path: string;
  /** Of the template, from 1. */
  readonly line: number;
  /** The line as it is. */
  readonly before: string;
  /** What takes its place: one line, or a few. */
  readonly after: readonly string[];
}

/** Undefined where the remedy is not that simple: the value comes from elsewhere, or from a function. */
export function suggestionFor(
  { fix: asked, path, logicalId, where }: Pick<Finding, 'fix' | 'path' | 'logicalId' | 'where'>,
  text: string,
): Suggestion | undefined {
  if (asked === undefined || path === undefined || !where) return undefined;
  const { template } = parseTemplate(text, where.file);
  const resource = template?.resources.get(logicalId);
  if (!template || !resource) return undefined;
  const steps = [...path.matchAll(/[^.[\]]+/g)].map(([step]) => step);
  const fix = asOthersHaveIt(asked, steps, template);
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const edit = editFor(resource, steps, fix, lines);
  if (!edit) return undefined;
  const { line, after } = edit;
  const before = lines[line - 1]!;
  // What cannot be shown as it is must not be proposed as what it looks like.
  if ([before, ...after].some((one) => clean(one) !== one)) return undefined;
  const edited = [...lines.slice(0, line - 1), ...after, ...lines.slice(line)].join('\n');
  const wanted = canonicalJson(withValue(plainOf(resource.properties), steps, fix));
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

/** A tag that other resources of the template have already gets the value that all of them give it. */
function asOthersHaveIt(fix: Fix, steps: readonly string[], { resources }: Template): Fix {
  if (!isObject(fix)) return fix;
  const { Key } = fix.add;
  const found = [...resources.values()].flatMap(({ properties }) => {
    const list = steps.reduce<Value | undefined>(
      (value, step) => (isObject(value) ? value[step] : undefined),
      plainOf(properties),
    );
    return Array.isArray(list) ? list.filter((item) => isObject(item) && item.Key === Key) : [];
  });
  const [one, ...more] = found.map((item) => item.Value);
  const isShared = typeof one === 'string' && one !== '' && more.every((other) => other === one);
  return isShared && Key !== undefined ? { add: { ...fix.add, Value: one } } : fix;
}

function plainOf(node: TemplateNode | undefined): Value {
  if (!node) return null;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainOf);
  if (node.kind === 'intrinsic') return { [node.name]: plainOf(node.argument) };
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plainOf(entry.value)]));
}

function withValue(value: Value, steps: readonly string[], fix: Fix): Value {
  const [step, ...rest] = steps;
  if (step === undefined) return isObject(fix) ? [fix.add, ...(Array.isArray(value) ? value : [])] : fix;
  if (Array.isArray(value))
    return value.map((item, i) => (i === Number(step) ? withValue(item, rest, fix) : item));
  const map = value as { readonly [key: string]: Value };
  return { ...map, [step]: withValue(map?.[step] ?? {}, rest, fix) };
}
