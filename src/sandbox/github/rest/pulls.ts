import { mergeMethods, mergePullRequest, updatePullRequestBranch } from '../actions/merge-pull-request.ts';
import { editPullRequest, openPullRequest } from '../actions/pull-requests.ts';
import { commitsBetween } from '../git/commits.ts';
import { diffText } from '../git/diff.ts';
import { accepted, type Call, created, ok, onRepository, type RouteTable } from '../http/call.ts';
import { fieldsOf, present } from '../http/fields.ts';
import { invalid, notFound } from '../http/refusal.ts';
import { isPullRequest, type PullRequestIssue, pullRequestsOf } from '../model/pull-request.ts';
import { filesOf, rangeStart } from '../model/pull-request-range.ts';
import type { Repository } from '../model/repository.ts';
import { findRepository, forksOf } from '../model/world.ts';
import { renderCommit, renderFile } from '../render/commit.ts';
import { renderListedPullRequest, renderRestPullRequest } from '../render/pull-request.ts';
import { diffAnswer } from './commits.ts';

/** Pull requests: their state, what they change, and merging them. */
export const pullRoutes: RouteTable = {
  'GET /repos/{owner}/{repo}/pulls': {
    access: onRepository('pull_requests', 'read'),
    handle(call) {
      const { world, repository, query } = call;
      const state = query.get('state') ?? 'open';
      const head = query.get('head');
      const base = query.get('base');
      const found = pullRequestsOf(repository).filter(
        (issue) =>
          (state === 'all' || issue.state === state) &&
          (base === null || issue.pull.baseRef === base) &&
          (head === null || head === `${issue.pull.headRepository.owner.login}:${issue.pull.headRef}`),
      );
      if (query.get('sort') === 'updated')
        found.sort((a, b) => a.updatedAt.localeCompare(b.updatedAt)).reverse();
      if (query.get('direction') === 'asc') found.reverse();
      return ok(call.page(found).map((issue) => renderListedPullRequest(world, repository, issue)));
    },
  },
  'POST /repos/{owner}/{repo}/pulls': {
    access: onRepository('pull_requests', 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const body = fieldsOf(call, 'PullRequest');
      const issue = await openPullRequest(world, repository, actor, {
        title: body.text('title'),
        head: findHead(call, body.text('head'), body.optionalText('head_repo')),
        base: body.text('base'),
        ...present({
          body: body.nullableText('body'),
          draft: body.flag('draft'),
          maintainerCanModify: body.flag('maintainer_can_modify'),
        }),
      });
      return created(await renderRestPullRequest(world, repository, issue));
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': {
    access: onRepository('pull_requests', 'read'),
    async handle(call) {
      const { world, repository, accept } = call;
      const issue = pullRequestIn(call);
      if (/\.diff/.test(accept)) {
        return diffAnswer(
          await diffText(repository.git, await rangeStart(repository, issue), issue.pull.headSha),
        );
      }
      return ok(await renderRestPullRequest(world, repository, issue));
    },
  },
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': {
    access: onRepository('pull_requests', 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const issue = pullRequestIn(call);
      const body = fieldsOf(call, 'PullRequest');
      await editPullRequest(
        world,
        repository,
        issue,
        actor,
        present({
          title: body.optionalText('title'),
          body: body.nullableText('body'),
          state: body.optionalOneOf('state', ['open', 'closed']),
          base: body.optionalText('base'),
        }),
      );
      return ok(await renderRestPullRequest(world, repository, issue));
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files': {
    access: onRepository('pull_requests', 'read'),
    async handle(call) {
      const { world, repository } = call;
      const issue = pullRequestIn(call);
      const files = call.page(await filesOf(repository, issue));
      return ok(files.map((file) => renderFile(world, repository, issue.pull.headSha, file)));
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits': {
    access: onRepository('pull_requests', 'read'),
    async handle(call) {
      const { world, repository } = call;
      const { pull } = pullRequestIn(call);
      const commits = await commitsBetween(repository.git, pull.baseSha, pull.headSha);
      return ok(call.page(commits).map((commit) => renderCommit(world, repository, commit)));
    },
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/merge': {
    access: onRepository('pull_requests', 'read'),
    handle(call) {
      if (!pullRequestIn(call).pull.mergedAt) throw notFound();
      return { status: 204, data: undefined as never };
    },
  },
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge': {
    access: onRepository('contents', 'write'),
    async handle(call) {
      const { world, repository, actor } = call;
      const body = fieldsOf(call, 'PullRequest');
      const sha = await mergePullRequest(
        world,
        repository,
        pullRequestIn(call),
        actor,
        present({
          method: body.optionalOneOf('merge_method', mergeMethods),
          sha: body.optionalText('sha'),
          title: body.optionalText('commit_title'),
          message: body.optionalText('commit_message'),
        }),
      );
      return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
    },
  },
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch': {
    access: onRepository('pull_requests', 'write', 'read'),
    async handle(call) {
      const { world, repository, actor } = call;
      const expected = fieldsOf(call, 'PullRequest').optionalText('expected_head_sha');
      const url = await updatePullRequestBranch(world, repository, pullRequestIn(call), actor, expected);
      return accepted({ message: 'Updating pull request branch.', url });
    },
  },
};

/** The pull request whose number is in the path. */
export function pullRequestIn(call: Call): PullRequestIssue {
  const issue = call.repository.issues.get(call.number('pull_number'));
  if (!issue || !isPullRequest(issue)) throw notFound();
  return issue;
}

/** `branch`, or `owner:branch` for one in a fork. */
function findHead(
  { world, repository }: Call,
  head: string,
  headRepo: string | undefined,
): { readonly repository: Repository; readonly branch: string } {
  const [owner, branch] = head.includes(':') ? (head.split(':') as [string, string]) : [null, head];
  if (headRepo !== undefined) {
    const named = findRepository(
      world,
      headRepo.includes('/') ? headRepo : `${owner ?? repository.owner.login}/${headRepo}`,
    );
    if (named) return { repository: named, branch };
  }
  if (!owner || owner.toLowerCase() === repository.owner.login.toLowerCase()) return { repository, branch };
  const family = [...forksOf(world, repository), ...(repository.parent ? [repository.parent] : [])];
  const fork = family.find((one) => one.owner.login.toLowerCase() === owner.toLowerCase());
  if (!fork) throw invalid({ resource: 'PullRequest', field: 'head', code: 'invalid' });
  return { repository: fork, branch };
}
