import type { Repository } from './repository.ts';
import type { PullRequestWorkflow } from './workflow.ts';

/** How often a running apply looks whether it is to stop. */
const lookEveryMs = 1_000;

/**
 * A signal that is aborted as soon as an operator has cancelled the pull request, in whichever process that was
 * heard. A cancel outlives the process that applied: whoever takes the work over does not begin. Call `stop`.
 */
export async function watchCancel(
  { pullRequests, log }: PullRequestWorkflow,
  { fullName }: Pick<Repository, 'fullName'>,
  number: number,
): Promise<{ readonly cancel: AbortSignal; stop(): void }> {
  const cancelled = new AbortController();
  const look = async () => {
    const login = await pullRequests.cancelledBy(fullName, number);
    if (login !== undefined && !cancelled.signal.aborted) cancelled.abort(login);
  };
  await look();
  const timer = setInterval(() => {
    look().catch((error: unknown) =>
      log.warn({ err: error }, 'could not see whether the apply is cancelled'),
    );
  }, lookEveryMs);
  return { cancel: cancelled.signal, stop: () => clearInterval(timer) };
}
