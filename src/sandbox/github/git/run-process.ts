/**
 * A process that does nothing but run git for the one that forked it, and ends with it. To start a program copies the
 * page tables of the process that starts it: from one with hundreds of megabytes that takes longer than git does.
 */
import { spawn } from 'node:child_process';
import type { Answer, Run } from './command.ts';

process.on('message', ({ id, directory, parameters, input, environment }: Run) => {
  const answer = (rest: Omit<Answer, 'id'>) => process.send?.({ id, ...rest });
  const child = spawn('git', parameters, {
    cwd: directory,
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.on('error', ({ message }) => answer({ failure: message }));
  // A git that refuses its arguments ends before it has read its input; the exit code says so better than EPIPE.
  child.stdin.on('error', () => {});
  child.on('close', (code) =>
    answer({
      output: {
        code: code ?? -1,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
      },
    }),
  );
  child.stdin.end(input);
});
