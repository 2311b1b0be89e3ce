/**
 * cli/ is the edge to a terminal: commands/<verb>.ts, one a verb. In: arguments, environment, files. Out: text or
 * JSON and an exit code: 0 fine, 1 error, 2 the plan has changes (`--detailed-exitcode`), 3 stopped on the way. It
 * decides nothing.
 */
import { createInterface } from 'node:readline/promises';
import { createColors } from 'picocolors';

/** Where a command's words go. Standard output is for results, standard error for progress and complaints. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether standard output may have colours: a terminal that does not refuse them (https://no-color.org). */
  readonly color: boolean;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  out(text: string): void;
  err(text: string): void;
  /** No answer, an empty text, when `signal` aborts first. */
  ask(question: string, signal: AbortSignal): Promise<string>;
}

export function processTerminal(): Terminal {
  const { NO_COLOR, TERM } = process.env;
  return {
    env: process.env,
    cwd: process.cwd(),
    color: process.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb',
    interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    async ask(question, signal) {
      const prompt = createInterface({ input: process.stdin, output: process.stderr });
      // In its raw mode Ctrl-C is a key like any other, and the process would not hear of it.
      prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      try {
        return (await prompt.question(question, { signal })).trim();
      } catch (error) {
        if (signal.aborted) return '';
        throw error;
      } finally {
        prompt.close();
      }
    },
  };
}

export function colors(terminal: Terminal): ReturnType<typeof createColors> {
  return createColors(terminal.color);
}
