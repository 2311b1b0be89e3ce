import { invalid, refusal } from '../http/refusal.ts';
import { type Actor, actorRole } from '../model/actor.ts';
import type { Comment, Issue } from '../model/issue.ts';
import type { Repository } from '../model/repository.ts';
import { includesRole } from '../model/role.ts';
import { timestamp, type World } from '../model/world.ts';
import { renderComment, renderIssue } from '../render/issue.ts';
import { requireBodyFits } from './limits.ts';

/** Comments on an issue or a pull request. */
export async function addComment(
  world: World,
  repository: Repository,
  issue: Issue,
  actor: Actor,
  body: string,
): Promise<Comment> {
  requireBody(body);
  const now = timestamp(world);
  const comment: Comment = {
    id: world.newId(),
    author: actor.account,
    app: actor.installation?.app ?? null,
    createdAt: now,
    reactions: [],
    body,
    updatedAt: now,
    minimised: null,
  };
  issue.comments.push(comment);
  issue.updatedAt = now;
  await world.announce('issue_comment', { repository, sender: actor.account }, () => ({
    action: 'created' as const,
    issue: renderCommentedIssue(world, repository, issue),
    comment: renderComment(world, repository, issue, comment),
  }));
  return comment;
}

/** Changes a comment's text. Its author may, and whoever may write to the repository. */
export async function editComment(
  world: World,
  repository: Repository,
  issue: Issue,
  comment: Comment,
  actor: Actor,
  body: string,
): Promise<void> {
  requireMayChange(world, repository, comment, actor);
  requireBody(body);
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = timestamp(world);
  await world.announce('issue_comment', { repository, sender: actor.account }, () => ({
    action: 'edited' as const,
    changes: { body: { from } },
    issue: renderCommentedIssue(world, repository, issue),
    comment: renderComment(world, repository, issue, comment),
  }));
}

/** Deletes a comment. */
export async function deleteComment(
  world: World,
  repository: Repository,
  issue: Issue,
  comment: Comment,
  actor: Actor,
): Promise<void> {
  requireMayChange(world, repository, comment, actor);
  issue.comments.splice(issue.comments.indexOf(comment), 1);
  await world.announce('issue_comment', { repository, sender: actor.account }, () => ({
    action: 'deleted' as const,
    issue: renderCommentedIssue(world, repository, issue),
    comment: renderComment(world, repository, issue, comment),
  }));
}

/** The comment with this id, and the issue that it is in. */
export function findComment(
  repository: Repository,
  id: number,
): { readonly issue: Issue; readonly comment: Comment } | null {
  for (const issue of repository.issues.values()) {
    const comment = issue.comments.find((one) => one.id === id);
    if (comment) return { issue, comment };
  }
  return null;
}

function requireBody(body: string): void {
  if (body.trim() === '') {
    throw invalid({
      resource: 'IssueComment',
      field: 'body',
      code: 'custom',
      message: "body can't be blank",
    });
  }
  requireBodyFits('IssueComment', body);
}

function requireMayChange(world: World, repository: Repository, comment: Comment, actor: Actor): void {
  if (comment.author.id === actor.account.id) return;
  if (!actor.permissions && includesRole(actorRole(world, repository, actor), 'write')) return;
  throw refusal(403, actor.permissions ? 'Resource not accessible by integration' : 'Forbidden');
}

/** The issue with the fields that a comment event always has. */
function renderCommentedIssue(world: World, repository: Repository, issue: Issue) {
  const rendered = renderIssue(world, repository, issue);
  return {
    ...rendered,
    labels: rendered.labels,
    assignee: rendered.assignee,
    state: issue.state,
    locked: issue.locked,
  };
}
