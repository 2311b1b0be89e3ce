import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { problem } from '../template/problem.ts';
import type { Template, TemplateNode } from '../template/template.ts';
import type { ResolvedParameter } from './resolve-parameters.ts';
import type { Expression, StackId } from './stack.ts';

/** What folding asks of the world. Undefined is 'not known': an error when resolving, a note when only asking. */
export interface Lookups {
  readonly stack: StackId | undefined;
  readonly stackName: string | undefined;
  readonly region: string | undefined;
  readonly account: string | undefined;
  readonly partition: string | undefined;
  zones(region: string): readonly string[] | undefined;
  ssm(name: string): string | undefined;
  exported(name: string): string | undefined;
  /** Whether the export is left in the expression. */
  isLate(name: string): boolean;
  secret(reference: string): void;
}

/** One folding of one template: what it is given, and what it finds. */
export interface Folding {
  readonly template: Template;
  readonly lookups: Lookups;
  readonly parameters: ReadonlyMap<string, ResolvedParameter>;
  readonly diagnostics: Diagnostic[];
  /** Conditions that are decided; `open` while one is being decided, undefined when it hangs on something unknown. */
  readonly conditions: Map<string, boolean | 'open' | undefined>;
  /** What folding may still make: see `spend`. */
  readonly allowance: { left: number };
}

/**
 * How many characters of text, and items of lists, the functions of one template may make in all: a Sub inside a Sub
 * grows like an alias bomb. A hundred times what a large template makes, and a fraction of a process's memory.
 */
export const allowance = 20_000_000;

/** Whether so much may still be made. Where not, that is reported once, and nothing more is made. */
export function spend(folding: Folding, node: TemplateNode, amount: number): boolean {
  const { allowance } = folding;
  if (allowance.left < 0) return false;
  allowance.left -= amount;
  if (allowance.left >= 0) return true;
  const summary = 'The functions of this template make too much text';
  folding.diagnostics.push(
    problem('template-intrinsic', node.where, summary, 'Do not repeat what is long inside of itself'),
  );
  return false;
}

/** One value being folded, and what is noted on the way. */
export interface Site {
  readonly folding: Folding;
  /** Logical ids that the value refers to. */
  readonly references: Set<string>;
  /** Inside a condition: NoEcho parameters give their text, resources give nothing. */
  readonly inCondition: boolean;
  /** Where the parts of the value stand, by path; undefined where nobody asks. */
  readonly positions?: Map<string, SourceRange>;
}

/** What `AWS::NoValue` folds to: its property or item is left out. */
export const absent = Symbol('AWS::NoValue');
export type Folded = Expression | typeof absent;

export function report(
  site: { readonly folding: Folding },
  node: TemplateNode,
  summary: string,
  remedy?: string,
): void {
  site.folding.diagnostics.push(problem('template-intrinsic', node.where, summary, remedy));
}
