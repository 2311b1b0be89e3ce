import { html } from 'hono/html';
import { fullName, type Repository } from '../model/repository.ts';
import { roleOf } from '../model/role.ts';
import type { World } from '../model/world.ts';
import { icon } from './icons.ts';
import { blank, page } from './layout.ts';
import { avatar, nameOf } from './names.ts';
import { peopleOf } from './people.ts';
import type { Html, PageApp } from './site.ts';
import { when } from './when.ts';

/** `/`: every repository, and who is here. */
export function repositories(app: PageApp): void {
  app.get('/', (c) => {
    const { world } = c.var.site;
    const all = [...world.repositories.values()];
    return page(
      c,
      { title: 'GitHub on this machine' },
      html`<div class="columns"><section>
<h1>Repositories</h1>
${all.length === 0 ? blank('repository', 'There are no repositories yet') : repositoryList(world, all)}
</section>
<aside>
<h2>Who is here</h2>
<ul class="plain">${peopleOf(world).map((one) => html`<li>${avatar(one)} ${nameOf(one)} <small>${rolesOf(world, all, one.login)}</small></li>`)}</ul>
<h2>Apps</h2>
${world.apps.size === 0 ? html`<p class="quiet">None is registered.</p>` : ''}
<ul class="plain">${[...world.apps.values()].map((one) => html`<li>${avatar(one.bot)} ${nameOf(one.bot)} <small>${one.webhookUrl}</small></li>`)}</ul>
<h2>For programs</h2>
<p class="quiet">REST is at <code>${world.url}/api/v3</code>, GraphQL at <code>${world.url}/api/graphql</code>.</p>
</aside></div>`,
    );
  });
}

/** Repositories with what is open in each. */
export function repositoryList(world: World, repositories: readonly Repository[]): Html {
  return html`<ul class="list">${repositories.map((one) => {
    const open = [...one.issues.values()].filter((issue) => issue.state === 'open');
    const pulls = open.filter((issue) => issue.pull).length;
    const path = `/${fullName(one)}`;
    return html`<li><div class="grow"><h3>${icon('repository')} <a href="${path}">${fullName(one)}</a> <span class="pill">${one.private ? 'Private' : 'Public'}</span></h3>
${one.description ? html`<p>${one.description}</p>` : ''}
<p class="quiet"><a href="${path}/pulls">${icon('pull')} ${pulls} open</a> · <a href="${path}/issues">${icon('issue')} ${open.length - pulls} open</a> · pushed ${when(world, one.pushedAt)}</p></div></li>`;
  })}</ul>`;
}

/** What a person may do here, when it is the same everywhere; otherwise nothing is said. */
function rolesOf(world: World, repositories: readonly Repository[], login: string): string {
  const account = world.accounts.get(login.toLowerCase()) ?? null;
  const held = new Set(repositories.map((one) => roleOf(world, one, account)));
  return held.size === 1 ? [...held][0]! : '';
}
