import type { Octokit } from '@octokit/rest';
import { reviewMarker } from '../../review/comment.ts';
import { owner, repo } from '../start-shop.ts';

/** What a pull request shows at one moment: Slipway's comment, all comments, the checks of its head. */
export interface Seen {
  readonly comment: string;
  /** How often the one comment exists; must never be more than once. */
  readonly planComments: number;
  readonly comments: readonly { readonly login: string; readonly body: string }[];
  /** Check name → conclusion. */
  readonly checks: Readonly<Record<string, string | null>>;
  readonly headSha: string;
}

const here = { owner, repo };

export async function look(octokit: Octokit, number: number): Promise<Seen> {
  const { data: pull } = await octokit.rest.pulls.get({ ...here, pull_number: number });
  const [comments, runs] = await Promise.all([
    octokit.paginate(octokit.rest.issues.listComments, { ...here, issue_number: number, per_page: 100 }),
    octokit.rest.checks.listForRef({ ...here, ref: pull.head.sha, filter: 'latest' }),
  ]);
  const all = comments.map((c) => ({ login: c.user?.login ?? '', body: c.body ?? '' }));
  const plans = all.filter((c) => c.body.startsWith(reviewMarker));
  return {
    comment: plans[0]?.body ?? '',
    planComments: plans.length,
    comments: all,
    checks: Object.fromEntries(runs.data.check_runs.map((r) => [r.name, r.conclusion])),
    headSha: pull.head.sha,
  };
}

const pollMs = 50;

/**
 * Looks until `holds`, and gives what was seen then. Throws after `withinMs` with what was seen last, so that a
 * step that fails says what it found instead.
 */
export async function until<T>(
  what: string,
  see: () => Promise<T>,
  holds: (seen: T) => boolean,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await see();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) {
      throw new Error(
        `waited ${withinMs / 1000} s for ${what}; saw:\n${JSON.stringify(seen, undefined, 2).slice(0, 6_000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** An approval counts only for what was shown in an earlier second: nobody reads a plan faster than that. */
export async function readThePlan(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_050 - (Date.now() % 1_000)));
}
