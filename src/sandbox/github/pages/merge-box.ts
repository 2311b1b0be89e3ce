import { html } from 'hono/html';
import { mergeTrees } from '../git/merge.ts';
import { branchTip } from '../git/store.ts';
import { checkRunsOn, rollup, statusesOn } from '../model/checks-on-commit.ts';
import { latestReviews, mergeStateOf, type Obstacle, protectionObstacles } from '../model/merge-state.ts';
import type { PullRequest, PullRequestIssue } from '../model/pull-request.ts';
import { baseTip } from '../model/pull-request-range.ts';
import { fullName, type Repository } from '../model/repository.ts';
import { lookOf, lookOfStatus, mark } from './check-mark.ts';
import { type IconName, icon } from './icons.ts';
import { commitLink, nameOf, webAddress } from './names.ts';
import { personChoice } from './people.ts';
import type { Html, MaybeHtml, PageContext } from './site.ts';

/** Everything between a pull request and its merge: reviews, checks, conflicts, and the button. */
export async function mergeBox(
  c: PageContext,
  repository: Repository,
  issue: PullRequestIssue,
): Promise<Html> {
  const { pull } = issue;
  const path = `/${fullName(repository)}/pull/${issue.number}`;
  if (issue.state === 'closed') return closedBox(c, repository, issue, path);
  const { world } = c.var.site;
  const state = await mergeStateOf(world, repository, issue);
  const obstacles = await protectionObstacles(world, repository, issue, pull.headSha);
  const queued = repository.mergeQueue.find((entry) => entry.issue === issue);
  return html`<section class="box merge ${state.state}" id="merge-box" data-live>
${reviewLine(issue, obstacles)}
${checkLines(repository, pull, path)}
${queued ? line('busy', 'clock', 'Queued to merge', html`by ${nameOf(queued.actor.account)}${queued.group ? html`, waiting for the checks of ${commitLink(repository, queued.group.sha)}` : ''}`) : ''}
${await conflictLine(c, repository, issue, state.mergeable, obstacles, path)}
${
  pull.draft
    ? html`<form class="pad bar" method="post" action="${path}/ready"><p class="grow"><b>This pull request is still a work in progress.</b></p>${personChoice(c, { first: issue.author })}<button class="button">Ready for review</button></form>`
    : mergeForm(c, repository, issue, state.mergeable === true, obstacles, path)
}
</section>`;
}

function line(tone: string, sign: IconName, title: string | Html, text: MaybeHtml | string = ''): Html {
  return html`<div class="line"><span class="mark ${tone} big">${icon(sign)}</span><div class="grow"><p><b>${title}</b></p>${text === '' ? '' : html`<p class="quiet">${text}</p>`}</div></div>`;
}

function reviewLine(issue: PullRequestIssue, obstacles: readonly Obstacle[]): MaybeHtml {
  const missing = obstacles.find((one) => one.kind === 'reviews');
  const latest = latestReviews(issue);
  const refusing = latest.filter((review) => review.state === 'CHANGES_REQUESTED');
  const approving = latest.filter((review) => review.state === 'APPROVED');
  const by = (reviews: typeof latest) => html`by ${reviews.map((review) => html`${nameOf(review.author)} `)}`;
  if (refusing.length > 0)
    return line(
      'bad',
      'cross',
      'Changes requested',
      html`${by(refusing)}${missing ? html`<br>${missing.message}` : ''}`,
    );
  if (missing) return line('bad', 'cross', 'Review required', missing.message);
  return approving.length === 0 ? '' : line('good', 'check', 'Changes approved', by(approving));
}

function checkLines(repository: Repository, pull: PullRequest, path: string): MaybeHtml {
  const required = repository.protections.get(pull.baseRef)?.requiredStatusChecks?.checks ?? [];
  const isRequired = (name: string) => required.some((one) => one.context === name);
  const runs = checkRunsOn(repository, pull.headSha, 'latest');
  const statuses = statusesOn(repository, pull.headSha);
  const names = new Set([...runs.map((run) => run.name), ...statuses.map((status) => status.context)]);
  const expected = required.filter((one) => !names.has(one.context));
  if (runs.length + statuses.length + expected.length === 0) return '';
  const row = (sign: Html, name: string, text: string, to: string | null) =>
    html`<li>${sign} <span class="grow"><b>${name}</b> <span class="quiet">${text}</span></span>${isRequired(name) ? html`<span class="pill">Required</span>` : ''} ${to ? html`<a href="${to}">Details</a>` : ''}</li>`;
  return html`<details open class="checks"><summary>${checkSummary(rollup(repository, pull.headSha), expected.length, required.length)}</summary><ul>
${[...runs]
  .sort((one, other) => one.name.localeCompare(other.name))
  .map((run) =>
    row(
      mark(lookOf(run)),
      run.name,
      `— ${run.output.title ?? lookOf(run).word}`,
      `${path}/checks#check-run-${run.id}`,
    ),
  )}
${statuses.map((status) => row(mark(lookOfStatus(status)), status.context, `— ${status.description ?? status.state}`, webAddress(status.targetUrl)))}
${expected.map(({ context }) => row(mark({ sign: 'dot', tone: 'busy', word: 'Expected' }), context, '— Expected: waiting for it to be reported', null))}
</ul></details>`;
}

function checkSummary(state: ReturnType<typeof rollup>, expected: number, required: number): Html {
  if (state === 'failing') return line('bad', 'cross', 'Some checks were not successful');
  if (state === 'pending' || expected > 0) {
    const text = expected > 0 ? `${expected} of ${required} required checks have not been reported` : '';
    return line('busy', 'ring', 'Some checks haven’t completed yet', text);
  }
  return line('good', 'check', 'All checks have passed');
}

async function conflictLine(
  c: PageContext,
  repository: Repository,
  issue: PullRequestIssue,
  mergeable: boolean | null,
  obstacles: readonly Obstacle[],
  path: string,
): Promise<Html> {
  const base = baseTip(repository, issue);
  if (mergeable === false) {
    const outcome = base ? await mergeTrees(repository.git, base, issue.pull.headSha) : { conflicts: [] };
    const paths = 'conflicts' in outcome ? outcome.conflicts : [];
    return line(
      'bad',
      'warning',
      'This branch has conflicts that must be resolved',
      html`${paths.map((one) => html`<code>${one}</code> `)}`,
    );
  }
  const behind = obstacles.find((one) => one.kind === 'behind');
  if (!behind) return line('good', 'check', 'This branch has no conflicts with the base branch');
  return html`<form class="line" method="post" action="${path}/update-branch"><span class="mark attention big">${icon('warning')}</span><div class="grow"><p><b>This branch is out of date with the base branch</b></p><p class="quiet">${behind.message}</p></div>${personChoice(c, { first: issue.author })}<button class="button">Update branch</button></form>`;
}

/** The button works even where protection stands against it: people with admin rights may pass, others are told why not. */
function mergeForm(
  c: PageContext,
  repository: Repository,
  issue: PullRequestIssue,
  mergeable: boolean,
  obstacles: readonly Obstacle[],
  path: string,
): Html {
  const { pull } = issue;
  const free = mergeable && obstacles.length === 0;
  const bypass =
    repository.protections.has(pull.baseRef) && !repository.protections.get(pull.baseRef)?.enforceAdmins;
  return html`<form class="pad" method="post" action="${path}/merge"><input type="hidden" name="sha" value="${pull.headSha}">
${free ? '' : html`<div class="line blocked"><span class="mark bad big">${icon('shield')}</span><div class="grow"><p><b>Merging is blocked</b></p>${obstacles.map((one) => html`<p class="quiet">${one.message}</p>`)}${mergeable ? '' : html`<p class="quiet">Conflicts have to be resolved first.</p>`}${obstacles.length > 0 && bypass ? html`<p class="quiet">People with admin rights may merge all the same.</p>` : ''}</div></div>`}
<p class="bar"><button class="button ${free ? 'primary' : 'danger'}">${free ? 'Merge pull request' : 'Try to merge'}</button>
<label>by <select name="method"><option value="merge">a merge commit</option><option value="squash">squashing</option><option value="rebase">rebasing</option><option value="queue">the merge queue</option></select></label>${personChoice(c)}</p></form>`;
}

function closedBox(
  c: PageContext,
  repository: Repository,
  { pull, author }: PullRequestIssue,
  path: string,
): Html {
  const stands =
    branchTip(pull.headRepository.git, pull.headRef) !== null &&
    pull.headRef !== pull.headRepository.defaultBranch;
  const [title, tone] = pull.mergedAt
    ? ['Pull request successfully merged and closed', 'merged']
    : ['Closed with unmerged commits', 'quiet'];
  return html`<section class="box merge" id="merge-box" data-live>${line(tone, 'merged', title, stands ? html`The <code>${pull.headRef}</code> branch can be deleted.` : '')}
${stands ? html`<form class="pad bar" method="post" action="${path}/delete-branch">${personChoice(c, { first: author })}<button class="button">Delete branch</button></form>` : ''}
${pull.mergedAt ? html`<form class="pad bar" method="post" action="${path}/revert"><p class="grow quiet">Takes back what this changed, in a pull request of its own.</p>${personChoice(c, { first: author })}<button class="button">Revert</button></form>` : ''}
${pull.mergedAt ? checkLines(repository, pull, path) : ''}</section>`;
}
