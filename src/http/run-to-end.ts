import type { Clock } from '../base/clock.ts';
import type { RunningServer } from './serve.ts';

/** Told to supervisors: start what is there by now. EX_TEMPFAIL of sysexits.h. */
export const outdatedCode = 75;

/**
 * So long webhooks are still taken after a newer version has changed the database: until whoever hands them out has
 * asked `/readyz`, which `deploy/` does every five seconds and believes the second time.
 */
export const drainMs = 12_000;

/** Runs the server until `end` aborts, or until a newer version has taken over. Gives the exit code. */
export async function runToEnd(
  server: Pick<RunningServer, 'outdated' | 'stop'>,
  end: AbortSignal,
  clock: Pick<Clock, 'sleep'>,
  tell: (text: string) => void,
): Promise<number> {
  const asked = new Promise<void>((resolve) => {
    end.addEventListener('abort', () => resolve(), { once: true });
    if (end.aborted) resolve();
  });
  const code = await Promise.race([asked.then(() => 0), server.outdated.then(() => outdatedCode)]);
  if (code === outdatedCode) {
    tell('A newer version of Slipway has changed the database: handing over to it.');
    await clock.sleep(drainMs, end).catch(() => {});
  }
  tell('Stopping: finishing what is in hand.');
  await server.stop();
  return code;
}
