import type { Code } from './codes.ts';
import { type Diagnostic, formatDiagnostic } from './diagnostic.ts';
import type { SourceRange } from './source.ts';

/** What went wrong, in words for the person who can do something about it. Never holds a secret. */
export interface Problem {
  readonly summary: string;
  readonly detail?: string;
  readonly remedy?: string;
  readonly where?: SourceRange;
  /** The whole list, where one pass found several. */
  readonly diagnostics?: readonly Diagnostic[];
  readonly cause?: unknown;
}

/** The one error that Slipway throws on purpose. Anything else that surfaces is a defect ('internal'). */
export class SlipwayError extends Error {
  readonly code: Code;
  readonly problem: Problem;

  constructor(code: Code, problem: Problem) {
    super(problem.summary, problem.cause === undefined ? undefined : { cause: problem.cause });
    this.name = 'SlipwayError';
    this.code = code;
    this.problem = problem;
  }
}

/** All the diagnostics that an error carries: its own list, or itself as a list of one. */
export function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof SlipwayError)) {
    return [{ severity: 'error', code: 'internal', summary: 'Slipway itself failed; its log says why' }];
  }
  const { diagnostics, summary, detail, remedy, where } = error.problem;
  if (diagnostics && diagnostics.length > 0) return diagnostics;
  return [
    {
      severity: 'error',
      code: error.code,
      summary,
      ...(detail === undefined ? {} : { detail }),
      ...(remedy === undefined ? {} : { remedy }),
      ...(where === undefined ? {} : { where }),
    },
  ];
}

/** The error as text for a terminal: every diagnostic, no stack trace. */
export function formatError(error: unknown): string {
  return diagnosticsOf(error).map(formatDiagnostic).join('\n');
}
