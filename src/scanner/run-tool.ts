import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { findIsolation } from './isolation.ts';
import { failed, type Scanned } from './scanner.ts';

/** A tool's command, and the one file that it is given. */
export interface ToolRun {
  readonly command: readonly string[];
  /** Besides PATH and HOME, which is the folder that it runs in. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly input: { readonly name: string; readonly text: string };
  /** The file that it writes its result to, in its folder; standard output where there is none. */
  readonly output?: string;
}

export type ToolResult =
  | {
      readonly kind: 'ended';
      readonly exitCode: number | null;
      readonly output: string;
      readonly stderr: string;
    }
  | Extract<Scanned, { kind: 'failed' }>;

const mostOutput = 16 * 1024 * 1024;
const mostStderr = 64 * 1024;

// They think more than they wait: more at once than there are processors only makes each of them late.
const slots = pLimit(availableParallelism());

/**
 * Runs a tool in a fresh folder that holds nothing but its input, with nothing of our environment but PATH, without a
 * network where the platform allows, and ends it and all that it started when its time is over. Never rejects.
 */
export function runTool(run: ToolRun): Promise<ToolResult> {
  return slots(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-scan-'));
    try {
      await writeFile(join(folder, run.input.name), run.input.text);
      return await runIn(folder, run);
    } catch (error) {
      return failed(
        `It could not be run: ${(error as Error).message}`,
        'Have the operator look at the machine that Slipway runs on.',
      );
    } finally {
      await rm(folder, { recursive: true, force: true }).catch(() => {});
    }
  });
}

async function runIn(folder: string, run: ToolRun): Promise<ToolResult> {
  const { timeoutMs, output } = run;
  const ended = await untilEnded(folder, run);
  const name = run.command[0]!;
  if (ended.why === 'missing') {
    return failed(`${name} could not be started`, `Have the operator install ${name} where Slipway runs.`);
  }
  if (ended.why === 'time') {
    const remedy = 'Have the operator raise its timeout, or make it faster.';
    return failed(`It took longer than ${timeoutMs / 1000} s and was ended`, remedy);
  }
  const tooMuch = failed(
    `It wrote more than ${mostOutput / 1024 / 1024} MB and was ended`,
    'Have the operator make it write less.',
  );
  if (ended.why === 'output') return tooMuch;
  const { exitCode, stdout, stderr } = ended;
  if (output === undefined) return { kind: 'ended', exitCode, output: stdout, stderr };
  const written = await readOutput(join(folder, output));
  return written === undefined ? tooMuch : { kind: 'ended', exitCode, output: written, stderr };
}

interface Ended {
  readonly why: 'itself' | 'missing' | 'time' | 'output';
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function untilEnded(folder: string, { command, environment, timeoutMs }: ToolRun): Promise<Ended> {
  const [program, ...args] = [...(await findIsolation()), ...command];
  return new Promise((resolve) => {
    const child = spawn(program!, args, {
      cwd: folder,
      env: { LANG: 'C.UTF-8', ...environment, PATH: process.env.PATH ?? '', HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what it starts ends with it.
      detached: true,
    });
    let why: Ended['why'] = 'itself';
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let [written, complained] = [0, 0];
    const end = (reason: Ended['why']) => {
      if (why !== 'itself') return;
      why = reason;
      killGroup(child.pid);
      // What left the group may hold the pipes open.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(() => end('time'), timeoutMs);
    child.stdout.on('data', (part: Buffer) => {
      written += part.length;
      if (written > mostOutput) end('output');
      else stdout.push(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      complained += part.length;
      if (complained <= mostStderr) stderr.push(part);
    });
    const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString('utf8');
    child.once('error', () => {
      clearTimeout(timer);
      resolve({ why: 'missing', exitCode: null, stdout: '', stderr: '' });
    });
    // It has ended; what it left behind must not go on, nor hold the pipes.
    child.once('exit', () => killGroup(child.pid));
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      // Behind `unshare` a program that is not there is found out by a shell's code for it.
      const isMissing = why === 'itself' && (exitCode === 127 || exitCode === 126) && written === 0;
      resolve({ why: isMissing ? 'missing' : why, exitCode, stdout: text(stdout), stderr: text(stderr) });
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

/** Empty where there is none; undefined where it is too large. A link in its place leads nowhere. */
async function readOutput(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (!file) return '';
  try {
    const found = await file.stat();
    if (!found.isFile()) return '';
    return found.size > mostOutput ? undefined : await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
