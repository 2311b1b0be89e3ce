import type { Terminal } from './terminal.ts';

/** What takes longer is told of; what does not would only flicker. */
const quietMs = 2_000;

/** A wait that is told of on the last line of a terminal, with its seconds, until it is ended. */
interface Waiting {
  end(): void;
}

/** Begins to wait. Nothing is shown for the first two seconds, nor where nobody looks. */
export function waiting(terminal: Pick<Terminal, 'status'>, words: string): Waiting {
  const began = performance.now();
  const timer = setInterval(() => {
    const ms = performance.now() - began;
    if (ms >= quietMs) terminal.status(`${words}: ${Math.floor(ms / 1_000)} s`);
  }, 1_000);
  // A wait is no reason for the process to live.
  timer.unref();
  return {
    end() {
      clearInterval(timer);
      terminal.status('');
    },
  };
}

/** Does the work, and tells that it is being waited for. */
export async function during<T>(
  terminal: Pick<Terminal, 'status'>,
  words: string,
  work: () => Promise<T>,
): Promise<T> {
  const wait = waiting(terminal, words);
  try {
    return await work();
  } finally {
    wait.end();
  }
}
