import { type CelValue, isCelError, parse, plan } from '@bufbuild/cel';
import { createEnvironment } from './environment.ts';
import { exhausted, limits, type Meter, refuseSource } from './limits.ts';
import { type ExpressionProblem, rewrite, type Variables } from './rewrite.ts';
import { type Trouble, troubleOf } from './undecided.ts';

export type Outcome = { readonly kind: 'value'; readonly value: CelValue } | Trouble;

/** Values by variable name. A getter is called only by an expression that uses the name. */
export type Bindings = { readonly [name: string]: CelValue };

export interface Expression {
  readonly source: string;
  /** Never throws, never asks a clock; takes at most `budget.left` steps and takes them from it. */
  evaluate(bindings: Bindings, budget?: Budget): Outcome;
}

/** Steps that several evaluations share. */
export interface Budget {
  left: number;
}

const meter: Meter = { used: 0, limit: 0 };
const environment = createEnvironment(meter);

interface Compiled {
  readonly expression?: Expression;
  readonly problems: readonly ExpressionProblem[];
}

/** Parses and checks once; evaluate often. Gives the expression, or everything that is wrong with it. */
export function compileExpression(source: string, variables: Variables): Compiled {
  const refused = refuseSource(source);
  if (refused) return { problems: [{ summary: refused.reason, offset: refused.offset }] };
  const parsed = tryParse(source);
  if ('problem' in parsed) return { problems: [parsed.problem] };
  const { expr, problems } = rewrite(parsed.parsed, environment, variables);
  if (problems.length > 0) return { problems };
  const run = plan(environment, expr);
  const evaluate: Expression['evaluate'] = (bindings, budget = { left: limits.steps }) => {
    meter.used = 0;
    meter.limit = Math.min(limits.steps, budget.left);
    const result = withoutStackTraces(() => run(bindings));
    budget.left -= Math.min(meter.used, meter.limit);
    // Looked at before the result: `||` may have absorbed the error, and an answer made of half the work is none.
    if (meter.used > meter.limit) return { kind: 'error', reason: exhausted(meter.limit) };
    return isCelError(result) ? troubleOf(result) : { kind: 'value', value: result };
  };
  return { expression: { source, evaluate }, problems: [] };
}

/** The same of what is known to be right, compiled when it is first evaluated: most are never asked anything. */
export function deferExpression(source: string, variables: Variables): Compiled {
  let compiled: Compiled | undefined;
  const evaluate: Expression['evaluate'] = (bindings, budget) => {
    compiled ??= compileExpression(source, variables);
    const { expression, problems } = compiled;
    return expression?.evaluate(bindings, budget) ?? { kind: 'error', reason: problems[0]!.summary };
  };
  return { expression: { source, evaluate }, problems: [] };
}

/**
 * CEL makes an error object for every operand that `&&` and `||` absorb, and nobody reads where it was thrown.
 * Recording that takes longer than the rest of the evaluation. Restored before anything else runs.
 */
function withoutStackTraces<T>(evaluate: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return evaluate();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function tryParse(source: string): { parsed: ReturnType<typeof parse> } | { problem: ExpressionProblem } {
  try {
    return { parsed: parse(source) };
  } catch (error) {
    const { location, rawMessage } = error as {
      location?: { start?: { offset?: number } };
      rawMessage?: string;
    };
    const reason = (rawMessage ?? (error as Error).message).split(' but expecting ')[0]!;
    return {
      problem: {
        summary: `it is not CEL: ${reason} where it does not belong`,
        offset: location?.start?.offset ?? 0,
      },
    };
  }
}
