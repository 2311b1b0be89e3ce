import type { Endpoints } from '@octokit/types';
import type { Commit } from '../git/commits.ts';
import type { FileChange } from '../git/diff.ts';
import type { Account } from '../model/account.ts';
import type { Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { renderAccount } from './account.ts';
import { nodeId, repositoryApiUrl, repositoryUrl } from './addresses.ts';

type RestCommit = Endpoints['GET /repos/{owner}/{repo}/commits/{ref}']['response']['data'];

const unverified = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** The account whose address a commit carries, if any. */
export function accountOfEmail(world: World, email: string): Account | null {
  const wanted = email.toLowerCase();
  return [...world.accounts.values()].find((account) => account.email.toLowerCase() === wanted) ?? null;
}

/** A commit, as lists show it. */
export function renderCommit(world: World, repository: Repository, commit: Commit): RestCommit {
  const api = repositoryApiUrl(world, repository);
  const html = `${repositoryUrl(world, repository)}/commit/${commit.oid}`;
  const author = accountOfEmail(world, commit.author.email);
  const committer = accountOfEmail(world, commit.committer.email);
  return {
    url: `${api}/commits/${commit.oid}`,
    sha: commit.oid,
    node_id: nodeId('Commit', commit.oid),
    html_url: html,
    comments_url: `${api}/commits/${commit.oid}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.oid}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      verification: unverified,
    },
    author: author && renderAccount(world, author),
    committer: committer && renderAccount(world, committer),
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${api}/commits/${parent}`,
      html_url: `${repositoryUrl(world, repository)}/commit/${parent}`,
    })),
  };
}

/** A commit object of git itself, as the git data routes answer it. */
export function renderGitCommit(
  world: World,
  repository: Repository,
  commit: Commit,
): Endpoints['GET /repos/{owner}/{repo}/git/commits/{commit_sha}']['response']['data'] {
  const rendered = renderCommit(world, repository, commit);
  return {
    sha: commit.oid,
    node_id: rendered.node_id,
    url: rendered.commit.url,
    html_url: rendered.html_url,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: rendered.commit.tree.url },
    message: commit.message,
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${repositoryApiUrl(world, repository)}/git/commits/${parent}`,
      html_url: `${repositoryUrl(world, repository)}/commit/${parent}`,
    })),
    verification: unverified,
  };
}

/** A changed file. The API leaves the patch out of files that are binary or too long for it. */
export function renderFile(
  world: World,
  repository: Repository,
  sha: string,
  file: FileChange,
): Endpoints['GET /repos/{owner}/{repo}/pulls/{pull_number}/files']['response']['data'][number] {
  const path = file.filename.split('/').map(encodeURIComponent).join('/');
  const html = repositoryUrl(world, repository);
  return {
    sha: file.oid,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${sha}/${path}`,
    raw_url: `${html}/raw/${sha}/${path}`,
    contents_url: `${repositoryApiUrl(world, repository)}/contents/${path}?ref=${sha}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousFilename === null ? {} : { previous_filename: file.previousFilename }),
  };
}
