import type { Endpoints } from '@octokit/types';
import type { PullRequest as WebhookPullRequest } from '@octokit/webhooks-types';
import { commitsBetween } from '../git/commits.ts';
import { mergeStateOf } from '../model/merge-state.ts';
import type { PullRequestIssue } from '../model/pull-request.ts';
import { filesOf } from '../model/pull-request-range.ts';
import type { Repository } from '../model/repository.ts';
import { associationOf } from '../model/role.ts';
import type { World } from '../model/world.ts';
import { renderAccount } from './account.ts';
import { nodeId, repositoryApiUrl } from './addresses.ts';
import { issueUrl, renderLabel } from './issue.ts';
import { renderRepository } from './repository.ts';
import { renderTeam } from './team.ts';

/** A pull request as lists show it: everything that needs no git. */
export function renderSimplePullRequest(world: World, repository: Repository, issue: PullRequestIssue) {
  const { pull } = issue;
  const api = repositoryApiUrl(world, repository);
  const url = `${api}/pulls/${issue.number}`;
  const html = issueUrl(world, repository, issue);
  const issueApi = `${api}/issues/${issue.number}`;
  const statuses = `${api}/statuses/${pull.headSha}`;
  const assignees = issue.assignees.map((assignee) => renderAccount(world, assignee));
  const end = (side: Repository, ref: string, sha: string) => ({
    label: `${side.owner.login}:${ref}`,
    ref,
    sha,
    user: renderAccount(world, side.owner),
    repo: renderRepository(world, side),
  });
  return {
    url,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueApi,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: renderAccount(world, issue.author),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewers.map((reviewer) => renderAccount(world, reviewer)),
    requested_teams: pull.requestedTeams.map((team) => renderTeam(world, team)),
    labels: issue.labels.map((label) => renderLabel(world, repository, label)),
    milestone: null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issueApi}/comments`,
    statuses_url: statuses,
    head: end(pull.headRepository, pull.headRef, pull.headSha),
    base: end(repository, pull.baseRef, pull.baseSha),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issueApi },
      comments: { href: `${issueApi}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${api}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: associationOf(repository, issue.author),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** A pull request with what git says of it: counts, and whether it can be merged. */
export async function renderPullRequest(world: World, repository: Repository, issue: PullRequestIssue) {
  const { pull } = issue;
  const [files, commits, mergeState] = await Promise.all([
    filesOf(repository, issue),
    commitsBetween(repository.git, pull.baseSha, pull.headSha),
    mergeStateOf(world, repository, issue),
  ]);
  return {
    ...renderSimplePullRequest(world, repository, issue),
    merged: pull.mergedAt !== null,
    mergeable: mergeState.mergeable,
    rebaseable: mergeState.mergeable,
    mergeable_state: mergeState.state,
    merged_by: pull.mergedBy ? renderAccount(world, pull.mergedBy) : null,
    comments: issue.comments.length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  } satisfies WebhookPullRequest;
}

/** A pull request as REST answers it. */
export async function renderRestPullRequest(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
): Promise<Endpoints['GET /repos/{owner}/{repo}/pulls/{pull_number}']['response']['data']> {
  const rendered = await renderPullRequest(world, repository, issue);
  const type = { type: 'organization' as const, organization_id: repository.owner.id };
  return {
    ...rendered,
    requested_teams: rendered.requested_teams.map(({ parent, ...team }) => ({
      ...team,
      ...type,
      parent: parent && { ...parent, ...type },
    })),
  };
}

/** A pull request in a REST list. */
export function renderListedPullRequest(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
): Endpoints['GET /repos/{owner}/{repo}/pulls']['response']['data'][number] {
  const rendered = renderSimplePullRequest(world, repository, issue);
  const type = { type: 'organization' as const, organization_id: repository.owner.id };
  return {
    ...rendered,
    requested_teams: rendered.requested_teams.map(({ parent, ...team }) => ({
      ...team,
      ...type,
      parent: parent && { ...parent, ...type },
    })),
  };
}
