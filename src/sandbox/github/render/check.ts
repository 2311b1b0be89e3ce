import type { Endpoints } from '@octokit/types';
import type {
  CheckRunCreatedEvent,
  CheckRunPullRequest,
  CheckSuiteRequestedEvent,
  SimpleCommit,
} from '@octokit/webhooks-types';
import type { Commit } from '../git/commits.ts';
import type { Annotation, CheckRun, CheckSuite } from '../model/check.ts';
import { checkRunsOn } from '../model/checks-on-commit.ts';
import { pullRequestsOf } from '../model/pull-request.ts';
import type { Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { nodeId, repositoryApiUrl, repositoryUrl } from './addresses.ts';
import { renderApp } from './app.ts';
import { restApp } from './issue.ts';
import { renderRepository } from './repository.ts';

/** The open pull requests whose head is this commit, in the few fields that checks give of them. */
function renderCheckPullRequests(world: World, repository: Repository, sha: string): CheckRunPullRequest[] {
  const side = (of: Repository, ref: string, at: string) => ({
    ref,
    sha: at,
    repo: { id: of.id, url: repositoryApiUrl(world, of), name: of.name },
  });
  return pullRequestsOf(repository)
    .filter(
      ({ state, pull }) => state === 'open' && pull.headSha === sha && pull.headRepository === repository,
    )
    .map(({ number, pull }) => ({
      url: `${repositoryApiUrl(world, repository)}/pulls/${number}`,
      id: pull.id,
      number,
      head: side(pull.headRepository, pull.headRef, pull.headSha),
      base: side(repository, pull.baseRef, pull.baseSha),
    }));
}

/** The suite's own status and conclusion, which are those of its runs together. */
function summarise(repository: Repository, suite: CheckSuite) {
  const runs = checkRunsOn(repository, suite.headSha, 'latest').filter((run) => run.suite === suite);
  if (runs.length === 0) return { status: 'queued' as const, conclusion: null, runs };
  if (runs.some((run) => run.status !== 'completed')) {
    const started = runs.some((run) => run.status !== 'queued');
    return { status: started ? ('in_progress' as const) : ('queued' as const), conclusion: null, runs };
  }
  const worst = ['failure', 'timed_out', 'cancelled', 'action_required', 'success', 'neutral'] as const;
  const conclusion = worst.find((one) => runs.some((run) => run.conclusion === one)) ?? 'neutral';
  return { status: 'completed' as const, conclusion, runs };
}

/** A check run, in the form that webhook payloads have. */
export function renderWebhookCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
): CheckRunCreatedEvent['check_run'] {
  const url = `${repositoryApiUrl(world, repository)}/check-runs/${run.id}`;
  const html = `${repositoryUrl(world, repository)}/runs/${run.id}`;
  const { suite } = run;
  const pull_requests = renderCheckPullRequests(world, repository, run.headSha);
  const app = renderApp(world, suite.app);
  const { status, conclusion } = summarise(repository, suite);
  return {
    id: run.id,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt ?? suite.createdAt,
    completed_at: run.completedAt,
    output: {
      ...run.output,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: {
      id: suite.id,
      node_id: nodeId('CheckSuite', suite.id),
      head_branch: suite.headBranch,
      head_sha: suite.headSha,
      status,
      conclusion,
      url: `${repositoryApiUrl(world, repository)}/check-suites/${suite.id}`,
      before: suite.before,
      after: suite.headSha,
      pull_requests,
      app,
      created_at: suite.createdAt,
      updated_at: suite.updatedAt,
    },
    app,
    pull_requests,
  };
}

/** A check run as REST answers it. */
export function renderCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
): Endpoints['GET /repos/{owner}/{repo}/check-runs/{check_run_id}']['response']['data'] {
  const rendered = renderWebhookCheckRun(world, repository, run);
  return {
    id: run.id,
    head_sha: run.headSha,
    node_id: nodeId('CheckRun', run.id),
    external_id: run.externalId,
    url: rendered.url,
    html_url: rendered.html_url,
    details_url: rendered.details_url ?? null,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: rendered.output as { title: string | null } & Omit<typeof rendered.output, 'title'>,
    name: run.name,
    check_suite: { id: run.suite.id },
    app: restApp(renderApp(world, run.suite.app)),
    pull_requests: rendered.pull_requests,
  };
}

/** One annotation. */
export function renderAnnotation(
  world: World,
  repository: Repository,
  run: CheckRun,
  annotation: Annotation,
): Endpoints['GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations']['response']['data'][number] {
  return {
    path: annotation.path,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    start_column: annotation.startColumn,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: annotation.rawDetails,
    blob_href: `${repositoryUrl(world, repository)}/blob/${run.headSha}/${annotation.path}`,
  };
}

/** A commit, in the short form that check suites and merge groups have. */
export function renderSimpleCommit(commit: Commit) {
  return {
    id: commit.oid,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  } satisfies SimpleCommit;
}

/** A check suite, in the form that webhook payloads have. */
export function renderWebhookCheckSuite(
  world: World,
  repository: Repository,
  suite: CheckSuite,
  head: Commit,
): CheckSuiteRequestedEvent['check_suite'] {
  const { status, conclusion, runs } = summarise(repository, suite);
  const url = `${repositoryApiUrl(world, repository)}/check-suites/${suite.id}`;
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status,
    conclusion,
    url,
    before: suite.before,
    after: suite.headSha,
    pull_requests: renderCheckPullRequests(world, repository, suite.headSha),
    app: renderApp(world, suite.app),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
    head_commit: renderSimpleCommit(head),
  };
}

/** A check suite as REST answers it. */
export function renderCheckSuite(
  world: World,
  repository: Repository,
  suite: CheckSuite,
  head: Commit,
): Endpoints['GET /repos/{owner}/{repo}/check-suites/{check_suite_id}']['response']['data'] {
  const rendered = renderWebhookCheckSuite(world, repository, suite, head);
  return {
    ...rendered,
    app: restApp(renderApp(world, suite.app)),
    head_commit: renderSimpleCommit(head),
    repository: renderRepository(world, repository),
  };
}
