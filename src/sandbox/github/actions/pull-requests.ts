import { runGit } from '../git/command.ts';
import { commitsBetween, writeCommit } from '../git/commits.ts';
import { mergeTrees } from '../git/merge.ts';
import { branchTip, type GitStore, noCommit, updateRef } from '../git/store.ts';
import { invalid } from '../http/refusal.ts';
import type { Actor } from '../model/actor.ts';
import { mergesCleanly } from '../model/merge-state.ts';
import { type PullRequest, type PullRequestIssue, pullRequestsOf } from '../model/pull-request.ts';
import { baseTip } from '../model/pull-request-range.ts';
import type { Repository } from '../model/repository.ts';
import { timestamp, type World } from '../model/world.ts';
import { renderPullRequest } from '../render/pull-request.ts';
import { webFlow } from './identity.ts';
import { changeIssue, type IssueEdit, putIssue } from './issues.ts';

/** What a new pull request says. */
export interface NewPullRequest {
  readonly title: string;
  readonly body?: string | null;
  readonly head: { readonly repository: Repository; readonly branch: string };
  readonly base: string;
  readonly draft?: boolean;
  readonly maintainerCanModify?: boolean;
}

/** Opens a pull request, from a branch of the same repository or of a fork. */
export function openPullRequest(
  world: World,
  repository: Repository,
  actor: Actor,
  proposal: NewPullRequest,
): Promise<PullRequestIssue> {
  return repository.git.exclusive(async () => {
    const { head, base } = proposal;
    const headSha = branchTip(head.repository.git, head.branch);
    const baseSha = branchTip(repository.git, base);
    if (!headSha) throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' });
    if (!baseSha) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
    requireNotOpen(repository, proposal);
    if (head.repository !== repository) await fetchBranch(repository.git, head.repository.git, head.branch);
    if ((await commitsBetween(repository.git, baseSha, headSha)).length === 0) {
      const message = `No commits between ${base} and ${head.branch}`;
      throw invalid({ resource: 'PullRequest', field: 'base', code: 'custom', message });
    }
    const pull = newPullRequest(world, repository, proposal, headSha, baseSha);
    const content = { title: proposal.title, body: proposal.body ?? null, pull };
    const issue = putIssue(world, repository, actor, content) as PullRequestIssue;
    await updateRef(repository.git, `refs/pull/${issue.number}/head`, headSha);
    await tryMerge(world, repository, issue);
    await announcePullRequest(world, repository, issue, actor, 'opened');
    return issue;
  });
}

function newPullRequest(
  world: World,
  repository: Repository,
  { head, base, draft, maintainerCanModify }: NewPullRequest,
  headSha: string,
  baseSha: string,
): PullRequest {
  return {
    id: world.newId(),
    headRepository: head.repository,
    headRef: head.branch,
    baseRef: base,
    headSha,
    baseSha,
    draft: draft ?? false,
    maintainerCanModify: maintainerCanModify ?? head.repository !== repository,
    reviews: [],
    requestedReviewers: [],
    requestedTeams: [],
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    mergedOnto: null,
    mergeability: null,
  };
}

function requireNotOpen(repository: Repository, { head, base }: NewPullRequest): void {
  const twin = pullRequestsOf(repository).find(
    ({ state, pull }) =>
      state === 'open' &&
      pull.headRepository === head.repository &&
      pull.headRef === head.branch &&
      pull.baseRef === base,
  );
  if (!twin) return;
  const label = `${head.repository.owner.login}:${head.branch}`;
  throw invalid({
    resource: 'PullRequest',
    field: 'head',
    code: 'custom',
    message: `A pull request already exists for ${label}.`,
  });
}

/** Makes `refs/pull/N/head` point at the head, fetching its objects first where it is in a fork. */
export async function bringHead(
  repository: Repository,
  from: Repository,
  branch: string,
  sha: string,
  number: number,
): Promise<void> {
  if (from !== repository) await fetchBranch(repository.git, from.git, branch);
  await updateRef(repository.git, `refs/pull/${number}/head`, sha);
}

async function fetchBranch(into: GitStore, from: GitStore, branch: string): Promise<void> {
  await runGit(into.directory, [
    'fetch',
    '--quiet',
    '--no-write-fetch-head',
    from.directory,
    `refs/heads/${branch}`,
  ]);
}

/**
 * Merges the head into the tip of the base as GitHub does in the background, and leaves the result at
 * `refs/pull/N/merge`, or removes that where they conflict.
 */
export async function tryMerge(world: World, repository: Repository, issue: PullRequestIssue): Promise<void> {
  const ref = `refs/pull/${issue.number}/merge`;
  const base = baseTip(repository, issue);
  const clean = await mergesCleanly(repository, issue);
  if (!base || !clean) {
    issue.pull.mergeCommitSha = null;
    if (repository.git.refs.has(ref)) await updateRef(repository.git, ref, noCommit);
    return;
  }
  const outcome = await mergeTrees(repository.git, base, issue.pull.headSha);
  if (!('tree' in outcome)) return;
  const signature = webFlow(world);
  const merge = await writeCommit(repository.git, {
    tree: outcome.tree,
    parents: [base, issue.pull.headSha],
    message: `Merge ${issue.pull.headSha} into ${base}`,
    author: signature,
    committer: signature,
  });
  await updateRef(repository.git, ref, merge);
  issue.pull.mergeCommitSha = merge;
}

/** Edits, closes, reopens or retargets a pull request. */
export async function editPullRequest(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  edit: IssueEdit & { readonly base?: string },
): Promise<void> {
  const { pull } = issue;
  const before = {
    title: issue.title,
    body: issue.body,
    state: issue.state,
    ref: pull.baseRef,
    sha: pull.baseSha,
  };
  if (edit.state === 'open' && issue.state === 'closed') requireReopens(repository, issue);
  if (edit.base !== undefined && edit.base !== pull.baseRef) {
    const tip = branchTip(repository.git, edit.base);
    if (!tip) throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
    pull.baseRef = edit.base;
    pull.baseSha = tip;
    await tryMerge(world, repository, issue);
  }
  changeIssue(world, repository, issue, actor, edit);
  if (before.state !== issue.state) {
    const action = issue.state === 'closed' ? 'closed' : 'reopened';
    if (action === 'reopened') await tryMerge(world, repository, issue);
    await announcePullRequest(world, repository, issue, actor, action);
  }
  const changes = {
    ...(before.title === issue.title ? {} : { title: { from: before.title } }),
    ...(before.body === issue.body ? {} : { body: { from: before.body ?? '' } }),
    ...(before.ref === pull.baseRef
      ? {}
      : { base: { ref: { from: before.ref }, sha: { from: before.sha } } }),
  };
  if (Object.keys(changes).length > 0) {
    await world.announce('pull_request', { repository, sender: actor.account }, async () => ({
      action: 'edited' as const,
      number: issue.number,
      changes,
      pull_request: await renderPullRequest(world, repository, issue),
    }));
  }
}

function requireReopens(repository: Repository, { pull }: PullRequestIssue): void {
  const problem = pull.mergedAt
    ? 'state cannot be changed. The pull request cannot be reopened.'
    : branchTip(pull.headRepository.git, pull.headRef) === null
      ? `state cannot be changed. The ${pull.headRef} branch has been deleted.`
      : branchTip(repository.git, pull.baseRef) === null
        ? `state cannot be changed. The ${pull.baseRef} branch has been deleted.`
        : null;
  if (problem) throw invalid({ resource: 'PullRequest', field: 'state', code: 'invalid', message: problem });
}

/** Marks a draft ready for review. */
export async function markReady(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
): Promise<void> {
  if (!issue.pull.draft) return;
  issue.pull.draft = false;
  issue.updatedAt = timestamp(world);
  await world.announce('pull_request', { repository, sender: actor.account }, async () => ({
    action: 'ready_for_review' as const,
    number: issue.number,
    pull_request: {
      ...(await renderPullRequest(world, repository, issue)),
      state: 'open' as const,
      closed_at: null,
      merged_at: null,
      draft: false as const,
      merged: false,
      merged_by: null,
    },
  }));
}

/** Announces that a pull request was opened, closed (merged or not) or reopened. */
export async function announcePullRequest(
  world: World,
  repository: Repository,
  issue: PullRequestIssue,
  actor: Actor,
  action: 'opened' | 'closed' | 'reopened',
): Promise<void> {
  const { number } = issue;
  await world.announce('pull_request', { repository, sender: actor.account }, async () => {
    const rendered = await renderPullRequest(world, repository, issue);
    if (action === 'closed') {
      const merged = issue.pull.mergedAt !== null;
      return {
        action,
        number,
        pull_request: { ...rendered, state: 'closed' as const, closed_at: issue.closedAt!, merged },
      };
    }
    const open = { ...rendered, state: 'open' as const, closed_at: null, merged_at: null, merged_by: null };
    if (action === 'opened') {
      return { action, number, pull_request: { ...open, active_lock_reason: null, merged: false } };
    }
    return { action, number, pull_request: { ...open, merged: false } };
  });
}
