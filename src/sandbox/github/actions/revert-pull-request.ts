import { commitOf, writeCommit } from '../git/commits.ts';
import { type MergeOutcome, mergeTrees } from '../git/merge.ts';
import { branchTip, type GitStore, updateRef } from '../git/store.ts';
import { refusal } from '../http/refusal.ts';
import { type Actor, requireRole } from '../model/actor.ts';
import type { PullRequestIssue } from '../model/pull-request.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { signatureOf, webFlow } from './identity.ts';
import { openPullRequest } from './pull-requests.ts';
import { refMoved } from './ref-moved.ts';

/** What the reverting pull request says; GitHub's own words where it does not. */
export interface RevertOptions {
  readonly title?: string;
  readonly body?: string;
  readonly draft?: boolean;
}

/** Takes back what a merged pull request changed, on a branch of its own, and proposes that: the 'Revert' button. */
export async function revertPullRequest(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  options: RevertOptions = {},
): Promise<PullRequestIssue> {
  requireRole(world, repository, actor, 'write');
  const { pull, number } = issue;
  const branch = `revert-${number}-${pull.headRef}`;
  const title = options.title ?? `Revert "${issue.title}"`;
  const body = options.body ?? `Reverts ${fullName(repository)}#${number}`;
  await repository.git.exclusive(async () => {
    const { git } = repository;
    const tip = branchTip(git, pull.baseRef);
    if (!pull.mergedOnto || !pull.mergeCommitSha || !tip) throw refusal(422, 'Pull request is not merged');
    if (branchTip(git, branch)) throw refusal(422, `A branch named ${branch} exists already`);
    const outcome = await treeWithout(world, git, tip, pull.mergedOnto, pull.mergeCommitSha);
    if (!('tree' in outcome))
      throw refusal(422, 'Sorry, this pull request couldn’t be reverted automatically');
    const commit = await writeCommit(git, {
      tree: outcome.tree,
      parents: [tip],
      message: `${title}\n\n${body}`,
      author: signatureOf(world, actor.account),
      committer: webFlow(world),
    });
    await refMoved(world, repository, actor, await updateRef(git, `refs/heads/${branch}`, commit));
  });
  return openPullRequest(world, repository, actor, {
    title,
    body,
    head: { repository, branch },
    base: pull.baseRef,
    ...(options.draft ? { draft: true } : {}),
  });
}

/** The tree of `tip` without what came between `before` and `after`. */
async function treeWithout(
  world: World,
  git: GitStore,
  tip: string,
  before: string,
  after: string,
): Promise<MergeOutcome> {
  // The merge base has to be `after`, as in `git revert`; stand-ins that descend from it alone make it that.
  const standIn = async (of: string) =>
    writeCommit(git, {
      tree: (await commitOf(git, of)).tree,
      parents: [after],
      message: 'stand-in',
      author: webFlow(world),
      committer: webFlow(world),
    });
  return mergeTrees(git, await standIn(tip), await standIn(before));
}
