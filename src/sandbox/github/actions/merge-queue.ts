import { commitOf } from '../git/commits.ts';
import { branchTip, noCommit, updateRef } from '../git/store.ts';
import { refusal } from '../http/refusal.ts';
import { type Actor, requireRole } from '../model/actor.ts';
import { type RequiredCheckState, requiredCheckState } from '../model/checks-on-commit.ts';
import { mergesCleanly } from '../model/merge-state.ts';
import type { PullRequestIssue } from '../model/pull-request.ts';
import type { QueuedMerge, Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { renderSimpleCommit } from '../render/check.ts';
import { renderPullRequest } from '../render/pull-request.ts';
import { closeMerged, makeMergeCommit } from './merge-pull-request.ts';
import { refMoved } from './ref-moved.ts';

/**
 * Puts a pull request into the merge queue: it is merged to a branch of its own, its checks are asked for there, and
 * the base branch gets that very commit when all that are required are green. One group at a time for each branch.
 */
export async function enqueue(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  method: QueuedMerge['method'] = 'merge',
): Promise<void> {
  requireRole(world, repository, actor, 'write');
  if (issue.state === 'closed' || issue.pull.draft) throw refusal(405, 'Pull Request is not mergeable');
  if (repository.mergeQueue.some((entry) => entry.issue === issue)) return;
  repository.mergeQueue.push({ issue, actor, method, group: null });
  await world.announce('pull_request', { repository, sender: actor.account }, async () => ({
    action: 'enqueued' as const,
    number: issue.number,
    pull_request: await renderPullRequest(world, repository, issue),
  }));
  await advanceMergeQueue(world, repository);
}

/** Lets the queue go on, after checks have changed: merges what is green, drops what is not, starts what is next. */
export function advanceMergeQueue(world: World, repository: Repository): Promise<void> {
  if (repository.mergeQueue.length === 0) return Promise.resolve();
  return repository.git.exclusive(async () => {
    for (let entry = repository.mergeQueue[0]; entry; entry = repository.mergeQueue[0]) {
      if (!(await advance(world, repository, entry))) return;
      repository.mergeQueue.shift();
    }
  });
}

/** Takes one entry as far as it goes; true when it is done with, one way or the other. */
async function advance(world: World, repository: Repository, entry: QueuedMerge): Promise<boolean> {
  const { issue } = entry;
  const base = branchTip(repository.git, issue.pull.baseRef);
  if (issue.state === 'closed' || !base || !(await mergesCleanly(repository, issue))) {
    await leave(world, repository, entry, 'invalidated');
    return true;
  }
  if (entry.group?.base !== base) {
    if (entry.group) await destroyGroup(world, repository, entry, 'invalidated');
    await startGroup(world, repository, entry, base);
  }
  const states = stateOfChecks(repository, entry);
  if (states.includes('failing')) {
    await leave(world, repository, entry, 'invalidated');
    return true;
  }
  if (states.some((state) => state !== 'passing')) return false;
  await closeMerged(world, repository, issue, entry.actor, base, entry.group!.sha);
  await destroyGroup(world, repository, entry, 'merged');
  return true;
}

function stateOfChecks(repository: Repository, { issue, group }: QueuedMerge): RequiredCheckState[] {
  const required = repository.protections.get(issue.pull.baseRef)?.requiredStatusChecks?.checks ?? [];
  return required.map(({ context, appId }) => requiredCheckState(repository, group!.sha, context, appId));
}

async function startGroup(
  world: World,
  repository: Repository,
  entry: QueuedMerge,
  base: string,
): Promise<void> {
  const { issue, actor, method } = entry;
  const sha = await makeMergeCommit(world, repository, issue, actor, base, { method });
  const ref = `refs/heads/gh-readonly-queue/${issue.pull.baseRef}/pr-${issue.number}-${base}`;
  entry.group = { sha, ref, base };
  await refMoved(world, repository, actor, await updateRef(repository.git, ref, sha));
  await world.announce('merge_group', { repository, sender: actor.account }, async () => ({
    action: 'checks_requested' as const,
    merge_group: await renderGroup(repository, entry),
  }));
}

async function leave(
  world: World,
  repository: Repository,
  entry: QueuedMerge,
  reason: 'dequeued' | 'invalidated',
): Promise<void> {
  if (entry.group) await destroyGroup(world, repository, entry, reason);
  const { issue, actor } = entry;
  await world.announce('pull_request', { repository, sender: actor.account }, async () => ({
    action: 'dequeued' as const,
    number: issue.number,
    reason: 'CI_FAILURE',
    pull_request: await renderPullRequest(world, repository, issue),
  }));
}

async function destroyGroup(
  world: World,
  repository: Repository,
  entry: QueuedMerge,
  reason: 'dequeued' | 'invalidated' | 'merged',
): Promise<void> {
  const { actor, group } = entry;
  const merge_group = await renderGroup(repository, entry);
  await world.announce('merge_group', { repository, sender: actor.account }, () => ({
    action: 'destroyed' as const,
    reason,
    merge_group,
  }));
  await refMoved(world, repository, actor, await updateRef(repository.git, group!.ref, noCommit));
}

async function renderGroup(repository: Repository, { issue, group }: QueuedMerge) {
  return {
    head_sha: group!.sha,
    head_ref: group!.ref,
    base_ref: `refs/heads/${issue.pull.baseRef}`,
    base_sha: group!.base,
    head_commit: renderSimpleCommit(await commitOf(repository.git, group!.sha)),
  };
}
