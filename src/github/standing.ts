import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import { type GitHubListener, limitOf } from './client-class.ts';
import type { Missing } from './own-app.ts';

/** How GitHub stands to this process, in words that anybody may read. */
export interface Standing {
  readonly status: 'ok' | 'unknown' | 'incomplete' | 'limited' | 'failing' | 'unreachable' | 'refused';
  readonly reason?: string;
}

export interface GitHubStanding extends GitHubListener {
  /** What is known now; asks GitHub, without waiting for it, where nothing was heard of it for a minute. */
  now(): Standing;
  /** Asks GitHub now. Throws what the look throws. */
  look(): Promise<Missing>;
}

/** So long the latest answer holds. */
const freshMs = 60_000;

const reasons = {
  limited: 'GitHub takes no more calls for now: a rate limit is used up',
  failing: 'GitHub answers with errors of its own',
  unreachable: 'GitHub does not answer',
  refused: 'GitHub does not take APP_ID and PRIVATE_KEY',
} as const;

/**
 * Knows how GitHub stands from what its calls come to: a process that works asks nothing more for it.
 *
 * @param ask `readOwnApp`, whose answer the clients tell this of, too
 */
export function githubStanding(clock: Clock, ask: () => Promise<Missing>): GitHubStanding {
  let heardAt = Number.NEGATIVE_INFINITY;
  let latest: Standing['status'] = 'unknown';
  let missing: Missing = [];
  let asking = false;
  const heard = (status: Standing['status']) => {
    latest = status;
    heardAt = clock.now().getTime();
  };
  const look = async () => {
    asking = true;
    try {
      missing = await ask();
      return missing;
    } catch (error) {
      if (error instanceof SlipwayError) heard('refused');
      throw error;
    } finally {
      asking = false;
    }
  };
  return {
    answered: (status, headers) =>
      heard(status >= 500 ? 'failing' : limitOf(status, headers) ? 'limited' : 'ok'),
    unanswered: () => heard('unreachable'),
    look,
    now() {
      // It is the listener that learns of a call that fails.
      if (!asking && clock.now().getTime() - heardAt >= freshMs) look().catch(() => {});
      if (latest === 'unknown') return { status: latest };
      if (latest !== 'ok') return { status: latest, reason: reasons[latest as keyof typeof reasons] };
      if (missing.length === 0) return { status: 'ok' };
      return { status: 'incomplete', reason: `The App lacks what app.yml asks for: ${missing.join('; ')}` };
    },
  };
}
