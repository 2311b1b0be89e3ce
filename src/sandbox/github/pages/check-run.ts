import { html } from 'hono/html';
import { requestCheckAction, rerequestCheckRun } from '../actions/check-runs.ts';
import { notFound } from '../http/refusal.ts';
import { requireRole } from '../model/actor.ts';
import type { CheckRun } from '../model/check.ts';
import { pullRequestsOf } from '../model/pull-request.ts';
import { fullName, type Repository } from '../model/repository.ts';
import { annotationBox, placeOf } from './annotations.ts';
import { lookOf, mark } from './check-mark.ts';
import { act, type Refused } from './form.ts';
import { icon } from './icons.ts';
import { page } from './layout.ts';
import { markdown } from './markdown.ts';
import { commitLink, nameOf, pathOf, webAddress } from './names.ts';
import { actorIn, personChoice } from './people.ts';
import { referencesIn } from './references.ts';
import { type Html, type MaybeHtml, type PageApp, type PageContext, repositoryIn } from './site.ts';
import { took, when } from './when.ts';

/** `/:owner/:repo/runs/:id`: one check run, and asking for it again. */
export function checkRun(app: PageApp): void {
  app.get('/:owner/:repo/runs/:id{\\d+}', (c) => runPage(c));
  app.post('/:owner/:repo/runs/:id{\\d+}/rerequest', (c) => {
    const repository = repositoryIn(c);
    const run = runIn(c, repository);
    return act(
      c,
      async (form) => {
        const { world } = c.var.site;
        const actor = actorIn(c, form.as ?? '');
        requireRole(world, repository, actor, 'write');
        if (form.action) await requestCheckAction(world, repository, actor, run, form.action);
        else await rerequestCheckRun(world, repository, actor, run);
        return pathOfRun(repository, run);
      },
      (refused) => runPage(c, refused),
    );
  });
}

function runIn(c: PageContext, repository: Repository): CheckRun {
  const found = repository.checkRuns.find((run) => run.id === Number(c.req.param('id')));
  if (!found) throw notFound();
  return found;
}

/** Where a run is seen best: among the others of its pull request, or on a page of its own. */
function pathOfRun(repository: Repository, run: CheckRun): string {
  const issue = pullRequestsOf(repository).find(({ pull }) => pull.headSha === run.headSha);
  return issue
    ? `/${fullName(repository)}/pull/${issue.number}/checks#check-run-${run.id}`
    : `/${fullName(repository)}/runs/${run.id}`;
}

function runPage(c: PageContext, refused?: Refused): Response | Promise<Response> {
  const repository = repositoryIn(c);
  const run = runIn(c, repository);
  const issue = pullRequestsOf(repository).find(({ pull }) => pull.headSha === run.headSha);
  return page(
    c,
    { title: run.name, repository, tab: 'pulls', problem: refused?.message },
    html`<p>${issue ? html`<a href="/${fullName(repository)}/pull/${issue.number}/checks">All checks of #${issue.number}</a> · ` : ''}commit ${commitLink(repository, run.headSha)}</p>
<div id="check-runs" data-live-list>${checkRunBox(c, repository, run)}</div>`,
  );
}

/** A check run's whole report: how it ended, its title, summary, text and annotations, and the button to run it again. */
export function checkRunBox(c: PageContext, repository: Repository, run: CheckRun): Html {
  const { world } = c.var.site;
  const { title, summary, text } = run.output;
  const look = lookOf(run);
  const rendered = (words: string | null): MaybeHtml =>
    words
      ? html`<div class="markdown">${markdown(words, { kind: 'file', references: referencesIn(world, repository) })}</div>`
      : '';
  const details = webAddress(run.detailsUrl);
  const time = took(run.startedAt, run.completedAt);
  return html`<section class="box" id="check-run-${run.id}">
<div class="box-head">${mark(look)} <b>${run.name}</b> <span class="quiet grow">${look.word}${time ? ` in ${time}` : ''}${run.startedAt ? html` · ${when(world, run.completedAt ?? run.startedAt)}` : ''} · by ${nameOf(run.suite.app.bot)}</span>
<form class="inline" method="post" action="/${fullName(repository)}/runs/${run.id}/rerequest">${run.actions.map((one) => html`<button class="button" name="action" value="${one.identifier}" title="${one.description}">${one.label}</button>`)}${personChoice(c)}<button class="button">${icon('again')} Re-run</button></form></div>
<div class="pad"><h2 class="tone ${look.tone}">${title ?? look.word}</h2>
${rendered(summary)}${rendered(text)}
${details ? html`<p><a href="${details}">Details at ${run.suite.app.name}</a></p>` : ''}
${
  run.annotations.length === 0
    ? ''
    : html`<h3>${run.annotations.length} ${run.annotations.length === 1 ? 'annotation' : 'annotations'}</h3>
${run.annotations.map((annotation) => annotationBox({ annotation, run }, html`<a href="/${fullName(repository)}/blob/${run.headSha}/${pathOf(annotation.path)}#L${annotation.startLine}"><code>${placeOf(annotation)}</code></a>`))}`
}</div></section>`;
}
