import { commitOptions, type JobPayloads } from './kinds.ts';
import type { Queue } from './queue.ts';

type CommitJob = 'rerun' | 'merge-group' | 'check-policies';

/** So long until it is tried once more where GitHub does not answer. */
const pauseSeconds = 60;

/**
 * What is done when a job of a commit is given up: it is told on the commit, so that no check stays pending. Where that
 * cannot be done either, for GitHub is away perhaps, the job begins anew.
 */
export function untilTold<Kind extends CommitJob>(
  queue: () => Queue<JobPayloads>,
  kind: Kind,
  tell: (payload: JobPayloads[Kind]) => Promise<void>,
): (payload: JobPayloads[Kind]) => Promise<void> {
  return async (payload) => {
    try {
      await tell(payload);
    } catch (error) {
      if (isRefused(error)) return;
      await queue().enqueue(kind, payload, { ...commitOptions(kind, payload), delaySeconds: pauseSeconds });
      throw error;
    }
  };
}

/** The repository or the installation is gone, or Slipway may not write there: nobody waits for a word. */
export function isRefused(error: unknown): boolean {
  const status = (error as { status?: number }).status ?? 0;
  return [401, 403, 404, 410].includes(status);
}
