import { html } from 'hono/html';
import { fullName } from '../model/repository.ts';
import { commentForm } from './comment-form.ts';
import type { Refused } from './form.ts';
import { page } from './layout.ts';
import { avatar, labelsOf, nameOf } from './names.ts';
import { issueIn, type PageApp, type PageContext, repositoryIn } from './site.ts';
import { stateBadge } from './state-badge.ts';
import { timeline } from './timeline.ts';
import { when } from './when.ts';

/** `/:owner/:repo/issues/:number`. A pull request's number leads to the pull request, as on GitHub. */
export function issue(app: PageApp): void {
  app.get('/:owner/:repo/issues/:number{\\d+}', async (c) => {
    const repository = repositoryIn(c);
    const { pull, number } = issueIn(c, repository);
    return pull ? c.redirect(`/${fullName(repository)}/pull/${number}`) : issuePage(c);
  });
}

/** The page itself, also after a form was refused. */
export async function issuePage(c: PageContext, refused?: Refused): Promise<Response> {
  const repository = repositoryIn(c);
  const shown = issueIn(c, repository);
  return page(
    c,
    {
      title: `${shown.title} · Issue #${shown.number}`,
      repository,
      tab: 'issues',
      problem: refused?.message,
    },
    html`<div id="issue-head" data-live><h1>${shown.title} <span class="quiet">#${shown.number}</span></h1>
<p class="under">${stateBadge(shown)} <span class="quiet">${nameOf(shown.author)} opened this issue ${when(c.var.site.world, shown.createdAt)}</span></p></div>
<div class="columns"><div><div class="timeline" id="timeline" data-live-list>${await timeline(c, repository, shown)}</div>
${commentForm(c, repository, shown, refused?.form)}</div>
<aside><h2>Assignees</h2>${shown.assignees.length === 0 ? html`<p class="quiet">None yet</p>` : html`<ul class="plain">${shown.assignees.map((one) => html`<li>${avatar(one)} ${nameOf(one)}</li>`)}</ul>`}
<h2>Labels</h2>${shown.labels.length === 0 ? html`<p class="quiet">None yet</p>` : html`<p>${labelsOf(shown.labels)}</p>`}</aside></div>`,
  );
}
