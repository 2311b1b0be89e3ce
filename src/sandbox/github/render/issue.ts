import type { Endpoints } from '@octokit/types';
import type {
  IssueComment as WebhookComment,
  Issue as WebhookIssue,
  Label as WebhookLabel,
} from '@octokit/webhooks-types';
import type { Comment, Issue, Label } from '../model/issue.ts';
import type { Repository } from '../model/repository.ts';
import { associationOf } from '../model/role.ts';
import type { World } from '../model/world.ts';
import { renderAccount } from './account.ts';
import { nodeId, repositoryApiUrl, repositoryUrl } from './addresses.ts';
import { renderApp } from './app.ts';
import { renderReactionCounts } from './reactions.ts';

/** A label of a repository. */
export function renderLabel(world: World, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${repositoryApiUrl(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: label.description,
    color: label.color,
    default: false,
  } satisfies WebhookLabel;
}

/** Where an issue, or a pull request, is shown to people. */
export function issueUrl(world: World, repository: Repository, issue: Issue): string {
  return `${repositoryUrl(world, repository)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
}

/** An issue; a pull request, seen as the issue that it also is, says so in `pull_request`. */
export function renderIssue(world: World, repository: Repository, issue: Issue) {
  const api = repositoryApiUrl(world, repository);
  const url = `${api}/issues/${issue.number}`;
  const html = issueUrl(world, repository, issue);
  const assignees = issue.assignees.map((assignee) => renderAccount(world, assignee));
  return {
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: issue.id,
    node_id: nodeId('Issue', issue.id),
    number: issue.number,
    title: issue.title,
    user: renderAccount(world, issue.author),
    labels: issue.labels.map((label) => renderLabel(world, repository, label)),
    state: issue.state,
    locked: issue.locked,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: associationOf(repository, issue.author),
    active_lock_reason: null,
    ...(issue.pull
      ? {
          draft: issue.pull.draft,
          pull_request: {
            url: `${api}/pulls/${issue.number}`,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
            merged_at: issue.pull.mergedAt,
          },
        }
      : {}),
    body: issue.body,
    reactions: renderReactionCounts(url, issue.reactions),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: issue.app ? renderApp(world, issue.app) : null,
    state_reason: issue.stateReason,
  } satisfies WebhookIssue;
}

/** An issue as REST answers it. */
export function renderRestIssue(
  world: World,
  repository: Repository,
  issue: Issue,
): Endpoints['GET /repos/{owner}/{repo}/issues/{issue_number}']['response']['data'] {
  const { performed_via_github_app, ...rest } = renderIssue(world, repository, issue);
  return {
    ...rest,
    closed_by: issue.closedBy ? renderAccount(world, issue.closedBy) : null,
    performed_via_github_app: performed_via_github_app && restApp(performed_via_github_app),
  };
}

/** A comment in a conversation. */
export function renderComment(world: World, repository: Repository, issue: Issue, comment: Comment) {
  const api = repositoryApiUrl(world, repository);
  const url = `${api}/issues/comments/${comment.id}`;
  return {
    url,
    html_url: `${issueUrl(world, repository, issue)}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${issue.number}`,
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: renderAccount(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(repository, comment.author),
    body: comment.body,
    reactions: renderReactionCounts(url, comment.reactions),
    performed_via_github_app: comment.app ? renderApp(world, comment.app) : null,
  } satisfies WebhookComment;
}

/** A comment as REST answers it. */
export function renderRestComment(
  world: World,
  repository: Repository,
  issue: Issue,
  comment: Comment,
): Endpoints['GET /repos/{owner}/{repo}/issues/comments/{comment_id}']['response']['data'] {
  const { performed_via_github_app, ...rest } = renderComment(world, repository, issue, comment);
  return {
    ...rest,
    performed_via_github_app: performed_via_github_app && restApp(performed_via_github_app),
  };
}

/** The App as REST types it: the same object, with its permissions as plain strings. */
export function restApp(app: ReturnType<typeof renderApp>) {
  return { ...app, permissions: app.permissions as Record<string, string>, events: app.events as string[] };
}
