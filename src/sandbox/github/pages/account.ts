import { html } from 'hono/html';
import { notFound } from '../http/refusal.ts';
import type { Account } from '../model/account.ts';
import { allTeamMembers, findTeam } from '../model/team.ts';
import { findAccount, repositoriesOf, type World } from '../model/world.ts';
import { blank, page } from './layout.ts';
import { avatar, nameOf } from './names.ts';
import { repositoryList } from './repositories.ts';
import type { Html, PageApp } from './site.ts';

/** `/:login`, `/apps/:slug` and `/orgs/:organisation/teams/:team`: whoever a name in a page leads to. */
export function account(app: PageApp): void {
  app.get('/:login', (c) => {
    const found = findAccount(c.var.site.world, c.req.param('login'));
    if (!found || found.type === 'Bot') throw notFound();
    return page(c, { title: found.login }, accountPage(c.var.site.world, found));
  });

  app.get('/apps/:slug', (c) => {
    const { world } = c.var.site;
    const found = [...world.apps.values()].find((one) => one.slug === c.req.param('slug'));
    if (!found) throw notFound();
    return page(
      c,
      { title: found.name },
      html`<h1>${avatar(found.bot, 'large')} ${found.name}</h1><p>${found.description ?? ''}</p>
<dl class="facts"><dt>Acts as</dt><dd>${nameOf(found.bot)}</dd><dt>Id</dt><dd>${found.id}</dd>
<dt>Webhooks go to</dt><dd><code>${found.webhookUrl}</code> (<a href="/_deliveries">deliveries</a>)</dd>
<dt>Events</dt><dd>${found.events.map((event) => html`<code>${event}</code> `)}</dd>
<dt>Permissions</dt><dd>${Object.entries(found.permissions).map(([name, level]) => html`<code>${name}: ${level}</code> `)}</dd>
<dt>Installed on</dt><dd>${[...world.installations.values()].filter((one) => one.app === found).map((one) => html`${nameOf(one.account)}${one.suspendedAt ? ' (suspended)' : ''} `)}</dd></dl>`,
    );
  });

  app.get('/orgs/:organisation/teams/:team', (c) => {
    const { world } = c.var.site;
    const organisation = findAccount(world, c.req.param('organisation'));
    const team = organisation && findTeam(world, organisation, c.req.param('team'));
    if (!team) throw notFound();
    const members = [...allTeamMembers(world, team).values()];
    return page(
      c,
      { title: `@${organisation.login}/${team.slug}` },
      html`<h1>@${organisation.login}/${team.slug}</h1><ul class="plain">${members.map((one) => html`<li>${avatar(one.account)} ${nameOf(one.account)}</li>`)}</ul>`,
    );
  });
}

function accountPage(world: World, found: Account): Html {
  const owned = repositoriesOf(world, found);
  const teams = world.teams.filter((team) =>
    found.type === 'Organization'
      ? team.organisation.id === found.id
      : allTeamMembers(world, team).has(found.login.toLowerCase()),
  );
  return html`<h1>${avatar(found, 'large')} ${found.login}</h1>
<div class="columns"><section>${owned.length === 0 ? blank('repository', `${found.login} owns no repositories`) : repositoryList(world, owned)}</section>
<aside>
${found.members.size === 0 ? '' : html`<h2>People</h2><ul class="plain">${[...found.members.values()].map((one) => html`<li>${avatar(one.account)} ${nameOf(one.account)} ${one.role === 'admin' ? html`<small>owner</small>` : ''}</li>`)}</ul>`}
${teams.length === 0 ? '' : html`<h2>Teams</h2><ul class="plain">${teams.map((team) => html`<li><a href="/orgs/${team.organisation.login}/teams/${team.slug}">@${team.organisation.login}/${team.slug}</a></li>`)}</ul>`}
</aside></div>`;
}
