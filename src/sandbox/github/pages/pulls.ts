import { html } from 'hono/html';
import { rollup } from '../model/checks-on-commit.ts';
import { latestReviews } from '../model/merge-state.ts';
import { type PullRequestIssue, pullRequestsOf } from '../model/pull-request.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { branchesToPropose } from './branches-to-propose.ts';
import { rollupMark } from './check-mark.ts';
import { cloneHint } from './clone-hint.ts';
import { icon } from './icons.ts';
import { blank, page } from './layout.ts';
import { branchLink, labelsOf, nameOf, pathOf } from './names.ts';
import { type Html, type PageApp, repositoryIn } from './site.ts';
import { stateIcon } from './state-badge.ts';
import { when } from './when.ts';

/** `/:owner/:repo/pulls`: open or closed pull requests, and how to open one. */
export function pulls(app: PageApp): void {
  app.get('/:owner/:repo/pulls', (c) => {
    const repository = repositoryIn(c);
    const { world } = c.var.site;
    const wanted = c.req.query('state') === 'closed' ? 'closed' : 'open';
    const all = pullRequestsOf(repository);
    const shown = all.filter((issue) => issue.state === wanted);
    const path = `/${fullName(repository)}`;
    return page(
      c,
      { title: `Pull requests · ${fullName(repository)}`, repository, tab: 'pulls' },
      html`${branchesToPropose(repository).map(
        (
          branch,
        ) => html`<div class="banner calm">${icon('branch')}<p class="grow">${branchLink(repository, branch)} has no pull request yet.</p>
<a class="button primary" href="${path}/compare/${pathOf(repository.defaultBranch)}...${pathOf(branch)}">Compare &amp; pull request</a></div>`,
      )}
<div class="bar"><nav class="states" aria-label="State">${openAndClosed(`${path}/pulls`, wanted, all)}</nav><span class="grow"></span><a class="button primary" href="${path}/compare">New pull request</a></div>
${shown.length === 0 ? blank('pull', `There are no ${wanted} pull requests`) : html`<ul class="list">${shown.map((issue) => row(world, repository, issue))}</ul>`}
${cloneHint(world, repository)}`,
    );
  });
}

/** The two links over a list of issues or pull requests, with how many there are. */
export function openAndClosed(
  path: string,
  current: 'open' | 'closed',
  all: readonly { readonly state: 'open' | 'closed' }[],
): Html {
  const link = (state: 'open' | 'closed', label: string) =>
    html`<a href="${path}?state=${state}"${state === current ? html` aria-current="page"` : ''}>${all.filter((one) => one.state === state).length} ${label}</a>`;
  return html`${link('open', 'Open')} ${link('closed', 'Closed')}`;
}

function row(world: World, repository: Repository, issue: PullRequestIssue): Html {
  const { pull } = issue;
  const verb = pull.mergedAt ? 'merged' : issue.state === 'closed' ? 'closed' : 'opened';
  const at = pull.mergedAt ?? issue.closedAt ?? issue.createdAt;
  return html`<li>${stateIcon(issue)}<div class="grow"><h3><a href="/${fullName(repository)}/pull/${issue.number}">${issue.title}</a> ${rollupMark(rollup(repository, pull.headSha))}${labelsOf(issue.labels)}</h3>
<p class="quiet">#${issue.number} by ${nameOf(issue.author)} ${verb} ${when(world, at)} · ${branchLink(repository, pull.headRef)}${reviewWord(issue)}</p></div>
${issue.comments.length === 0 ? '' : html`<span class="quiet">${icon('comment')} ${issue.comments.length}</span>`}</li>`;
}

function reviewWord(issue: PullRequestIssue): string {
  const states = latestReviews(issue).map((review) => review.state);
  if (states.includes('CHANGES_REQUESTED')) return ' · Changes requested';
  return states.includes('APPROVED') ? ' · Approved' : '';
}
