import type { Account, Team } from '../model/account.ts';
import type { Actor } from '../model/actor.ts';
import type { PullRequestIssue } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { renderAccount } from '../render/account.ts';
import { renderPullRequest } from '../render/pull-request.ts';
import { renderTeam } from '../render/team.ts';

/** Asks people and teams to review a pull request. */
export async function requestReviews(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  asked: { readonly people: readonly Account[]; readonly teams: readonly Team[] },
): Promise<void> {
  const audience = { repository, sender: actor.account };
  const about = async () => ({
    action: 'review_requested' as const,
    number: issue.number,
    pull_request: await renderPullRequest(world, repository, issue),
  });
  for (const account of asked.people) {
    if (issue.pull.requestedReviewers.includes(account)) continue;
    issue.pull.requestedReviewers.push(account);
    await world.announce('pull_request', audience, async () => ({
      ...(await about()),
      requested_reviewer: renderAccount(world, account),
    }));
  }
  for (const team of asked.teams) {
    if (issue.pull.requestedTeams.includes(team)) continue;
    issue.pull.requestedTeams.push(team);
    await world.announce('pull_request', audience, async () => ({
      ...(await about()),
      requested_team: renderTeam(world, team),
    }));
  }
}
