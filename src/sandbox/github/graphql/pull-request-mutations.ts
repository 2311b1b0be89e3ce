import { GraphQLError } from 'graphql';
import { enqueue } from '../actions/merge-queue.ts';
import { markReady } from '../actions/pull-requests.ts';
import { type RevertOptions, revertPullRequest } from '../actions/revert-pull-request.ts';
import { tokenRole } from '../http/allow.ts';
import { isRefusal } from '../http/refusal.ts';
import { type PullRequestIssue, pullRequestsOf } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import { includesRole } from '../model/role.ts';
import { parseNodeId } from '../render/addresses.ts';
import { type Asker, pullRequestFields } from './resolvers.ts';

interface PullRequestInput {
  readonly input: { readonly pullRequestId: string; readonly clientMutationId?: string };
}

interface RevertInput {
  readonly input: PullRequestInput['input'] & RevertOptions;
}

/** What GitHub lets be done to pull requests in GraphQL alone, as graphql-js calls it. */
export const pullRequestMutations = {
  /** Puts a pull request into the merge queue; the entry is null when it was merged at once. */
  async enqueuePullRequest({ input }: PullRequestInput, asker: Asker) {
    const { repository, issue } = find(asker, input.pullRequestId);
    await refusing(enqueue(asker.world, repository, issue, asker.actor));
    const at = repository.mergeQueue.findIndex((entry) => entry.issue === issue);
    return {
      clientMutationId: input.clientMutationId,
      mergeQueueEntry: at < 0 ? null : { position: at + 1 },
    };
  },
  async markPullRequestReadyForReview({ input }: PullRequestInput, asker: Asker) {
    const { repository, issue } = find(asker, input.pullRequestId);
    await refusing(markReady(asker.world, repository, issue, asker.actor));
    const pullRequest = await pullRequestFields(asker.world, repository, issue);
    return { clientMutationId: input.clientMutationId, pullRequest };
  },
  /** Proposes to take back what a merged one changed. */
  async revertPullRequest({ input }: RevertInput, asker: Asker) {
    const { repository, issue } = find(asker, input.pullRequestId);
    const { pullRequestId: _, clientMutationId, ...options } = input;
    const revert = await refusing(revertPullRequest(asker.world, repository, issue, asker.actor, options));
    return {
      clientMutationId,
      pullRequest: await pullRequestFields(asker.world, repository, issue),
      revertPullRequest: await pullRequestFields(asker.world, repository, revert),
    };
  },
};

/** The pull request with this id, for somebody who may change it. */
function find(
  { world, token }: Asker,
  id: string,
): { readonly repository: Repository; readonly issue: PullRequestIssue } {
  const node = parseNodeId(id);
  for (const repository of world.repositories.values()) {
    const issue = pullRequestsOf(repository).find(
      ({ pull }) => node?.kind === 'PullRequest' && pull.id === node.id,
    );
    const role = tokenRole(world, repository, token);
    if (!issue || role === 'none') continue;
    if (includesRole(role, 'write')) return { repository, issue };
    throw new GraphQLError('Resource not accessible', { extensions: { type: 'FORBIDDEN' } });
  }
  const message = `Could not resolve to a node with the global id of '${id}'`;
  throw new GraphQLError(message, { extensions: { type: 'NOT_FOUND' } });
}

/** Passes a refusal on as GraphQL says it. */
async function refusing<T>(action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new GraphQLError(error.message, { extensions: { type: 'UNPROCESSABLE' } });
  }
}
