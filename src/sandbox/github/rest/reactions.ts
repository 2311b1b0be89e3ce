import { addReaction } from '../actions/reactions.ts';
import {
  type Call,
  conversationPermission,
  noContent,
  ok,
  onRepository,
  type RouteTable,
} from '../http/call.ts';
import { fieldsOf } from '../http/fields.ts';
import { notFound } from '../http/refusal.ts';
import type { Reaction } from '../model/issue.ts';
import { renderReaction } from '../render/reactions.ts';
import { commentIn } from './comments.ts';
import { issueIn } from './issues.ts';

const onIssue = '/repos/{owner}/{repo}/issues/{issue_number}/reactions';
const onComment = '/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';

/** Reactions to issues, pull requests and their comments. */
export const reactionRoutes: RouteTable = {
  [`GET ${onIssue}` as const]: {
    access: onRepository(conversationPermission, 'read'),
    handle: (call: Call) => list(call, issueIn(call)),
  },
  [`POST ${onIssue}` as const]: {
    access: onRepository(conversationPermission, 'write', 'read'),
    handle: (call: Call) => create(call, issueIn(call)),
  },
  [`DELETE ${onIssue}/{reaction_id}` as const]: {
    access: onRepository(conversationPermission, 'write', 'read'),
    handle: (call: Call) => remove(call, issueIn(call)),
  },
  [`GET ${onComment}` as const]: {
    access: onRepository(conversationPermission, 'read'),
    handle: (call: Call) => list(call, commentIn(call).comment),
  },
  [`POST ${onComment}` as const]: {
    access: onRepository(conversationPermission, 'write', 'read'),
    handle: (call: Call) => create(call, commentIn(call).comment),
  },
  [`DELETE ${onComment}/{reaction_id}` as const]: {
    access: onRepository(conversationPermission, 'write', 'read'),
    handle: (call: Call) => remove(call, commentIn(call).comment),
  },
};

interface Reactable {
  readonly reactions: Reaction[];
}

function list(call: Call, to: Reactable) {
  const content = call.query.get('content');
  const found = to.reactions.filter((reaction) => content === null || reaction.content === content);
  return ok(call.page(found).map((reaction) => renderReaction(call.world, reaction)));
}

function create(call: Call, to: Reactable) {
  const { reaction, created } = addReaction(
    call.world,
    to,
    call.actor,
    fieldsOf(call, 'Reaction').text('content'),
  );
  const data = renderReaction(call.world, reaction);
  return created ? { status: 201 as const, data } : { status: 200 as const, data };
}

function remove(call: Call, from: Reactable) {
  const id = call.number('reaction_id');
  const index = from.reactions.findIndex((one) => one.id === id && one.author.id === call.actor.account.id);
  if (index < 0) throw notFound();
  from.reactions.splice(index, 1);
  return noContent;
}
