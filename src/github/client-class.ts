import { ProbotOctokit } from 'probot';
import type { Metrics } from '../base/metrics.ts';
import { traced } from '../base/trace.ts';

/**
 * The class of the clients for GitHub: each call is a span, its waits and retries in it.
 *
 * @param throttle whether writes are spaced out, as GitHub asks Apps to
 */
export function clientClass({ throttle }: { readonly throttle: boolean }): typeof ProbotOctokit {
  const tracing = ProbotOctokit.plugin((octokit) => {
    octokit.hook.wrap('request', (request, options) => {
      const { method, url } = options;
      const template = templateOf(url);
      const attributes = {
        'http.request.method': method,
        'peer.service': 'github',
        'url.template': template,
      };
      return traced(`${method} ${template}`, { kind: 'client', attributes }, async (span) => {
        try {
          const response = await request(options);
          span.setAttribute('http.response.status_code', response.status);
          return response;
        } catch (error) {
          const { status } = error as { status?: unknown };
          if (typeof status === 'number') span.setAttribute('http.response.status_code', status);
          throw error;
        }
      });
    });
  }) as typeof ProbotOctokit;
  if (throttle) return tracing;
  return tracing.defaults((options: object) => ({ ...options, throttle: { enabled: false } }));
}

/** What paths of GitHub's API are made of besides names, numbers and commits. */
const words = new Set(
  (
    'app apps check-runs check-suites collaborators commits comments compare contents deliveries deployments events ' +
    'files git graphql hook installation installations issues labels members merge orgs permission pulls reactions ' +
    'repos repositories reviews search statuses teams'
  ).split(' '),
);

/** The route, without what goes into it: pages of lists are asked for by whole addresses. */
function templateOf(url: string): string {
  if (url.startsWith('/') && !url.includes('?')) return url;
  const path = new URL(url, 'https://api.github.com').pathname.replace(/^\/api(\/v3)?(?=\/)/, '');
  const [, first, ...rest] = path.split('/');
  const isRepository = first === 'repos' && rest.length >= 2;
  const named = isRepository ? ['{owner}', '{repo}', ...rest.slice(2).map(partOf)] : rest.map(partOf);
  return ['', partOf(first ?? ''), ...named].join('/');
}

function partOf(part: string): string {
  return words.has(part) ? part : '{name}';
}

/** Told of each answer of GitHub's, and of each call that had none. */
export interface GitHubListener {
  answered(status: number, headers: Headers): void;
  unanswered(): void;
}

/** `fetch` for the clients: what it tells of is each request that is sent, each retry and each token too. */
export function listeningFetch(listeners: readonly GitHubListener[]): typeof fetch {
  return async (input, init) => {
    try {
      const response = await fetch(input, init);
      for (const listener of listeners) listener.answered(response.status, response.headers);
      return response;
    } catch (error) {
      // What we gave up ourselves says nothing of GitHub, unless it is for waiting too long.
      if (!init?.signal?.aborted || isTimeout(init.signal.reason))
        for (const listener of listeners) listener.unanswered();
      throw error;
    }
  };
}

/** Counts the answers, and what GitHub throttles. */
export function countingListener(
  metrics: Pick<Metrics, 'githubAnswered' | 'githubThrottled'>,
): GitHubListener {
  return {
    answered(status, headers) {
      metrics.githubAnswered(status, headers);
      const limit = limitOf(status, headers);
      if (limit) metrics.githubThrottled(limit);
    },
    unanswered: () => metrics.githubAnswered('none', new Headers()),
  };
}

/**
 * Which of its limits GitHub says was passed; a 403 alone is something that is not allowed.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function limitOf(status: number, headers: Headers): 'primary' | 'secondary' | undefined {
  if (status !== 403 && status !== 429) return undefined;
  if (headers.get('x-ratelimit-remaining') === '0') return 'primary';
  return status === 429 || headers.has('retry-after') ? 'secondary' : undefined;
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}
