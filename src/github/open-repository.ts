/**
 * github/ is the edge to GitHub. In: webhooks (events/, one file an event) and calls of the use cases. Out: jobs,
 * and GitHub's REST and GraphQL APIs by way of `Repository`. It decides nothing.
 */
import type { ProbotOctokit } from 'probot';
import type {
  Comment,
  PullRequest,
  PullRequestReview,
  Repository,
  WrittenComment,
} from '../workflow/repository.ts';
import { changedFiles } from './changed-files.ts';
import { createOnce, unrepeated } from './create-once.ts';
import { defaultBranch } from './default-branch.ts';
import { environmentValues } from './environment-values.ts';
import { findIssue, keepIssue } from './keep-issue.ts';
import { isOwn } from './own.ts';
import { publishChecks } from './publish-checks.ts';
import { readBase } from './read-base.ts';
import { presentAt, readFiles } from './read-files.ts';
import { readPeople } from './read-people.ts';
import { readPerson } from './read-person.ts';
import { changedRepeatedly } from './rule-commits.ts';
import { unlessGone } from './unless-gone.ts';
import { uploadAnalysis } from './upload-analysis.ts';

export type Octokit = InstanceType<typeof ProbotOctokit>;

export interface RepositoryAccess {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** Slipway's own, by which it tells its comments and issues from those of other bots. */
  readonly appId: number;
  /** The name under which what is known of it is kept; the one that it has now unless told. */
  readonly keptName?: string;
  /** What was seen of whole trees: which files a commit has. */
  readonly trees?: Map<string, ReadonlySet<string>>;
  /** Everything that leaves goes through it: no secret is ever written to GitHub. */
  readonly mask: (text: string) => string;
}

/** Tells Slipway's deployments from those of others to an environment of the same name. */
const deploymentTask = 'slipway:apply';

/** https://docs.github.com/en/rest/pulls/pulls: of more commits than these, the rest is not listed. */
const mostCommits = 250;

/** The repository as the use cases see it, through an installation's client. */
export function openRepository(given: RepositoryAccess): Repository {
  const access = { ...given, trees: new Map<string, ReadonlySet<string>>() };
  const { octokit, owner, repo, mask } = access;
  const here = { owner, repo };
  return {
    fullName: access.keptName ?? `${owner}/${repo}`,
    currentName: `${owner}/${repo}`,
    pullRequest: (number) => pullRequest(access, number),
    environmentValues: (environment) => environmentValues(access, environment),
    changedRepeatedly: (number, paths) => changedRepeatedly(access, number, paths),
    changedFiles: (number, trial, mayMove) => changedFiles(access, number, trial, mayMove),
    people: (number, logins, teams) =>
      readPeople(access, number, logins, teams, () => committers(access, number)),
    readBase: (pullRequest, paths) => readBase(access, pullRequest, paths),
    readFiles: (revision, paths) => readFiles(access, revision, paths),
    present: (commit, paths) => presentAt(access, commit, paths),
    person: (login, teams) => readPerson(access, login, teams),
    comment: (id) => comment(access, id),
    review: (number, id) => review(access, number, id),
    async writeComment(number, id, body) {
      const text = mask(body);
      if (id !== undefined) {
        const edited = await unlessGone(
          octokit.rest.issues.updateComment({ ...here, comment_id: id, body: text }),
        );
        if (edited) return { id, at: edited.data.updated_at, body: edited.data.body ?? '' };
      }
      return createComment(access, number, text);
    },
    async findComment(number, marker) {
      const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
        ...here,
        issue_number: number,
        per_page: 100,
      });
      for await (const { data } of pages) {
        const own = data.find((c) => isOwn(access, c) && c.body?.startsWith(marker));
        if (own) return own.id;
      }
      return undefined;
    },
    async commentOnLines(number, commit, comments) {
      // A masked line would be proposed with the mask in it.
      const harmless = comments.filter(({ body }) => mask(body) === body);
      if (harmless.length === 0) return;
      await octokit.rest.pulls.createReview({
        ...here,
        ...unrepeated,
        pull_number: number,
        commit_id: commit,
        event: 'COMMENT',
        body: 'What would meet the policies, to be taken over by one click. Whoever does so has a commit here, and cannot approve it.',
        comments: harmless.map((c) => ({ ...c, side: 'RIGHT' })),
      });
    },
    async react(commentId, content) {
      await unlessGone(
        octokit.rest.reactions.createForIssueComment({ ...here, comment_id: commentId, content }),
      );
    },
    publishChecks: (commit, checks) => publishChecks(access, commit, checks),
    uploadAnalysis: (commit, ref, sarif) => uploadAnalysis(access, commit, ref, sarif),
    async raiseIssue(marker, title, body) {
      await keepIssue(access, undefined, marker, { title, body });
    },
    keepIssue: (number, marker, issue) => keepIssue(access, number, marker, issue),
    defaultBranch: () => defaultBranch(access),
    async closeIssue(marker) {
      const known = await findIssue(access, marker);
      if (known) await octokit.rest.issues.update({ ...here, issue_number: known, state: 'closed' });
    },
    async deployment(commit, environment, description) {
      const own = { ...here, environment, task: deploymentTask };
      const find = async () => {
        const { data } = await octokit.rest.repos.listDeployments({ ...own, sha: commit, per_page: 1 });
        return data[0]?.id;
      };
      const create = async () => {
        const { data } = await octokit.rest.repos.createDeployment({
          ...own,
          ...unrepeated,
          ref: commit,
          description: mask(description).slice(0, 140),
          auto_merge: false,
          required_contexts: [],
        });
        if ('id' in data) return data.id;
        throw new Error(`GitHub made no deployment: ${data.message ?? 'no reason given'}`);
      };
      return (await find()) ?? createOnce(create, find);
    },
    async deploymentState(deployment) {
      const { data } = await octokit.rest.repos.listDeploymentStatuses({
        ...here,
        deployment_id: deployment,
        per_page: 1,
      });
      return data[0]?.state;
    },
    async deploymentStatus(deployment, state, description) {
      await octokit.rest.repos.createDeploymentStatus({
        ...here,
        deployment_id: deployment,
        state,
        description: mask(description).slice(0, 140),
        auto_inactive: true,
      });
    },
  };
}

/** Logins of who wrote or committed any of its commits, however many. */
async function committers(access: RepositoryAccess, number: number): Promise<readonly string[]> {
  const { octokit, owner, repo } = access;
  const listed = await octokit.paginate(octokit.rest.pulls.listCommits, {
    owner,
    repo,
    pull_number: number,
    per_page: 100,
  });
  const commits = listed.length < mostCommits ? listed : await allCommits(access, number);
  return commits.flatMap((c) => [c.author?.login ?? [], c.committer?.login ?? []].flat());
}

/** All commits of a pull request, past the limit of its own list. */
async function allCommits(access: RepositoryAccess, number: number) {
  const { octokit, owner, repo } = access;
  const { baseSha, headSha } = await pullRequest(access, number);
  const basehead = `${baseSha}...${headSha}`;
  const commits = [];
  for (let page = 1; ; page++) {
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      owner,
      repo,
      basehead,
      per_page: 100,
      page,
    });
    commits.push(...data.commits);
    if (data.commits.length === 0 || commits.length >= data.total_commits) return commits;
  }
}

async function pullRequest({ octokit, owner, repo }: RepositoryAccess, number: number): Promise<PullRequest> {
  const { data } = await octokit.rest.pulls.get({ owner, repo, pull_number: number });
  return {
    number,
    author: data.user.login,
    state: data.state,
    merged: data.merged,
    headSha: data.head.sha,
    baseSha: data.base.sha,
    baseRef: data.base.ref,
    // A fork that was deleted since has no repository any more: it is a fork all the same.
    fromFork: data.head.repo?.id !== data.base.repo.id,
    isDefaultBase: data.base.ref === data.base.repo.default_branch,
    fileCount: data.changed_files,
    labels: data.labels.map((label) => label.name),
    ...(data.merged && data.merge_commit_sha ? { mergeCommit: data.merge_commit_sha } : {}),
    ...(data.merged && data.merged_at ? { mergedAt: data.merged_at } : {}),
    ...(data.merged && data.merged_by ? { mergedBy: data.merged_by.login } : {}),
  };
}

async function createComment(
  access: RepositoryAccess,
  number: number,
  body: string,
): Promise<WrittenComment> {
  const { octokit, owner, repo } = access;
  const on = { owner, repo, issue_number: number };
  return createOnce(
    async () => {
      const { data } = await octokit.rest.issues.createComment({ ...on, body, ...unrepeated });
      return { id: data.id, at: data.updated_at, body: data.body ?? '' };
    },
    async () => {
      const { data } = await octokit.rest.issues.listComments({ ...on, since: aMinuteAgo(), per_page: 100 });
      const made = data.findLast((c) => isOwn(access, c) && c.body === body);
      return made && { id: made.id, at: made.updated_at, body: made.body ?? '' };
    },
  );
}

/** By GitHub's clock, which is not quite ours. */
function aMinuteAgo(): string {
  return new Date(Date.now() - 60_000).toISOString();
}

async function comment({ octokit, owner, repo }: RepositoryAccess, id: number): Promise<Comment | undefined> {
  const found = await unlessGone(octokit.rest.issues.getComment({ owner, repo, comment_id: id }));
  if (!found) return undefined;
  const { data } = found;
  return {
    id,
    login: data.user?.login ?? '',
    isBot: data.user?.type !== 'User',
    body: data.body ?? '',
    createdAt: data.created_at,
    updatedAt: data.updated_at,
    edited: data.updated_at !== data.created_at,
    pullRequest: Number(data.issue_url.split('/').at(-1)),
  };
}

const reviewStates: Readonly<Record<string, PullRequestReview['state']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
};

async function review(
  { octokit, owner, repo }: RepositoryAccess,
  number: number,
  id: number,
): Promise<PullRequestReview | undefined> {
  const found = await unlessGone(
    octokit.rest.pulls.getReview({ owner, repo, pull_number: number, review_id: id }),
  );
  if (!found) return undefined;
  const { data } = found;
  return {
    id,
    login: data.user?.login ?? '',
    isBot: data.user?.type !== 'User',
    state: reviewStates[data.state] ?? 'pending',
    commit: data.commit_id ?? '',
    submittedAt: data.submitted_at ?? '',
  };
}
