/**
 * cli/ is the edge to a terminal: commands/<verb>.ts, one a verb. In: arguments, environment, files. Out: text or
 * JSON and one of the exit codes. It decides nothing.
 */
import { createInterface } from 'node:readline/promises';
import { createColors } from 'picocolors';
import { tame } from '../base/visible.ts';

/** The exit codes, for `--help`: they are a promise to scripts. */
export const exitCodes = {
  fine: '0 fine',
  error: '1 error',
  changes: '2 changes or drift (with --detailed-exitcode)',
  stopped: '3 stopped on the way',
  newer: '75 a newer version has changed the database (start)',
  killed: '130 or 143 ended at once by a second signal',
} as const;

/** Where a command's words go. Standard output is for results, standard error for progress and complaints. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether standard output may have colours: a terminal that does not refuse them (https://no-color.org). */
  readonly color: boolean;
  /** The same of standard error. */
  readonly errorColor: boolean;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  out(text: string): void;
  err(text: string): void;
  /** What is being waited for, on a line that the next words take the place of; nothing where nobody looks. */
  status(text: string): void;
  /** No answer, an empty text, when `signal` aborts first. */
  ask(question: string, signal: AbortSignal): Promise<string>;
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const maySpeakColor = !env.NO_COLOR && env.TERM !== 'dumb';
  const live = stderr.isTTY === true && env.TERM !== 'dumb';
  // Who reads may have seen enough, as `head` has. What is being done to the cloud must not end half-way for that.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  let shown = false;
  const status = (text: string) => {
    if (!live || (text === '' && !shown)) return;
    shown = text !== '';
    // Back to the beginning of the line, and what stood there erased.
    stderr.write(`\r\x1b[K${text}`);
  };
  return {
    env,
    cwd: process.cwd(),
    color: stdout.isTTY === true && maySpeakColor,
    errorColor: stderr.isTTY === true && maySpeakColor,
    interactive: stdin.isTTY === true && stdout.isTTY === true,
    out: (text) => {
      status('');
      stdout.write(`${tame(text)}\n`);
    },
    err: (text) => {
      status('');
      stderr.write(`${tame(text)}\n`);
    },
    status,
    async ask(question, signal) {
      const prompt = createInterface({ input: stdin, output: stderr });
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

/** For words on standard output. */
export function colors({ color }: Pick<Terminal, 'color'>): ReturnType<typeof createColors> {
  return createColors(color);
}
