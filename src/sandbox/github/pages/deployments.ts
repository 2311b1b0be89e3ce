import { html } from 'hono/html';
import type { Deployment } from '../model/deployment.ts';
import { fullName, type Repository } from '../model/repository.ts';
import type { World } from '../model/world.ts';
import { deploymentState } from './deployment-state.ts';
import { icon } from './icons.ts';
import { blank, page } from './layout.ts';
import { commitLink, nameOf, webAddress } from './names.ts';
import { type Html, type PageApp, repositoryIn } from './site.ts';
import { when } from './when.ts';

/** `/:owner/:repo/deployments`: each environment with how it stands and how it came there. */
export function deployments(app: PageApp): void {
  const path = '/:owner/:repo/deployments';
  app.get(`${path}/activity_log`, (c) => {
    const name = c.req.query('environments_filter') ?? '';
    return c.redirect(`/${fullName(repositoryIn(c))}/deployments#environment-${encodeURIComponent(name)}`);
  });
  app.get(path, (c) => {
    const repository = repositoryIn(c);
    const { world } = c.var.site;
    const environments = [...repository.environments.keys()];
    return page(
      c,
      { title: `Deployments · ${fullName(repository)}`, repository, tab: 'deployments' },
      html`<h1>Deployments</h1><div id="environments" data-live-list>${
        environments.length === 0
          ? blank('rocket', 'Nothing has been deployed yet')
          : environments.map((name) => environmentBox(world, repository, name))
      }</div>`,
    );
  });
}

function environmentBox(world: World, repository: Repository, name: string): Html {
  const [newest, ...earlier] = repository.deployments.filter((one) => one.environment === name);
  const to = webAddress(newest?.statuses.at(-1)?.environmentUrl ?? null);
  return html`<section class="box" id="environment-${encodeURIComponent(name)}"><p class="box-head">${icon('rocket')} <b class="grow">${name}</b> ${to ? html`<a href="${to}">View deployment</a>` : ''} ${newest ? deploymentState(newest) : ''}</p>
${
  newest
    ? html`<div class="pad">${deploymentRow(world, repository, newest)}
<ol class="steps">${newest.statuses.map((status) => html`<li><b>${status.state.replace('_', ' ')}</b> ${status.description} <span class="quiet">${when(world, status.createdAt)}</span> ${webAddress(status.logUrl) ? html`<a href="${status.logUrl}">Log</a>` : ''}</li>`)}</ol></div>`
    : ''
}
${earlier.length === 0 ? '' : html`<details class="pad"><summary>${earlier.length} earlier</summary>${earlier.map((one) => deploymentRow(world, repository, one))}</details>`}</section>`;
}

function deploymentRow(world: World, repository: Repository, deployment: Deployment): Html {
  return html`<p>${deploymentState(deployment)} ${commitLink(repository, deployment.sha)} by ${nameOf(deployment.creator)} ${when(world, deployment.createdAt)} <span class="quiet">${deployment.description ?? ''}</span></p>`;
}
