import { createProgram } from '../../src/cli/program.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process, as a terminal without colours and without anybody to ask. */
export function runSlipway(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  ...args: readonly string[]
): Promise<Ran> {
  return runAnswered(undefined, cwd, env, args);
}

/** The same with somebody there, who gives this answer to whatever is asked. */
export async function runAnswered(
  answer: string | undefined,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Promise<Ran> {
  let out = '';
  let err = '';
  const program = createProgram({
    cwd,
    env,
    color: false,
    errorColor: false,
    interactive: answer !== undefined,
    status: () => {},
    out: (text) => {
      out += `${text}\n`;
    },
    err: (text) => {
      err += `${text}\n`;
    },
    ask: (question) => {
      err += `${question}\n`;
      if (answer === undefined) throw new Error('nobody is there to be asked');
      return Promise.resolve(answer);
    },
  });
  return { code: await program.run(args), out, err };
}
