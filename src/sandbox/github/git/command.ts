/**
 * Real git, run as a program. In: argument arrays and bytes. Out: bytes, object ids and plain data about commits,
 * trees and differences. Nothing here knows what a pull request is, and nothing goes through a shell.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What one run of git answered. */
export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Options of one run. `accept` lists exit codes, beside 0, that are answers rather than failures. */
export interface GitOptions {
  readonly input?: string | Buffer;
  readonly environment?: Readonly<Record<string, string>>;
  readonly accept?: readonly number[];
}

/** Settings for every run, given through the environment so that a repository needs no configuration of its own. */
const settings: Readonly<Record<string, string>> = {
  'core.quotePath': 'false',
  'diff.renames': 'true',
  'fastimport.unpackLimit': '100000',
  'gc.auto': '0',
  'http.receivepack': 'true',
  'init.defaultBranch': 'main',
  'merge.conflictStyle': 'merge',
  'receive.autogc': 'false',
  'receive.hideRefs': 'refs/pull',
  'safe.directory': '*',
  'uploadpack.allowAnySHA1InWant': 'true',
  'uploadpack.allowFilter': 'true',
};

/** Variables that give git these settings beside the usual ones, for one run. */
export function withSettings(more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries({ ...settings, ...more });
  return {
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/** The environment git runs in: none of the machine's own configuration, so that every machine answers the same. */
export const gitEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  LC_ALL: 'C',
  TZ: 'UTC',
  HOME: devNull,
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  ...withSettings({}),
};

/** What the process that runs git is sent. */
export interface Run {
  readonly id: number;
  readonly directory: string;
  readonly parameters: readonly string[];
  readonly input: string | Buffer;
  readonly environment: Readonly<Record<string, string>>;
}

/** What it sends back: what git printed, or why there is no git. */
export interface Answer {
  readonly id: number;
  readonly output?: GitOutput;
  readonly failure?: string;
}

const program = fileURLToPath(new URL('./run-process.ts', import.meta.url));
const waiting = new Map<number, (answer: Answer) => void>();
let lastId = 0;
let runner: ChildProcess | undefined;

/**
 * Runs git in a directory and resolves with what it printed; rejects when it ends with a code that is neither 0 nor
 * in `accept`, with git's own words.
 */
export async function runGit(
  directory: string,
  parameters: readonly string[],
  options: GitOptions = {},
): Promise<GitOutput> {
  const { output, failure } = await inRunner({
    id: ++lastId,
    directory,
    parameters,
    input: options.input ?? '',
    environment: { ...gitEnvironment, ...options.environment },
  });
  if (!output) throw new Error(`git ${parameters.join(' ')}: ${failure}`);
  if (output.code === 0 || options.accept?.includes(output.code)) return output;
  throw new Error(`git ${parameters.join(' ')} ended with ${output.code}: ${output.stderr.trim()}`);
}

function inRunner(run: Run): Promise<Answer> {
  runner ??= startRunner();
  // What waits for git keeps this process alive, and nothing else does.
  if (waiting.size === 0) {
    runner.ref();
    runner.channel?.ref();
  }
  runner.send(run);
  return new Promise((resolve) => waiting.set(run.id, resolve));
}

function startRunner(): ChildProcess {
  const started = fork(program, {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const answer = (found: Answer) => {
    const resolve = waiting.get(found.id);
    waiting.delete(found.id);
    if (waiting.size === 0) {
      started.unref();
      started.channel?.unref();
    }
    resolve?.(found);
  };
  started.on('message', answer);
  started.on('exit', () => {
    runner = undefined;
    for (const id of [...waiting.keys()]) answer({ id, failure: 'the process that runs git has ended' });
  });
  return started;
}

/** Like {@link runGit}, for commands whose answer is one line, such as an object id. */
export async function gitLine(
  directory: string,
  parameters: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  return (await runGit(directory, parameters, options)).stdout.toString().trim();
}
