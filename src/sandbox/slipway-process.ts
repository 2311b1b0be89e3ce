import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SlipwayError } from '../base/error.ts';

const program = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

/** Slipway as it is really run: `slipway start` in a process of its own, configured by its environment. */
export interface SlipwayProcess {
  readonly url: string;
  readonly pid: number;
  /** Whether it has not ended, by itself or otherwise. */
  isRunning(): boolean;
  /** Everything it logged so far. */
  log(): string;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>;
  /** kill -9: it gets no chance to tidy up. */
  kill(): Promise<void>;
}

export interface SlipwayProcessOptions {
  /** Where it keeps its database, and its working directory. */
  readonly directory: string;
  readonly port: number;
  readonly github: { readonly url: string };
  readonly app: { readonly appId: number; readonly privateKey: string };
  readonly webhookSecret: string;
  /** AWS endpoint and credentials, DATABASE_URL, whatever else. */
  readonly environment: Readonly<Record<string, string>>;
}

const readyWithinMs = 120_000;

/** Starts Slipway against a GitHub on this machine and resolves when it is ready. */
export async function startSlipway(options: SlipwayProcessOptions): Promise<SlipwayProcess> {
  const github = new URL(options.github.url);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'start'], {
    cwd: options.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
      HOME: options.directory,
      APP_ID: String(options.app.appId),
      PRIVATE_KEY: options.app.privateKey,
      WEBHOOK_SECRET: options.webhookSecret,
      GHE_HOST: github.host,
      GHE_PROTOCOL: github.protocol.replace(':', ''),
      HOST: '127.0.0.1',
      PORT: String(options.port),
      LOG_LEVEL: 'info',
      // The sandbox has no limits that spacing out writes would respect.
      SLIPWAY_GITHUB_THROTTLE: 'off',
      ...options.environment,
    },
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  }
  const ended = once(child, 'exit');
  // Left behind, it would keep its port and its database for ever.
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const end = async (signal: NodeJS.Signals) => {
    process.off('exit', onExit);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await ended;
    }
  };
  const url = `http://127.0.0.1:${options.port}`;
  const running: SlipwayProcess = {
    url,
    pid: child.pid!,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    log: () => lines.join(''),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
  await untilReady(url, child, running);
  return running;
}

async function untilReady(
  url: string,
  child: ReturnType<typeof spawn>,
  running: SlipwayProcess,
): Promise<void> {
  const until = Date.now() + readyWithinMs;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await running.kill();
  throw new SlipwayError('service-failed', {
    summary: 'Slipway did not start',
    detail: running.log().split('\n').slice(-20).join('\n'),
  });
}
