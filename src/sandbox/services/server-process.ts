import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../base/error.ts';
import { freePort } from './free-port.ts';
import { guard } from './guard.ts';
import type { OnProgress } from './service.ts';

/** How to run a server on a port that we choose, and how to tell that it answers. */
export interface ServerCommand {
  readonly name: string;
  readonly program: string;
  arguments(port: number): readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Who runs it, when not we ourselves. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What it prints once it listens. Only its own output proves that it is *our* server on the port. */
  readonly ready: RegExp;
  /** Its words for a port that somebody else has. */
  readonly portTaken: RegExp;
  /** Resolves when a first real request was answered, and rejects while it is not. */
  probe(port: number): Promise<void>;
  readonly stopSignal: 'TERM' | 'INT';
  /** Where it runs, and what is removed when it has ended. */
  readonly dataFolder?: string;
  readonly onProgress?: OnProgress;
}

export interface ServerProcess {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** Ends it by this signal, which gives it no time to tidy up, and starts it on the same port with the same data. */
  crash(signal: NodeJS.Signals): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = 5_000;
const SLOW_AFTER_MS = 2_000;
const PORTS_TO_TRY = 5;
const LINES_KEPT = 20;

/**
 * Starts the server on a free loopback port and resolves when it answers. Its output goes nowhere but into
 * the message of the error when it does not start. The server ends with `stop()`, or with this process.
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const outcome = await tryPort(command, port);
    if (outcome.kind === 'running') return startedAgain(command, outcome);
    if (!command.portTaken.test(outcome.output) || attempt === PORTS_TO_TRY) {
      if (command.dataFolder !== undefined) await rm(command.dataFolder, { recursive: true, force: true });
      throw new SlipwayError('service-failed', {
        summary: `${command.name} did not start: ${outcome.why}`,
        ...(outcome.output === '' ? {} : { detail: `Its last lines were:\n${outcome.output}` }),
      });
    }
  }
}

type Outcome = Running | { readonly kind: 'failed'; readonly why: string; readonly output: string };

interface Running {
  readonly kind: 'running';
  readonly port: number;
  readonly pid: number;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** A server that can be replaced by another one of the same port and data. */
function startedAgain(command: ServerCommand, first: Running): ServerProcess {
  let current = first;
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await current.end(`SIG${command.stopSignal}`);
    if (command.dataFolder !== undefined) await rm(command.dataFolder, { recursive: true, force: true });
  };
  return {
    port: first.port,
    get pid() {
      return current.pid;
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    async crash(signal) {
      await current.end(signal);
      const outcome = await tryPort(command, first.port);
      if (outcome.kind === 'failed') {
        const detail = outcome.output;
        throw new SlipwayError('service-failed', { summary: `${command.name}: ${outcome.why}`, detail });
      }
      current = outcome;
    },
  };
}

async function tryPort(command: ServerCommand, port: number): Promise<Outcome> {
  const child = spawn(command.program, [...command.arguments(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...command.environment },
    // Ctrl-C in a terminal goes to us alone: we end the server when its clients are done with it.
    detached: true,
    ...command.user,
    ...(command.dataFolder === undefined ? {} : { cwd: command.dataFolder }),
  });
  const output = keepLastLines([child.stdout, child.stderr]);
  const closed = once(child, 'close').catch(() => {});
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
  const pid = child.pid;
  if (pid === undefined) return { kind: 'failed', why: await ended, output: '' };

  const watch = guard(pid, command.stopSignal, command.dataFolder);
  child.once('exit', () => watch.dismiss());

  const settled = new AbortController();
  const why = await Promise.race([untilAnswers(command, port, output, settled.signal), ended]);
  settled.abort();
  if (why !== undefined) {
    await end(child, ended, `SIG${command.stopSignal}`);
    // The last lines may come after the exit; a grandchild that keeps the pipe open must not hold us up.
    await Promise.race([closed, sleep(500)]);
    return { kind: 'failed', why, output: output.text() };
  }

  // A program that forgets to stop its servers still ends, and the guard then ends them.
  child.unref();
  for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
  return { kind: 'running', port, pid, end: (signal) => end(child, ended, signal) };
}

/** `undefined` once the server answered; else why it is taken to have failed. */
async function untilAnswers(
  command: ServerCommand,
  port: number,
  output: LastLines,
  settled: AbortSignal,
): Promise<string | undefined> {
  const begun = Date.now();
  let told = false;
  let problem = 'it never said that it listens';
  while (!settled.aborted && Date.now() - begun < READY_WITHIN_MS) {
    if (command.ready.test(output.text())) {
      const error = await command.probe(port).then(
        () => undefined,
        (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
      );
      if (error === undefined) return undefined;
      problem = error;
    }
    if (!told && Date.now() - begun > SLOW_AFTER_MS) {
      told = true;
      command.onProgress?.(`waiting for ${command.name} to answer`);
    }
    await sleep(25);
  }
  return `it did not answer within ${READY_WITHIN_MS / 1000} s (${problem})`;
}

async function end(child: ChildProcess, ended: Promise<string>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

interface LastLines {
  text(): string;
}

function keepLastLines(streams: readonly Readable[]): LastLines {
  let kept = '';
  for (const stream of streams) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      kept = (kept + text).split('\n').slice(-LINES_KEPT).join('\n');
    });
  }
  return { text: () => kept.trim() };
}
