import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { didYouMean, problem, quote } from './problem.ts';
import type { MapEntry, MapNode, TemplateNode } from './template.ts';

/** What the section readers have in common: expecting a kind of node, and saying so when it is another. */
export interface Expecting {
  readonly diagnostics: Diagnostic[];
  fail(where: SourceRange, summary: string, remedy?: string): undefined;
  map(node: TemplateNode, what: string): MapNode | undefined;
  text(node: TemplateNode, what: string): string | undefined;
  /** Reports each key of `map` that is not in `known`. `what` is what has the key: `A parameter`. */
  onlyKeys(map: MapNode, known: readonly string[], what: string): void;
  /** Reports names that are not letters and digits. */
  logicalName(name: string, entry: MapEntry, what: string): boolean;
}

export function expecting(diagnostics: Diagnostic[]): Expecting {
  const fail = (where: SourceRange, summary: string, remedy?: string): undefined => {
    diagnostics.push(problem('template-section', where, summary, remedy));
  };
  return {
    diagnostics,
    fail,
    map(node, what) {
      if (node.kind === 'map') return node;
      return fail(node.where, `${what} must be a mapping, not ${kindOf(node)}`);
    },
    text(node, what) {
      if (node.kind === 'scalar' && node.value !== null) return String(node.value);
      return fail(node.where, `${what} must be text, not ${kindOf(node)}`);
    },
    onlyKeys(map, known, what) {
      for (const [key, { keyWhere }] of map.entries) {
        if (known.includes(key)) continue;
        fail(
          keyWhere,
          `${what} has no key ${quote(key)}`,
          didYouMean(key, known, `It has ${known.join(', ')}`),
        );
      }
    },
    logicalName(name, { keyWhere }, what) {
      if (/^[A-Za-z0-9]{1,255}$/.test(name)) return true;
      fail(keyWhere, `${what} name ${quote(name)} is not made of letters and digits only`, 'Rename it');
      return false;
    },
  };
}

export function kindOf(node: TemplateNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'intrinsic') return node.name;
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? 'text' : `a ${typeof node.value}`;
}
