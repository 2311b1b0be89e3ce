import { html } from 'hono/html';
import { checkRunsOn, statusesOn } from '../model/checks-on-commit.ts';
import { lookOf, lookOfStatus, mark } from './check-mark.ts';
import { checkRunBox } from './check-run.ts';
import { blank } from './layout.ts';
import { commitLink, webAddress } from './names.ts';
import { pullPage } from './pull-frame.ts';
import { type PageApp, pullRequestIn, repositoryIn } from './site.ts';

/** `/:owner/:repo/pull/:number/checks`: every check of the newest commit, with its report. */
export function pullChecks(app: PageApp): void {
  app.get('/:owner/:repo/pull/:number{\\d+}/checks', async (c) => {
    const repository = repositoryIn(c);
    const issue = pullRequestIn(c, repository);
    const { headSha } = issue.pull;
    const runs = checkRunsOn(repository, headSha, 'latest').sort((one, other) =>
      one.name.localeCompare(other.name),
    );
    const statuses = statusesOn(repository, headSha);
    const content =
      runs.length + statuses.length === 0
        ? blank('check', 'There are no checks on this commit', commitLink(repository, headSha))
        : html`<div class="columns left"><nav class="jump" aria-label="Checks" id="checks-jump" data-live><ul class="plain">${runs.map((run) => html`<li>${mark(lookOf(run))} <a href="#check-run-${run.id}">${run.name}</a></li>`)}</ul></nav>
<div id="check-runs" data-live-list>${runs.map((run) => checkRunBox(c, repository, run))}
${statuses.map((status) => {
  const to = webAddress(status.targetUrl);
  return html`<section class="box" id="status-${status.id}"><p class="box-head">${mark(lookOfStatus(status))} <b>${status.context}</b> <span class="grow">${status.description ?? ''}</span>${to ? html`<a href="${to}">Details</a>` : ''}</p></section>`;
})}</div></div>`;
    return pullPage(c, repository, issue, 'checks', html`${content}`);
  });
}
