import { html, raw } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { fullName, type Repository } from '../model/repository.ts';
import { type IconName, icon } from './icons.ts';
import type { Html, MaybeHtml, PageContext } from './site.ts';

/** What stands around a page's own content. */
export interface Frame {
  readonly title: string;
  readonly repository?: Repository;
  /** Which of the repository's tabs is shown. */
  readonly tab?: RepositoryTab;
  /** Why what a form asked for was refused. */
  readonly problem?: string | undefined;
}

export type RepositoryTab = 'code' | 'issues' | 'pulls' | 'deployments';

/** A whole page. */
export function page(c: PageContext, frame: Frame, content: Html): Response | Promise<Response> {
  const { repository, problem } = frame;
  return c.html(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${frame.title}</title>
<link rel="icon" href="/_assets/icon.svg">
<link rel="stylesheet" href="/_assets/style.css">
<script src="/_assets/live.js" defer></script>
</head>
<body>
<header class="top">
<a class="home" href="/">${raw(mark)} GitHub on this machine</a>
<nav aria-label="Everywhere"><a href="/">Repositories</a><a href="/_deliveries">Webhook deliveries</a></nav>
</header>
${repository ? repositoryHeader(repository, frame.tab) : ''}
<main>
${problem === undefined ? '' : banner(problem)}
${content}
</main>
<footer>A sandbox: it listens on this machine only, and keeps nothing but git's objects once it stops.</footer>
</body>
</html>`);
}

const mark = `<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><rect width="32" height="32" rx="8"
 fill="#1f6feb"/><path d="M10 8v16M10 12c0 6 12 2 12 8" fill="none" stroke="#fff" stroke-width="3"
 stroke-linecap="round"/><circle cx="10" cy="8" r="3" fill="#fff"/><circle cx="10" cy="24" r="3" fill="#fff"/><circle
 cx="22" cy="21" r="3" fill="#fff"/></svg>`;

function repositoryHeader(repository: Repository, current: RepositoryTab | undefined): Html {
  const path = `/${fullName(repository)}`;
  const open = (pull: boolean) =>
    [...repository.issues.values()].filter((one) => one.state === 'open' && (one.pull !== null) === pull)
      .length;
  const tab = (name: RepositoryTab, look: IconName, label: string, to: string, count?: number) =>
    html`<a href="${to}"${name === current ? html` aria-current="page"` : ''}>${icon(look)} ${label}${
      count ? html` <span class="count">${count}</span>` : ''
    }</a>`;
  return html`<div class="repository">
<p class="name">${icon('repository')} <a href="/${repository.owner.login}">${repository.owner.login}</a> / <a
href="${path}"><b>${repository.name}</b></a> <span class="pill">${repository.private ? 'Private' : 'Public'}</span>${
    repository.parent
      ? html` <small>forked from <a href="/${fullName(repository.parent)}">${fullName(repository.parent)}</a></small>`
      : ''
  }</p>
<nav class="tabs" aria-label="Repository">
${tab('code', 'code', 'Code', path)}
${tab('issues', 'issue', 'Issues', `${path}/issues`, open(false))}
${tab('pulls', 'pull', 'Pull requests', `${path}/pulls`, open(true))}
${tab('deployments', 'rocket', 'Deployments', `${path}/deployments`)}
</nav>
</div>`;
}

/** Why something was refused, where it cannot be overlooked. Each line of the message is a paragraph. */
function banner(message: string): Html {
  const lines = message.split('\n').filter((line) => line !== '');
  return html`<div class="banner" role="alert">${icon('stop')}<div>${lines.map((line) => html`<p>${line}</p>`)}</div></div>`;
}

/** A page that says what went wrong. */
export function problemPage(c: PageContext, status: number, message: string): Response | Promise<Response> {
  c.status(status as ContentfulStatusCode);
  const words = status === 404 ? 'There is no such page here.' : message;
  return page(
    c,
    { title: `${status}` },
    html`<div class="blank"><h1>${status}</h1><p class="words">${words}</p><p><a href="/">All repositories</a></p></div>`,
  );
}

/** A box for when there is nothing to list. */
export function blank(look: IconName, title: string, text: MaybeHtml | string = ''): Html {
  return html`<div class="blank">${icon(look)}<h2>${title}</h2><p>${text}</p></div>`;
}
