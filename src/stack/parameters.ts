import { type Diagnostic, hasErrors, sortDiagnostics } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { problem, quote } from '../template/problem.ts';
import { isBlank, readNodes } from '../template/read-nodes.ts';
import { kindOf } from '../template/sections.ts';
import type { MapNode, TemplateNode } from '../template/template.ts';
import type { ParameterValues } from './stack.ts';

export interface ParsedParameters {
  /** Only when there is no error. */
  readonly values?: ParameterValues;
  /** Where each value stands, by parameter name. */
  readonly positions: ReadonlyMap<string, SourceRange>;
  readonly diagnostics: Diagnostic[];
}

type ParameterValue = ParameterValues[string];

/**
 * Reads a parameter file: a flat map in YAML or JSON, or the list of `{ ParameterKey, ParameterValue }` that
 * CloudFormation's own commands take. An empty file is an empty map. Never throws.
 */
export function parseParameters(text: string, file: string): ParsedParameters {
  const diagnostics: Diagnostic[] = [];
  const values = new Map<string, ParameterValue>();
  const positions = new Map<string, SourceRange>();
  const root = isBlank(text) ? undefined : readNodes(text, file, diagnostics);
  const add = (name: string, node: TemplateNode, where: SourceRange): void => {
    if (values.has(name)) {
      diagnostics.push(
        problem('template-duplicate-key', where, `The parameter ${quote(name)} has two values`),
      );
      return;
    }
    const value = parameterValue(node, name, diagnostics);
    positions.set(name, node.where);
    if (value !== undefined) values.set(name, value);
  };
  if (root?.kind === 'map') {
    for (const [name, { keyWhere, value }] of root.entries) add(name, value, keyWhere);
  } else if (root?.kind === 'list') {
    for (const item of root.items) readPair(item, add, diagnostics);
  } else if (root) {
    diagnostics.push(
      problem(
        'template-parameter',
        root.where,
        `A parameter file is a mapping of names to values, not ${kindOf(root)}`,
        'Write one line a parameter: Name: value',
      ),
    );
  }
  const sorted = sortDiagnostics(diagnostics);
  if (hasErrors(sorted)) return { positions, diagnostics: sorted };
  return { values: Object.fromEntries(values), positions, diagnostics: sorted };
}

function readPair(
  item: TemplateNode,
  add: (name: string, node: TemplateNode, where: SourceRange) => void,
  diagnostics: Diagnostic[],
): void {
  const map: MapNode | undefined = item.kind === 'map' ? item : undefined;
  const key = map?.entries.get('ParameterKey')?.value;
  const value = map?.entries.get('ParameterValue')?.value;
  if (key?.kind !== 'scalar' || typeof key.value !== 'string' || !value) {
    diagnostics.push(
      problem(
        'template-parameter',
        item.where,
        'An item of a parameter list must have ParameterKey and ParameterValue',
        'Or write a mapping of names to values instead',
      ),
    );
    return;
  }
  add(key.value, value, key.where);
}

function parameterValue(
  node: TemplateNode,
  name: string,
  diagnostics: Diagnostic[],
): ParameterValue | undefined {
  if (node.kind === 'scalar' && node.value !== null) return node.value;
  if (node.kind === 'list') {
    const items = node.items.map((item) =>
      item.kind === 'scalar' && item.value !== null ? item.value : undefined,
    );
    if (!items.includes(undefined))
      return items.map((item) => (typeof item === 'number' ? item : String(item)));
  }
  diagnostics.push(
    problem(
      'template-parameter',
      node.where,
      `The value of ${quote(name)} must be text, a number or a list of these, not ${kindOf(node)}`,
      node.kind === 'intrinsic'
        ? 'A parameter file holds plain values; write functions in the template'
        : undefined,
    ),
  );
  return undefined;
}
