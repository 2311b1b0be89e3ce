import { type Logger, pino } from 'pino';
import { scope } from './scope.ts';
import { traceIds } from './trace.ts';

/** What the use cases may log with; pino's, so that Probot and the queue can share it. */
export type Log = Logger;

/**
 * Structured lines on standard error, one JSON object each. Every line goes through `mask` as a whole: redaction
 * by path would miss a secret inside an error's message. Each says what the work in hand concerns: webhook, job,
 * repository, stack, run, and the trace where one is taken.
 */
export function createLog(options: { level: string; mask: (text: string) => string }): Log {
  const { level, mask } = options;
  return pino(
    { level, base: null, mixin: concerning, hooks: { streamWrite: mask } },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** What a line says itself goes before it. */
function concerning(): object {
  const { origin, ...rest } = scope();
  return { ...(origin ? { delivery: origin.delivery } : {}), ...rest, ...traceIds() };
}
