import { type RunningService, startService } from '../../src/sandbox/services/index.ts';

/** PostgreSQL that waits for the disk at each commit, as a server does that people trust. */
export function startDurablePostgres(say: (text: string) => void): Promise<RunningService> {
  return startService('postgres', { onProgress: say, durable: true });
}
