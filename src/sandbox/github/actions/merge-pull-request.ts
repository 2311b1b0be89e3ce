import { runGit } from '../git/command.ts';
import { commitsBetween, writeCommit } from '../git/commits.ts';
import { mergeTrees, rebaseCommits } from '../git/merge.ts';
import { updateRef } from '../git/store.ts';
import { refusal } from '../http/refusal.ts';
import { type Actor, actorRole, requireRole } from '../model/actor.ts';
import { mergesCleanly, protectionObstacles } from '../model/merge-state.ts';
import type { PullRequestIssue } from '../model/pull-request.ts';
import { baseTip } from '../model/pull-request-range.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import { issueUrl } from '../render/issue.ts';
import { signatureOf, webFlow } from './identity.ts';
import { announcePullRequest } from './pull-requests.ts';
import { deleteBranch, refMoved } from './ref-moved.ts';

export const mergeMethods = ['merge', 'squash', 'rebase'] as const;
export type MergeMethod = (typeof mergeMethods)[number];

/** How to merge. `sha`, when given, must be the head, so that nothing is merged unseen. */
export interface MergeOptions {
  readonly method?: MergeMethod;
  readonly sha?: string;
  readonly title?: string;
  readonly message?: string;
}

/** Merges a pull request, and answers the id of the commit that is now the base branch's tip. */
export function mergePullRequest(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  options: MergeOptions = {},
): Promise<string> {
  requireRole(world, repository, actor, 'write');
  return repository.git.exclusive(async () => {
    const base = await requireMergeable(world, repository, issue, actor, options.sha);
    if ((options.method ?? 'merge') === 'merge') requireMergeCommits(repository, issue);
    const tip = await makeMergeCommit(world, repository, issue, actor, base, options);
    await closeMerged(world, repository, issue, actor, base, tip);
    return tip;
  });
}

/** Moves the base branch to `tip`, closes the pull request as merged, and announces both. */
export async function closeMerged(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  base: string,
  tip: string,
): Promise<void> {
  const { pull } = issue;
  const change = await updateRef(repository.git, `refs/heads/${pull.baseRef}`, tip, base);
  const now = timestamp(world);
  Object.assign(issue, { state: 'closed', closedAt: now, closedBy: actor.account, updatedAt: now });
  Object.assign(pull, { mergedAt: now, mergedBy: actor.account, mergeCommitSha: tip, mergedOnto: base });
  await announcePullRequest(world, repository, issue, actor, 'closed');
  await refMoved(world, repository, actor, change);
  if (repository.deleteBranchOnMerge && pull.headRepository === repository) {
    await deleteBranch(world, repository, actor, pull.headRef);
  }
}

/** Refuses as GitHub does, or answers the tip of the base branch to merge into. */
async function requireMergeable(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  sha: string | undefined,
): Promise<string> {
  const base = baseTip(repository, issue);
  if (issue.state === 'closed' || !base) throw refusal(405, 'Pull Request is not mergeable');
  if (sha !== undefined && sha !== issue.pull.headSha) {
    throw refusal(409, 'Head branch was modified. Review and try the merge again.');
  }
  if (issue.pull.draft) throw refusal(405, 'Pull Request is still a draft');
  if (!(await mergesCleanly(repository, issue))) throw refusal(405, 'Pull Request is not mergeable');
  const obstacles = await protectionObstacles(world, repository, issue, issue.pull.headSha);
  const enforced = repository.protections.get(issue.pull.baseRef)?.enforceAdmins ?? false;
  const bypasses = !enforced && actorRole(world, repository, actor) === 'admin';
  if (obstacles.length > 0 && !bypasses) {
    throw refusal(405, obstacles.map((obstacle) => obstacle.message).join('\n\n'));
  }
  return base;
}

function requireMergeCommits(repository: Repository, { pull }: PullRequestIssue): void {
  if (!repository.protections.get(pull.baseRef)?.requiredLinearHistory) return;
  throw refusal(405, 'Merge commits are not allowed on this repository.');
}

/** Makes the commit (or commits) of a merge on top of `base`, and answers the new tip. */
export async function makeMergeCommit(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  base: string,
  options: MergeOptions,
): Promise<string> {
  const { git } = repository;
  const { pull, number, title } = issue;
  const method = options.method ?? 'merge';
  if (method === 'rebase') {
    const tip = await rebaseCommits(git, base, pull.headSha, signatureOf(world, actor.account));
    if (!tip) throw refusal(405, "This branch can't be rebased");
    return tip;
  }
  const outcome = await mergeTrees(git, base, pull.headSha);
  if (!('tree' in outcome)) throw refusal(405, 'Pull Request is not mergeable');
  const source = `${pull.headRepository.owner.login}/${pull.headRef}`;
  const subject =
    options.title ??
    (method === 'squash' ? `${title} (#${number})` : `Merge pull request #${number} from ${source}`);
  const text = options.message ?? (method === 'squash' ? await squashedMessages(repository, issue) : title);
  return writeCommit(git, {
    tree: outcome.tree,
    parents: method === 'squash' ? [base] : [base, pull.headSha],
    message: text === '' ? subject : `${subject}\n\n${text}`,
    author: signatureOf(world, method === 'squash' ? issue.author : actor.account),
    committer: webFlow(world),
  });
}

async function squashedMessages(repository: Repository, { pull }: PullRequestIssue): Promise<string> {
  const commits = await commitsBetween(repository.git, pull.baseSha, pull.headSha);
  if (commits.length < 2) return commits[0]?.message.split('\n').slice(2).join('\n') ?? '';
  return commits.map((commit) => `* ${commit.message}`).join('\n\n');
}

/** Merges the base branch into the head of a pull request, as the 'Update branch' button does. */
export function updatePullRequestBranch(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  expected?: string,
): Promise<string> {
  const { pull } = issue;
  requireRole(world, pull.headRepository, actor, 'write');
  return pull.headRepository.git.exclusive(async () => {
    const base = baseTip(repository, issue);
    if (expected !== undefined && expected !== pull.headSha) {
      throw refusal(422, `expected head sha didn't match current head ref.`);
    }
    if (!base || issue.state === 'closed') throw refusal(422, 'Pull request is closed');
    if ((await commitsBetween(repository.git, pull.headSha, base)).length === 0) {
      throw refusal(422, 'There are no new commits on the base branch.');
    }
    const outcome = await mergeTrees(repository.git, pull.headSha, base);
    if (!('tree' in outcome)) throw refusal(422, 'merge conflict between base and head');
    const tip = await writeCommit(repository.git, {
      tree: outcome.tree,
      parents: [pull.headSha, base],
      message: `Merge branch '${pull.baseRef}' into ${pull.headRef}`,
      author: signatureOf(world, actor.account),
      committer: webFlow(world),
    });
    const from = pull.headRepository === repository ? null : repository.git.directory;
    await moveHead(world, issue, actor, tip, from);
    return issueUrl(world, repository, issue);
  });
}

async function moveHead(
  world: World,
  { pull }: PullRequestIssue,
  actor: Actor,
  tip: string,
  fetchFrom: string | null,
): Promise<void> {
  const { git } = pull.headRepository;
  if (fetchFrom) {
    await runGit(git.directory, ['fetch', '--quiet', '--no-write-fetch-head', fetchFrom, tip]);
  }
  const change = await updateRef(git, `refs/heads/${pull.headRef}`, tip, pull.headSha);
  await refMoved(world, pull.headRepository, actor, change);
}
