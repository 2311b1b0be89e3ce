import type { PushEvent } from '@octokit/webhooks-types';
import {
  type Commit,
  commitOf,
  commitsBetween,
  isAncestor,
  listCommits,
  resolveCommit,
} from '../git/commits.ts';
import { pathsByCommit } from '../git/diff.ts';
import { branchTip, noCommit, type RefChange } from '../git/store.ts';
import type { Account } from '../model/account.ts';
import type { Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { repositoryUrl } from './addresses.ts';
import { accountOfEmail } from './commit.ts';

/** The longest list of commits in a push event, as GitHub documents it. */
const longestList = 2048;

/** What a push event says of one reference that moved. */
export async function renderPush(
  world: World,
  repository: Repository,
  pusher: Account,
  change: RefChange,
): Promise<Omit<PushEvent, 'repository' | 'sender' | 'organization' | 'installation'>> {
  const { ref, before, after } = change;
  const created = before === noCommit;
  const deleted = after === noCommit;
  const commits = deleted ? [] : await pushedCommits(repository, change);
  const head = deleted ? null : await resolveCommit(repository.git, after);
  const all = head ? [...commits, await commitOf(repository.git, head)] : commits;
  const paths = await pathsByCommit(repository.git, [...new Set(all.map((commit) => commit.oid))]);
  const person = (who: Commit['author']) => {
    const account = accountOfEmail(world, who.email);
    return { name: who.name, email: who.email, ...(account ? { username: account.login } : {}) };
  };
  const render = (commit: Commit) => ({
    id: commit.oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${repositoryUrl(world, repository)}/commit/${commit.oid}`,
    author: person(commit.author),
    committer: person(commit.committer),
    ...(paths.get(commit.oid) ?? { added: [], removed: [], modified: [] }),
  });
  const range =
    created || deleted
      ? (deleted ? before : after).slice(0, 12)
      : `${before.slice(0, 12)}...${after.slice(0, 12)}`;
  return {
    ref,
    before,
    after,
    created,
    deleted,
    forced: !created && !deleted && !(await isAncestor(repository.git, before, after)),
    base_ref: null,
    compare: `${repositoryUrl(world, repository)}/compare/${range}`,
    commits: commits.slice(-longestList).map(render),
    head_commit: head ? render(all.at(-1)!) : null,
    pusher: { name: pusher.login, email: pusher.email },
  };
}

/** The commits that came with a push: for a new branch, those that the default branch lacks. */
async function pushedCommits(repository: Repository, { ref, before, after }: RefChange): Promise<Commit[]> {
  const { git } = repository;
  if (!ref.startsWith('refs/heads/')) return [];
  if (before !== noCommit) return commitsBetween(git, before, after);
  const main = branchTip(git, repository.defaultBranch);
  if (main && ref !== `refs/heads/${repository.defaultBranch}`) return commitsBetween(git, main, after);
  const ids = await listCommits(git, ['--reverse', after]);
  return Promise.all(ids.map((oid) => commitOf(git, oid)));
}
