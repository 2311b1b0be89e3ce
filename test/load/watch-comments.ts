import type { LoggedRequest } from '../../src/sandbox/github/http/request-log.ts';
import type { LoadWorld } from './world.ts';

/** What GitHub was asked for by Slipway, and when each pull request got its comment. */
export interface Watch {
  /** Milliseconds since 1970, by `acme/shop#7`. */
  readonly commentedAt: ReadonlyMap<string, number>;
  calls(): number;
  /** Resolves when all of these have their comment; throws when none comes for a minute. */
  until(pulls: readonly string[]): Promise<void>;
  stop(): void;
}

const lookEachMs = 100;
const patienceMs = 60_000;
const comments = /^\/repos\/([^/]+\/[^/]+)\/issues\/(\d+)\/comments$/;

/**
 * Watches GitHub's log, and keeps GitHub from remembering: of ten thousand pull requests its webhooks alone would take
 * gigabytes. `onComment` is called once for each pull request, with its name.
 */
export function watchComments({ github, app }: LoadWorld, onComment: (pull: string) => void): Watch {
  const commentedAt = new Map<string, number>();
  let calls = 0;
  const look = () => {
    const { entries } = github.requests;
    github.requests.clear();
    for (const entry of entries) {
      if (entry.caller !== `${app.slug}[bot]` && entry.caller !== 'app') continue;
      calls++;
      const pull = commented(entry);
      if (pull === undefined || commentedAt.has(pull)) continue;
      commentedAt.set(pull, entry.at.getTime());
      onComment(pull);
    }
    const done = github.deliveries.findIndex((one) => !one.done);
    (github.deliveries as unknown[]).splice(0, done < 0 ? github.deliveries.length : done);
  };
  const timer = setInterval(look, lookEachMs);
  return {
    commentedAt,
    calls: () => calls,
    async until(pulls) {
      let had = -1;
      let since = performance.now();
      for (;;) {
        const has = pulls.filter((pull) => commentedAt.has(pull)).length;
        if (has === pulls.length) return;
        if (has > had) [had, since] = [has, performance.now()];
        if (performance.now() - since > patienceMs)
          throw new Error(`${pulls.length - has} of ${pulls.length} pull requests got no comment`);
        await new Promise((resolve) => setTimeout(resolve, lookEachMs));
      }
    },
    stop: () => clearInterval(timer),
  };
}

function commented({ method, path, status }: LoggedRequest): string | undefined {
  const [, repository, number] = (method === 'POST' && status === 201 && comments.exec(path)) || [];
  return repository === undefined ? undefined : `${repository}#${number}`;
}
