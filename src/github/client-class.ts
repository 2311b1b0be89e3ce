import { ProbotOctokit } from 'probot';
import type { Metrics } from '../base/metrics.ts';

/**
 * The class of the clients for GitHub: each answer is counted.
 *
 * @param throttle whether writes are spaced out, as GitHub asks Apps to
 */
export function clientClass(
  { throttle }: { readonly throttle: boolean },
  metrics: Pick<Metrics, 'githubAnswered'>,
): typeof ProbotOctokit {
  const counting = ProbotOctokit.plugin((octokit) => {
    octokit.hook.after('request', ({ status, headers }) => metrics.githubAnswered(status, headers));
    octokit.hook.error('request', (error) => {
      if ('response' in error && error.response) metrics.githubAnswered(error.status, error.response.headers);
      throw error;
    });
  }) as typeof ProbotOctokit;
  if (throttle) return counting;
  return counting.defaults((options: object) => ({ ...options, throttle: { enabled: false } }));
}
