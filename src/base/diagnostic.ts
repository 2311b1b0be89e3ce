import type { Code } from './codes.ts';
import { formatSource, type SourceRange } from './source.ts';
import { clean } from './visible.ts';

/**
 * Something to tell a person about their input: what, where, and what to do. Collected, not thrown, so that one
 * pass finds everything. Shape after Terraform's `tfdiags`.
 */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: Code;
  /** One sentence without a full stop. Never holds a secret. */
  readonly summary: string;
  readonly detail?: string;
  /** What to do about it, in the imperative. */
  readonly remedy?: string;
  readonly where?: SourceRange;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** By file, line, column and then text, so that output is the same whatever order the checks ran in. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const rank = (d: Diagnostic) => [d.where?.file ?? '', d.where?.line ?? 0, d.where?.column ?? 0] as const;
  return [...diagnostics].sort((a, b) => {
    const [fileA, lineA, columnA] = rank(a);
    const [fileB, lineB, columnB] = rank(b);
    return (
      fileA.localeCompare(fileB) || lineA - lineB || columnA - columnB || a.summary.localeCompare(b.summary)
    );
  });
}

/** Plain text for a terminal or a log: `file:line:column: error: summary (code)`, then detail and remedy. */
export function formatDiagnostic(d: Diagnostic): string {
  const head = `${d.where ? `${formatSource(d.where)}: ` : ''}${d.severity}: ${d.summary} (${d.code})`;
  // Names come from templates: none of them may command a terminal.
  return clean([head, d.detail && `  ${d.detail}`, d.remedy && `  ${d.remedy}`].filter(Boolean).join('\n'));
}
