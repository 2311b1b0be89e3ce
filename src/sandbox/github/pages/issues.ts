import { html } from 'hono/html';
import { openIssue } from '../actions/issues.ts';
import { requireRole } from '../model/actor.ts';
import { fullName } from '../model/repository.ts';
import { act, type Refused } from './form.ts';
import { icon } from './icons.ts';
import { blank, page } from './layout.ts';
import { labelsOf, nameOf } from './names.ts';
import { actorIn, personChoice } from './people.ts';
import { openAndClosed } from './pulls.ts';
import { type PageApp, type PageContext, repositoryIn } from './site.ts';
import { stateIcon } from './state-badge.ts';
import { when } from './when.ts';

/** `/:owner/:repo/issues`: open or closed issues, and `/issues/new`. */
export function issues(app: PageApp): void {
  app.get('/:owner/:repo/issues', (c) => {
    const repository = repositoryIn(c);
    const wanted = c.req.query('state') === 'closed' ? 'closed' : 'open';
    const all = [...repository.issues.values()].filter((issue) => !issue.pull).reverse();
    const shown = all.filter((issue) => issue.state === wanted);
    const path = `/${fullName(repository)}/issues`;
    return page(
      c,
      { title: `Issues · ${fullName(repository)}`, repository, tab: 'issues' },
      html`<div class="bar"><nav class="states" aria-label="State">${openAndClosed(path, wanted, all)}</nav><span class="grow"></span><a class="button primary" href="${path}/new">New issue</a></div>
${
  shown.length === 0
    ? blank('issue', `There are no ${wanted} issues`)
    : html`<ul class="list">${shown.map(
        (
          issue,
        ) => html`<li>${stateIcon(issue)}<div class="grow"><h3><a href="${path}/${issue.number}">${issue.title}</a>${labelsOf(issue.labels)}</h3>
<p class="quiet">#${issue.number} opened ${when(c.var.site.world, issue.createdAt)} by ${nameOf(issue.author)}</p></div>${issue.comments.length === 0 ? '' : html`<span class="quiet">${icon('comment')} ${issue.comments.length}</span>`}</li>`,
      )}</ul>`
}`,
    );
  });

  app.get('/:owner/:repo/issues/new', (c) => newIssuePage(c));
  app.post('/:owner/:repo/issues', (c) => {
    const repository = repositoryIn(c);
    return act(
      c,
      async (form) => {
        const { world } = c.var.site;
        const actor = actorIn(c, form.as ?? '');
        requireRole(world, repository, actor, 'read');
        const issue = await openIssue(world, repository, actor, {
          title: form.title ?? '',
          body: form.body || null,
        });
        return `/${fullName(repository)}/issues/${issue.number}`;
      },
      (refused) => newIssuePage(c, refused),
    );
  });
}

function newIssuePage(c: PageContext, refused?: Refused): Response | Promise<Response> {
  const repository = repositoryIn(c);
  return page(
    c,
    { title: 'New issue', repository, tab: 'issues', problem: refused?.message },
    html`<h1>New issue</h1><form class="box pad" method="post" action="/${fullName(repository)}/issues">
<label>Title<input class="wide" name="title" required maxlength="256" value="${refused?.form.title ?? ''}"></label>
<label>Description<textarea name="body" rows="10" placeholder="Markdown">${refused?.form.body ?? ''}</textarea></label>
<p class="bar">${personChoice(c)}<span class="grow"></span><button class="button primary">Create</button></p></form>`,
  );
}
