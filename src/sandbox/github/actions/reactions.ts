import { invalid } from '../http/refusal.ts';
import type { Actor } from '../model/actor.ts';
import { type Reaction, type ReactionContent, reactionContents } from '../model/issue.ts';
import { timestamp, type World } from '../model/world.ts';

/** Adds a reaction to an issue or a comment; the same one twice by the same account is one. No event is sent. */
export function addReaction(
  world: World,
  to: { readonly reactions: Reaction[] },
  actor: Actor,
  content: string,
): { readonly reaction: Reaction; readonly created: boolean } {
  if (!reactionContents.includes(content as ReactionContent)) {
    throw invalid({ resource: 'Reaction', field: 'content', code: 'invalid' });
  }
  const known = to.reactions.find((one) => one.author.id === actor.account.id && one.content === content);
  if (known) return { reaction: known, created: false };
  const reaction: Reaction = {
    id: world.newId(),
    author: actor.account,
    content: content as ReactionContent,
    createdAt: timestamp(world),
  };
  to.reactions.push(reaction);
  return { reaction, created: true };
}
