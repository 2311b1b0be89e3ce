import { type DestinationStream, type Logger, pino } from 'pino';
import { SlipwayError } from './error.ts';
import { scope } from './scope.ts';
import { traceIds } from './trace.ts';
import { tame } from './visible.ts';

/** What the use cases may log with; pino's, so that Probot and the queue can share it. */
export type Log = Logger;

/**
 * Structured lines on standard error, one JSON object each. Every line goes through `mask` as a whole: redaction
 * by path would miss a secret inside an error's message. Each says what the work in hand concerns: webhook, job,
 * repository, stack, run, and the trace where one is taken.
 */
export function createLog(options: {
  level: string;
  mask: (text: string) => string;
  /** Standard error unless told. */
  to?: DestinationStream;
}): Log {
  const { level, mask, to = pino.destination({ dest: 2, sync: true }) } = options;
  return pino(
    {
      level,
      base: null,
      mixin: concerning,
      serializers,
      hooks: { streamWrite: (line) => tame(mask(withinMasked(line, mask))) },
    },
    to,
  );
}

/** What a line says itself goes before it. */
function concerning(): object {
  const { origin, ...rest } = scope();
  return { ...(origin ? { delivery: origin.delivery } : {}), ...rest, ...traceIds() };
}

/**
 * Of an error what tells of it, and not what hangs on it: GitHub's client hangs the request on it with its body, and
 * Probot, of a webhook that nobody signed, the whole payload.
 */
const serializers = {
  err: (error: unknown) => (error instanceof Error ? errorFields(error, 0) : error),
  event: (event: { readonly id?: unknown; readonly name?: unknown }) => ({
    id: event?.id,
    name: event?.name,
  }),
};

/** Causes of causes are followed so far, and of several errors in one so many are told. */
const deepest = 4;

function errorFields(error: Error, depth: number): object {
  const { code, status, errors } = error as { code?: unknown; status?: unknown; errors?: unknown };
  const others = Array.isArray(errors) ? errors.filter((e) => e instanceof Error) : [];
  return {
    type: error.name,
    message: error.message,
    ...(isPlain(code) ? { code } : {}),
    ...(isPlain(status) ? { status } : {}),
    ...(error instanceof SlipwayError && error.problem.detail ? { detail: error.problem.detail } : {}),
    ...(depth === 0 ? { stack: error.stack } : {}),
    ...(error.cause instanceof Error && depth < deepest
      ? { cause: errorFields(error.cause, depth + 1) }
      : {}),
    ...(others.length > 0 && depth < deepest
      ? { errors: others.slice(0, deepest).map((other) => errorFields(other, depth + 1)) }
      : {}),
  };
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/**
 * The line, in which each text is masked as it was before it became JSON: what was escaped already then, such as JSON
 * that a server has quoted, is escaped twice now, and no mask knows it any more.
 */
function withinMasked(line: string, mask: (text: string) => string): string {
  if (!line.includes('\\')) return line;
  try {
    const masked = JSON.stringify(JSON.parse(line), (_, value) =>
      typeof value === 'string' ? mask(value) : value,
    );
    return `${masked}\n`;
  } catch {
    return line;
  }
}
