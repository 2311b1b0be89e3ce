import { html } from 'hono/html';
import { notFound } from '../http/refusal.ts';
import { fullName } from '../model/repository.ts';
import { type World, wholeSeconds } from '../model/world.ts';
import type { Delivery } from '../webhooks/deliveries.ts';
import { mark } from './check-mark.ts';
import { act } from './form.ts';
import { icon } from './icons.ts';
import { blank, page, problemPage } from './layout.ts';
import { nameOf } from './names.ts';
import type { Html, PageApp } from './site.ts';
import { when } from './when.ts';

const mostShown = 200;

/** `/_deliveries`: what was sent to Apps and what they answered, newest first; `/:id` for one, with its payload. */
export function deliveries(app: PageApp): void {
  app.get('/_deliveries', (c) => {
    const { world, webhooks } = c.var.site;
    const event = c.req.query('event');
    const events = [...new Set(webhooks.deliveries.map((one) => one.event))].sort();
    const chosen = webhooks.deliveries.filter((one) => !event || one.event === event).reverse();
    return page(
      c,
      { title: 'Webhook deliveries' },
      html`<h1>Webhook deliveries</h1>
<nav class="states wrap" aria-label="Event"><a href="/_deliveries"${event ? '' : html` aria-current="page"`}>All</a>${events.map((one) => html`<a href="?event=${one}"${one === event ? html` aria-current="page"` : ''}>${one}</a>`)}</nav>
<div id="deliveries" data-live>${chosen.length === 0 ? blank('push', 'Nothing has been delivered yet', 'Register an App, and do something.') : table(world, chosen.slice(0, mostShown))}
${chosen.length > mostShown ? html`<p class="quiet">and ${chosen.length - mostShown} earlier.</p>` : ''}</div>`,
    );
  });

  app.get('/_deliveries/:id{\\d+}', (c) => {
    const { world, webhooks } = c.var.site;
    const found = webhooks.deliveries.find((one) => one.id === Number(c.req.param('id')));
    if (!found) throw notFound();
    return page(c, { title: `${nameOfEvent(found)} · delivery ${found.id}` }, deliveryPage(world, found));
  });

  app.post('/_deliveries/:id{\\d+}/redeliver', (c) => {
    const { webhooks } = c.var.site;
    const found = webhooks.deliveries.find((one) => one.id === Number(c.req.param('id')));
    if (!found) throw notFound();
    return act(
      c,
      async () => `/_deliveries/${(await webhooks.redeliver(found)).id}`,
      ({ message }) => problemPage(c, 422, message),
    );
  });
}

function nameOfEvent({ event, action }: Delivery): string {
  return action === null ? event : `${event}.${action}`;
}

function table(world: World, list: readonly Delivery[]): Html {
  return html`<div class="box scroll"><table class="grid"><thead><tr><th></th><th>Event</th><th>About</th><th>To</th><th>Answer</th><th class="number">Time</th><th>When</th><th></th></tr></thead><tbody>${list.map(
    (one) =>
      html`<tr><td>${stateMark(one)}</td><td><a href="/_deliveries/${one.id}"><b>${nameOfEvent(one)}</b></a>${one.redelivery ? html` <span class="pill">again</span>` : ''}</td><td>${about(world, one)}</td><td>${nameOf(one.app.bot)}</td><td>${one.statusCode || ''} ${one.status}</td><td class="number">${one.done ? `${Math.round(one.durationSeconds * 1000)} ms` : ''}</td><td>${when(world, wholeSeconds(one.deliveredAt))}</td><td>${redeliver(one)}</td></tr>`,
  )}</tbody></table></div>`;
}

function stateMark(delivery: Delivery): Html {
  if (!delivery.done) return mark({ sign: 'ring', tone: 'busy', word: 'Pending' });
  return delivery.statusCode >= 200 && delivery.statusCode < 300
    ? mark({ sign: 'check', tone: 'good', word: 'Delivered' })
    : mark({ sign: 'cross', tone: 'bad', word: 'Failed' });
}

/** The repository, and the issue or pull request, that a delivery is about. */
function about(world: World, delivery: Delivery): Html {
  const repository = [...world.repositories.values()].find((one) => one.id === delivery.repositoryId);
  const number = /"number":(\d+)/.exec(delivery.body)?.[1];
  const issue = number === undefined ? undefined : repository?.issues.get(Number(number));
  if (!repository) return html`—`;
  const path = `/${fullName(repository)}`;
  return html`<a href="${path}">${fullName(repository)}</a>${issue ? html` <a href="${path}/${issue.pull ? 'pull' : 'issues'}/${issue.number}">#${issue.number}</a>` : ''}`;
}

function redeliver({ id }: Delivery): Html {
  return html`<form method="post" action="/_deliveries/${id}/redeliver"><button class="button">${icon('again')} Redeliver</button></form>`;
}

function deliveryPage(world: World, delivery: Delivery): Html {
  return html`<p><a href="/_deliveries">All deliveries</a></p>
<h1 class="bar">${stateMark(delivery)} <span class="grow">${nameOfEvent(delivery)}</span> ${redeliver(delivery)}</h1>
<dl class="facts"><dt>Id of the event</dt><dd><code>${delivery.guid}</code></dd><dt>To</dt><dd>${nameOf(delivery.app.bot)} <code>${delivery.app.webhookUrl}</code></dd>
<dt>About</dt><dd>${about(world, delivery)}</dd><dt>Answer</dt><dd>${delivery.statusCode || ''} ${delivery.status}${delivery.done ? ` in ${Math.round(delivery.durationSeconds * 1000)} ms` : ''}</dd></dl>
<h2>Request</h2><pre class="box pad scroll">${Object.entries(delivery.headers).map(([name, value]) => `${name}: ${value}\n`)}</pre>
<pre class="box pad scroll">${JSON.stringify(JSON.parse(delivery.body), null, 2)}</pre>
<h2>Answer</h2><pre class="box pad scroll">${Object.entries(delivery.response.headers).map(([name, value]) => `${name}: ${value}\n`)}
${delivery.response.body}</pre>`;
}
