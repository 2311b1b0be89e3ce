import type { Code } from '../base/codes.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { didYouMean, problem, quote } from './problem.ts';
import type { Template } from './template.ts';
import type { TypeSchemas } from './type-schema.ts';

/** What the checks of one template share. */
export interface Checking {
  readonly template: Template;
  readonly typeSchemas: TypeSchemas;
  readonly diagnostics: Diagnostic[];
}

/** Where a value stands, which decides which functions and references it may hold. */
export interface Place {
  readonly kind: 'property' | 'condition' | 'output' | 'export' | 'metadata';
  /** Notes that the value refers to a resource; absent where that makes no edge. */
  readonly edge?: (logicalId: string, where: SourceRange) => void;
}

export function fail(
  checking: Checking,
  code: Code,
  where: SourceRange,
  summary: string,
  remedy?: string,
): void {
  checking.diagnostics.push(problem(code, where, summary, remedy));
}

/** Reports a condition that is used and not declared. */
export function checkConditionName(name: string, where: SourceRange, checking: Checking): void {
  const { conditions } = checking.template;
  if (conditions.has(name)) return;
  fail(
    checking,
    'template-reference',
    where,
    `There is no condition ${quote(name)}`,
    didYouMean(name, conditions.keys(), 'Declare it in Conditions'),
  );
}

/** Like `fail`, of what may be meant so. */
export function warn(
  checking: Checking,
  code: Code,
  where: SourceRange,
  summary: string,
  remedy?: string,
): void {
  checking.diagnostics.push({ ...problem(code, where, summary, remedy), severity: 'warning' });
}
