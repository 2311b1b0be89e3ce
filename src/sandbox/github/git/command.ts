/**
 * Real git, run as a program. In: argument arrays and bytes. Out: bytes, object ids and plain data about commits,
 * trees and differences. Nothing here knows what a pull request is, and nothing goes through a shell.
 */
import { spawn } from 'node:child_process';
import { devNull } from 'node:os';

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

/**
 * Runs git in a directory and resolves with what it printed; rejects when it ends with a code that is neither 0 nor
 * in `accept`, with git's own words.
 */
export function runGit(
  directory: string,
  parameters: readonly string[],
  options: GitOptions = {},
): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', parameters, {
      cwd: directory,
      env: { ...gitEnvironment, ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    // A git that refuses its arguments ends before it has read its input; the exit code says so better than EPIPE.
    child.stdin.on('error', () => {});
    child.on('close', (code) => {
      const output = {
        code: code ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      };
      if (output.code === 0 || options.accept?.includes(output.code)) return resolve(output);
      reject(new Error(`git ${parameters.join(' ')} ended with ${output.code}: ${output.stderr.trim()}`));
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Like {@link runGit}, for commands whose answer is one line, such as an object id. */
export async function gitLine(
  directory: string,
  parameters: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  return (await runGit(directory, parameters, options)).stdout.toString().trim();
}
