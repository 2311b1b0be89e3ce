import type { Endpoints } from '@octokit/types';
import type { Reaction, ReactionContent } from '../model/issue.ts';
import type { World } from '../model/world.ts';
import { renderAccount } from './account.ts';
import { nodeId } from './addresses.ts';

/** How many of each reaction there are on something. */
export function renderReactionCounts(url: string, reactions: readonly Reaction[]) {
  const count = (content: ReactionContent) =>
    reactions.filter((reaction) => reaction.content === content).length;
  return {
    url: `${url}/reactions`,
    total_count: reactions.length,
    '+1': count('+1'),
    '-1': count('-1'),
    laugh: count('laugh'),
    hooray: count('hooray'),
    confused: count('confused'),
    heart: count('heart'),
    rocket: count('rocket'),
    eyes: count('eyes'),
  };
}

/** One reaction. */
export function renderReaction(
  world: World,
  reaction: Reaction,
): Endpoints['GET /repos/{owner}/{repo}/issues/{issue_number}/reactions']['response']['data'][number] {
  return {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: renderAccount(world, reaction.author),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}
