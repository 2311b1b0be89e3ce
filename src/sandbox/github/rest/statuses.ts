import { advanceMergeQueue } from '../actions/merge-queue.ts';
import { createStatus } from '../actions/statuses.ts';
import { resolveCommit } from '../git/commits.ts';
import { type Call, created, ok, onRepository, type RouteTable } from '../http/call.ts';
import { fieldsOf } from '../http/fields.ts';
import { refusal } from '../http/refusal.ts';
import type { CommitStatus } from '../model/check.ts';
import { statusesOn } from '../model/checks-on-commit.ts';
import type { World } from '../model/world.ts';
import { renderAccount } from '../render/account.ts';
import { nodeId, repositoryApiUrl } from '../render/addresses.ts';
import { renderRepository } from '../render/repository.ts';

/** Statuses of commits, the older kind of check. */
export const statusRoutes: RouteTable = {
  'POST /repos/{owner}/{repo}/statuses/{sha}': {
    access: onRepository('statuses', 'write'),
    async handle(call) {
      const { world, repository, actor, path } = call;
      const body = fieldsOf(call, 'Status');
      const status = await createStatus(world, repository, actor, {
        sha: path.sha!,
        context: body.optionalText('context') ?? 'default',
        state: body.oneOf('state', ['error', 'failure', 'pending', 'success']),
        description: body.optionalText('description') ?? null,
        targetUrl: body.optionalText('target_url') ?? null,
      });
      await advanceMergeQueue(world, repository);
      return created({ ...renderStatus(call, status), creator: renderAccount(world, status.creator) });
    },
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/statuses': {
    access: onRepository('statuses', 'read'),
    async handle(call) {
      const { world, repository } = call;
      const sha = await commitIn(call);
      const all = repository.statuses.filter((status) => status.sha === sha).reverse();
      return ok(
        call.page(all).map((status) => ({
          ...renderStatus(call, status),
          creator: renderAccount(world, status.creator),
        })),
      );
    },
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/status': {
    access: onRepository('statuses', 'read'),
    async handle(call) {
      const { world, repository } = call;
      const sha = await commitIn(call);
      const statuses = statusesOn(repository, sha);
      const url = `${repositoryApiUrl(world, repository)}/commits/${sha}`;
      return ok({
        state: combine(statuses),
        statuses: call.page(statuses).map((status) => renderStatus(call, status)),
        sha,
        total_count: statuses.length,
        repository: renderRepository(world, repository),
        commit_url: url,
        url: `${url}/status`,
      });
    },
  },
};

async function commitIn({ repository, path }: Call): Promise<string> {
  const sha = await resolveCommit(repository.git, path.ref!);
  if (!sha) throw refusal(422, `No commit found for SHA: ${path.ref}`);
  return sha;
}

/** Statuses alone count here, not check runs; none at all is 'pending'. */
function combine(statuses: readonly CommitStatus[]): string {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure';
  return statuses.length > 0 && statuses.every(({ state }) => state === 'success') ? 'success' : 'pending';
}

function renderStatus(
  { world, repository }: { world: World; repository: Call['repository'] },
  status: CommitStatus,
) {
  return {
    url: `${repositoryApiUrl(world, repository)}/statuses/${status.sha}`,
    avatar_url: renderAccount(world, status.creator).avatar_url,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}
