import { type Logger, pino } from 'pino';

/** What the use cases may log with; pino's, so that Probot and the queue can share it. */
export type Log = Logger;

/**
 * Structured lines on standard error, one JSON object each. Every line goes through `mask` as a whole: redaction
 * by path would miss a secret inside an error's message.
 */
export function createLog(options: { level: string; mask: (text: string) => string }): Log {
  const { level, mask } = options;
  return pino({ level, base: null, hooks: { streamWrite: mask } }, pino.destination({ dest: 2, sync: true }));
}
