import { commitOf, commitsBetween, listCommits, mergeBase, resolveCommit } from '../git/commits.ts';
import { changedFiles, diffText, emptyTree } from '../git/diff.ts';
import { type Call, type Data, ok, onRepository, type RouteTable } from '../http/call.ts';
import { notFound, refusal } from '../http/refusal.ts';
import { isPullRequest } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import { findRepository } from '../model/world.ts';
import { repositoryApiUrl, repositoryUrl } from '../render/addresses.ts';
import { renderCommit, renderFile } from '../render/commit.ts';
import { renderListedPullRequest } from '../render/pull-request.ts';

/** As many as GitHub lists of a commit unless told, and at most of a comparison. */
const filesPerPage = 300;

/** Commits, and what lies between two of them. */
export const commitRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/commits': {
    access: onRepository('contents', 'read'),
    async handle(call) {
      const { world, repository, query } = call;
      const start = await resolveCommit(repository.git, query.get('sha') ?? repository.defaultBranch);
      if (!start) throw notFound();
      const path = query.get('path');
      const ids = await listCommits(repository.git, path ? [start, '--', path] : [start]);
      const commits = await Promise.all(call.page(ids).map((oid) => commitOf(repository.git, oid)));
      return ok(commits.map((commit) => renderCommit(world, repository, commit)));
    },
  },
  'GET /repos/{owner}/{repo}/commits/{ref}': {
    access: onRepository('contents', 'read'),
    async handle(call) {
      const { world, repository, path, accept } = call;
      const oid = await resolveCommit(repository.git, path.ref!);
      if (!oid) throw refusal(422, `No commit found for SHA: ${path.ref}`);
      if (/\.sha/.test(accept))
        return { status: 200, raw: oid, type: 'application/vnd.github.sha; charset=utf-8' };
      const commit = await commitOf(repository.git, oid);
      const from = commit.parents[0] ?? emptyTree;
      if (/\.diff/.test(accept)) return diffAnswer(await diffText(repository.git, from, oid));
      const files = await changedFiles(repository.git, from, oid);
      const additions = files.reduce((sum, file) => sum + file.additions, 0);
      const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
      return ok({
        ...renderCommit(world, repository, commit),
        stats: { additions, deletions, total: additions + deletions },
        files: call.page(files, filesPerPage).map((file) => renderFile(world, repository, oid, file)),
      });
    },
  },
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': {
    access: onRepository('pull_requests', 'read'),
    async handle(call) {
      const { world, repository } = call;
      const oid = await resolveCommit(repository.git, call.path.commit_sha!);
      if (!oid) throw refusal(422, `No commit found for SHA: ${call.path.commit_sha}`);
      const found = [];
      for (const issue of repository.issues.values()) {
        if (!isPullRequest(issue)) continue;
        const commits = await commitsBetween(repository.git, issue.pull.baseSha, issue.pull.headSha);
        if (issue.pull.mergeCommitSha === oid || commits.some((commit) => commit.oid === oid))
          found.push(issue);
      }
      return ok(call.page(found).map((issue) => renderListedPullRequest(world, repository, issue)));
    },
  },
  'GET /repos/{owner}/{repo}/compare/{basehead}': {
    access: onRepository('contents', 'read'),
    handle: compare,
  },
};

/** An answer in the `diff` media type. */
export function diffAnswer(raw: string) {
  return { status: 200 as const, raw, type: 'application/vnd.github.diff; charset=utf-8' };
}

async function compare(call: Call) {
  const { world, repository, accept } = call;
  const [baseName, headName] = (call.path.basehead ?? '').split('...');
  const base = baseName && (await resolveAcross(call, baseName));
  const head = headName && (await resolveAcross(call, headName));
  if (!base || !head) throw notFound();
  const start = await mergeBase(repository.git, base, head);
  if (!start) throw refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
  if (/\.diff/.test(accept)) return diffAnswer(await diffText(repository.git, start, head));
  const [ahead, behind, files] = await Promise.all([
    commitsBetween(repository.git, base, head),
    commitsBetween(repository.git, head, base),
    changedFiles(repository.git, start, head),
  ]);
  const html = `${repositoryUrl(world, repository)}/compare/${baseName}...${headName}`;
  const status =
    base === head ? 'identical' : behind.length === 0 ? 'ahead' : ahead.length === 0 ? 'behind' : 'diverged';
  const data: Data<'GET /repos/{owner}/{repo}/compare/{basehead}'> = {
    url: `${repositoryApiUrl(world, repository)}/compare/${baseName}...${headName}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: renderCommit(world, repository, await commitOf(repository.git, base)),
    merge_base_commit: renderCommit(world, repository, await commitOf(repository.git, start)),
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: call.page(ahead).map((commit) => renderCommit(world, repository, commit)),
    // Files are on the first page alone, and at most 300 of them, as GitHub has it.
    files:
      (call.query.get('page') ?? '1') === '1'
        ? files.slice(0, filesPerPage).map((file) => renderFile(world, repository, head, file))
        : [],
  };
  return ok(data);
}

/** `branch`, or `owner:branch` for one in a fork whose commits are here because of a pull request. */
async function resolveAcross({ world, repository }: Call, name: string): Promise<string | null> {
  const [owner, branch] = name.includes(':') ? (name.split(':') as [string, string]) : [null, name];
  if (!owner || owner === repository.owner.login) return resolveCommit(repository.git, branch);
  const fork: Repository | null = findRepository(world, `${owner}/${repository.name}`);
  const oid = fork && (await resolveCommit(fork.git, branch));
  return oid && resolveCommit(repository.git, oid);
}
