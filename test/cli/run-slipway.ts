import { createProgram } from '../../src/cli/program.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process, as a terminal without colours and without anybody to ask. */
export async function runSlipway(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  ...args: readonly string[]
): Promise<Ran> {
  let out = '';
  let err = '';
  const program = createProgram({
    cwd,
    env,
    color: false,
    interactive: false,
    out: (text) => {
      out += `${text}\n`;
    },
    err: (text) => {
      err += `${text}\n`;
    },
    ask: () => Promise.reject(new Error('nobody is there to be asked')),
  });
  return { code: await program.run(args), out, err };
}
