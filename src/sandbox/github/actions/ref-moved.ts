import { isAncestor } from '../git/commits.ts';
import { branchTip, noCommit, type RefChange, updateRef } from '../git/store.ts';
import type { Actor } from '../model/actor.ts';
import { coversRepository } from '../model/app.ts';
import { type PullRequestIssue, pullRequestsOf } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import { forksOf, timestamp, type World } from '../model/world.ts';
import { renderPullRequest } from '../render/pull-request.ts';
import { renderPush } from '../render/push.ts';
import { openCheckSuite } from './check-suites.ts';
import { announcePullRequest, bringHead, tryMerge } from './pull-requests.ts';

/**
 * Everything that follows from a branch or tag having moved, whoever moved it: the push event, pull requests from and
 * into the branch, and check suites for the Apps that make checks. Call it after the reference is in place.
 */
export async function refMoved(
  world: World,
  repository: Repository,
  actor: Actor,
  change: RefChange,
): Promise<void> {
  if (!/^refs\/(heads|tags)\//.test(change.ref)) return;
  repository.pushedAt = timestamp(world);
  const audience = { repository, sender: actor.account };
  await world.announce('push', audience, () => renderPush(world, repository, actor.account, change));
  await announceCreation(world, repository, actor, change);
  if (!change.ref.startsWith('refs/heads/')) return;
  const branch = change.ref.slice('refs/heads/'.length);
  await followHeads(world, repository, actor, branch, change);
  await followBases(world, repository, actor, branch, change);
  await openCheckSuites(world, repository, actor, branch, change);
}

/** Deletes a branch, if it is there. */
export async function deleteBranch(
  world: World,
  repository: Repository,
  actor: Actor,
  branch: string,
): Promise<void> {
  if (!branchTip(repository.git, branch)) return;
  const change = await updateRef(repository.git, `refs/heads/${branch}`, noCommit);
  await refMoved(world, repository, actor, change);
}

async function announceCreation(
  world: World,
  repository: Repository,
  actor: Actor,
  change: RefChange,
): Promise<void> {
  const [, kind, name] = /^refs\/(heads|tags)\/(.*)$/.exec(change.ref)!;
  const about = {
    ref: name!,
    ref_type: kind === 'heads' ? ('branch' as const) : ('tag' as const),
    pusher_type: 'user',
  };
  const audience = { repository, sender: actor.account };
  if (change.before === noCommit) {
    await world.announce('create', audience, () => ({
      ...about,
      master_branch: repository.defaultBranch,
      description: repository.description,
    }));
  } else if (change.after === noCommit) {
    await world.announce('delete', audience, () => about);
  }
}

/** Pull requests whose head is this branch get the new commits, or are closed with the branch. */
async function followHeads(
  world: World,
  repository: Repository,
  actor: Actor,
  branch: string,
  change: RefChange,
): Promise<void> {
  const bases = [repository, ...forksOf(world, repository)];
  if (repository.parent) bases.push(repository.parent);
  for (const base of bases) {
    for (const issue of pullRequestsOf(base)) {
      const { pull } = issue;
      if (issue.state !== 'open' || pull.headRepository !== repository || pull.headRef !== branch) continue;
      if (change.after === noCommit) await closePullRequest(world, base, issue, actor);
      else await synchronise(world, base, issue, actor, change);
    }
  }
}

async function synchronise(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  change: RefChange,
): Promise<void> {
  const { pull } = issue;
  const before = pull.headSha;
  await bringHead(repository, pull.headRepository, pull.headRef, change.after, issue.number);
  pull.headSha = change.after;
  pull.baseSha = branchTip(repository.git, pull.baseRef) ?? pull.baseSha;
  issue.updatedAt = timestamp(world);
  await tryMerge(world, repository, issue);
  if (repository.protections.get(pull.baseRef)?.requiredReviews?.dismissStale) {
    for (const review of pull.reviews) if (review.state === 'APPROVED') review.state = 'DISMISSED';
  }
  await world.announce('pull_request', { repository, sender: actor.account }, async () => ({
    action: 'synchronize' as const,
    number: issue.number,
    before,
    after: change.after,
    pull_request: await renderPullRequest(world, repository, issue),
  }));
}

/** Pull requests into this branch are merged when it now holds their head, and tried again otherwise. */
async function followBases(
  world: World,
  repository: Repository,
  actor: Actor,
  branch: string,
  change: RefChange,
): Promise<void> {
  for (const issue of pullRequestsOf(repository)) {
    const { pull } = issue;
    if (issue.state !== 'open' || pull.baseRef !== branch) continue;
    if (change.after === noCommit) {
      await closePullRequest(world, repository, issue, actor);
    } else if (await isAncestor(repository.git, pull.headSha, change.after)) {
      const now = timestamp(world);
      Object.assign(pull, { mergedAt: now, mergedBy: actor.account, mergeCommitSha: change.after });
      await closePullRequest(world, repository, issue, actor);
    } else {
      await tryMerge(world, repository, issue);
    }
  }
}

async function closePullRequest(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
): Promise<void> {
  const now = timestamp(world);
  Object.assign(issue, { state: 'closed', closedAt: now, closedBy: actor.account, updatedAt: now });
  await announcePullRequest(world, repository, issue, actor, 'closed');
}

/** Each App that may write checks gets a suite for the new commit, and is asked to fill it. */
async function openCheckSuites(
  world: World,
  repository: Repository,
  actor: Actor,
  branch: string,
  change: RefChange,
): Promise<void> {
  if (change.after === noCommit) return;
  for (const installation of world.installations.values()) {
    if (!coversRepository(installation, repository)) continue;
    if (installation.app.permissions.checks !== 'write') continue;
    await openCheckSuite(world, repository, actor, installation.app, {
      sha: change.after,
      branch,
      before: change.before,
    });
  }
}
