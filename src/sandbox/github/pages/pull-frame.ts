import { html } from 'hono/html';
import { commitsBetween } from '../git/commits.ts';
import { checkRunsOn } from '../model/checks-on-commit.ts';
import type { PullRequestIssue } from '../model/pull-request.ts';
import { filesOf } from '../model/pull-request-range.ts';
import { fullName, type Repository } from '../model/repository.ts';
import { type IconName, icon } from './icons.ts';
import { page } from './layout.ts';
import { branchLink, nameOf } from './names.ts';
import type { Html, PageContext } from './site.ts';
import { stateBadge } from './state-badge.ts';

export type PullTab = 'conversation' | 'commits' | 'checks' | 'files';

/** A page of a pull request: its title, state and branches, and the four tabs over what each shows. */
export async function pullPage(
  c: PageContext,
  repository: Repository,
  issue: PullRequestIssue,
  tab: PullTab,
  content: Html,
  problem?: string,
): Promise<Response> {
  const { pull } = issue;
  const [commits, files] = await Promise.all([
    commitsBetween(repository.git, pull.baseSha, pull.headSha),
    filesOf(repository, issue),
  ]);
  const path = `/${fullName(repository)}/pull/${issue.number}`;
  const link = (name: PullTab, look: IconName, label: string, to: string, count: number) =>
    html`<a href="${to}"${name === tab ? html` aria-current="page"` : ''}>${icon(look)} ${label} <span class="count">${count}</span></a>`;
  const words = pull.mergedAt
    ? html`${nameOf(pull.mergedBy ?? issue.author)} merged ${commitCount(commits.length)} into`
    : html`${nameOf(issue.author)} wants to merge ${commitCount(commits.length)} into`;
  const from = pull.headRepository === repository ? '' : `${pull.headRepository.owner.login}:`;
  return page(
    c,
    { title: `${issue.title} · Pull request #${issue.number}`, repository, tab: 'pulls', problem },
    html`<div id="pull-head" data-live>
<h1>${issue.title} <span class="quiet">#${issue.number}</span></h1>
<p class="under">${stateBadge(issue)} <span class="quiet">${words} ${branchLink(repository, pull.baseRef)} from ${branchLink(pull.headRepository, pull.headRef, from)}</span></p>
<nav class="tabs" aria-label="Pull request">
${link('conversation', 'comment', 'Conversation', path, issue.comments.length + pull.reviews.length)}
${link('commits', 'commit', 'Commits', `${path}/commits`, commits.length)}
${link('checks', 'check', 'Checks', `${path}/checks`, checkRunsOn(repository, pull.headSha, 'latest').length)}
${link('files', 'file', 'Files changed', `${path}/files`, files.length)}
</nav></div>
${content}`,
  ) as Promise<Response>;
}

function commitCount(count: number): string {
  return `${count} ${count === 1 ? 'commit' : 'commits'}`;
}
