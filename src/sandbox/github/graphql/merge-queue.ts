import { includesLevel } from '../http/allow.ts';
import type { Repository } from '../model/repository.ts';
import { type Asker, pullRequestFields, readCommitFields, refuse } from './resolvers.ts';

/** The merge queue of a branch, the default one unless told, as graphql-js reads it; null where it asks for nothing. */
export function mergeQueueFields(
  { world, token }: Pick<Asker, 'world' | 'token'>,
  repository: Repository,
  branch: string | undefined,
) {
  if (token.kind === 'installation' && !includesLevel(token.permissions.merge_queues, 'read'))
    throw refuse('FORBIDDEN', 'Resource not accessible by integration');
  const base = branch ?? repository.defaultBranch;
  const queued = repository.mergeQueue.filter(({ issue }) => issue.pull.baseRef === base);
  if (queued.length === 0 && !repository.protections.has(base)) return null;
  return {
    entries({ first, after }: { readonly first?: number; readonly after?: string }) {
      const from = after ? Number(after) : 0;
      const to = from + (first ?? queued.length);
      return {
        totalCount: queued.length,
        pageInfo: { hasNextPage: to < queued.length, endCursor: String(to) },
        nodes: queued.slice(from, to).map(({ issue, group }, i) => ({
          position: from + i + 1,
          baseCommit: () => group && readCommitFields(world, repository, group.base),
          headCommit: () => group && readCommitFields(world, repository, group.sha),
          pullRequest: () => pullRequestFields(world, repository, issue),
        })),
      };
    },
  };
}
