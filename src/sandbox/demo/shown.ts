import type { Octokit } from '@octokit/rest';
import { owner, repo } from '../start-shop.ts';

/** Everything that GitHub shows in the end of what Slipway did in `acme/shop`. */
export interface Shown {
  readonly pullRequests: readonly {
    readonly number: number;
    readonly title: string;
    readonly state: string;
    readonly merged: boolean;
    readonly comments: readonly { readonly login: string; readonly body: string }[];
    readonly checks: readonly {
      readonly name: string;
      readonly conclusion: string | null;
      readonly title: string;
      readonly text: string;
    }[];
  }[];
  /** Oldest first, and so are the states of each. */
  readonly deployments: readonly { readonly environment: string; readonly states: readonly string[] }[];
  /** That are no pull requests. */
  readonly issues: readonly { readonly title: string; readonly state: string }[];
}

const here = { owner, repo };

/** Reads it through GitHub's API, as a person. */
export async function readShown(octokit: Octokit): Promise<Shown> {
  const { pulls, issues, repos } = octokit.rest;
  const listed = await octokit.paginate(pulls.list, { ...here, state: 'all', direction: 'asc' });
  const { data: deployments } = await repos.listDeployments({ ...here });
  const { data: all } = await issues.listForRepo({ ...here, state: 'all' });
  return {
    pullRequests: await Promise.all(listed.map((pull) => shownOf(octokit, pull))),
    deployments: await Promise.all(
      deployments.reverse().map(async ({ id, environment }) => {
        const { data } = await repos.listDeploymentStatuses({ ...here, deployment_id: id });
        return { environment, states: data.reverse().map(({ state }) => state) };
      }),
    ),
    issues: all.filter((i) => !i.pull_request).map(({ title, state }) => ({ title, state })),
  };
}

async function shownOf(
  octokit: Octokit,
  pull: { number: number; title: string; state: string; merged_at: string | null; head: { sha: string } },
): Promise<Shown['pullRequests'][number]> {
  const { number, title, state, merged_at, head } = pull;
  const [comments, { data }] = await Promise.all([
    octokit.paginate(octokit.rest.issues.listComments, { ...here, issue_number: number, per_page: 100 }),
    octokit.rest.checks.listForRef({ ...here, ref: head.sha, filter: 'latest' }),
  ]);
  return {
    number,
    title,
    state,
    merged: merged_at !== null,
    comments: comments.map((c) => ({ login: c.user?.login ?? '', body: c.body ?? '' })),
    checks: data.check_runs
      .map(({ name, conclusion, output }) => ({
        name,
        conclusion,
        title: output.title ?? '',
        text: [output.summary, output.text].filter(Boolean).join('\n'),
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  };
}
