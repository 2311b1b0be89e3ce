import { addComment, deleteComment, editComment, findComment } from '../actions/comments.ts';
import {
  type Call,
  conversationPermission,
  created,
  noContent,
  ok,
  onRepository,
  type RouteTable,
} from '../http/call.ts';
import { fieldsOf } from '../http/fields.ts';
import { notFound } from '../http/refusal.ts';
import { renderRestComment } from '../render/issue.ts';
import { issueIn } from './issues.ts';

/** Comments in the conversations of issues and pull requests. */
export const commentRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    access: onRepository(conversationPermission, 'read'),
    handle(call) {
      const { world, repository } = call;
      const issue = issueIn(call);
      const since = call.query.get('since') ?? '';
      const found = issue.comments.filter((comment) => comment.updatedAt >= since);
      return ok(call.page(found).map((comment) => renderRestComment(world, repository, issue, comment)));
    },
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    access: onRepository(conversationPermission, 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const issue = issueIn(call);
      const comment = await addComment(
        world,
        repository,
        issue,
        actor,
        fieldsOf(call, 'IssueComment').text('body'),
      );
      return created(renderRestComment(world, repository, issue, comment));
    },
  },
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    access: onRepository(conversationPermission, 'read'),
    handle(call) {
      const { issue, comment } = commentIn(call);
      return ok(renderRestComment(call.world, call.repository, issue, comment));
    },
  },
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    access: onRepository(conversationPermission, 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const { issue, comment } = commentIn(call);
      const body = fieldsOf(call, 'IssueComment').text('body');
      await editComment(world, repository, issue, comment, actor, body);
      return ok(renderRestComment(world, repository, issue, comment));
    },
  },
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    access: onRepository(conversationPermission, 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const { issue, comment } = commentIn(call);
      await deleteComment(world, repository, issue, comment, actor);
      return noContent;
    },
  },
};

/** The comment whose id is in the path, and the issue that it is in. */
export function commentIn(call: Call) {
  const found = findComment(call.repository, call.number('comment_id'));
  if (!found) throw notFound();
  return found;
}
