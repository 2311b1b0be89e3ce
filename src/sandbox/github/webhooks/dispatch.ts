/**
 * Webhooks: from what has happened to a signed request at the App's address. In: announcements. Out: HTTP requests,
 * one after the other for each App, in the order of the events, and a record of each. Like GitHub it tries once; a
 * delivery that failed is sent again only when somebody asks.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { FaultPlan } from '../http/faults.ts';
import { type App, coversRepository, type Installation } from '../model/app.ts';
import type { World } from '../model/world.ts';
import { renderAccount, renderOrganisation } from '../render/account.ts';
import { nodeId } from '../render/addresses.ts';
import { renderRepository } from '../render/repository.ts';
import type { Announce, Audience } from './announcement.ts';
import type { Delivery } from './deliveries.ts';

/** Sends webhooks, and remembers them. */
export interface Dispatcher {
  readonly announce: Announce;
  readonly deliveries: readonly Delivery[];
  /** Sends a delivery again, with the same id and body; resolves when the receiver has answered. */
  redeliver(delivery: Delivery): Promise<Delivery>;
  /** Resolves when nothing is left to deliver. */
  settled(): Promise<void>;
  stop(): void;
}

/** Events that every App gets, whether its manifest lists them or not. */
const alwaysSent: readonly string[] = ['installation', 'installation_repositories'];

/** How long GitHub waits for an answer. */
const timeoutMs = 10_000;
/** How long a delivery that is to change places waits for the next one. */
const reorderWaitMs = 500;

/** Makes the dispatcher of a world. `world` is a function because the two are made together. */
export function makeDispatcher(world: () => World, faults: FaultPlan): Dispatcher {
  const deliveries: Delivery[] = [];
  const queues = new Map<number, Promise<void>>();
  const held = new Map<number, () => void>();
  const stopping = new AbortController();
  let open = 0;
  let waiters: (() => void)[] = [];

  function track(work: Promise<unknown>): void {
    open++;
    const finished = () => {
      open--;
      if (open === 0) for (const resolve of waiters.splice(0)) resolve();
    };
    work.then(finished, finished);
  }

  function enqueue(app: App, send: () => Promise<void>): Promise<void> {
    const next = (queues.get(app.id) ?? Promise.resolve()).then(send);
    queues.set(app.id, next);
    return next;
  }

  async function dispatch(delivery: Delivery): Promise<void> {
    const { app } = delivery;
    const post = () => enqueue(app, () => send(delivery, stopping.signal));
    const fault = faults.takeWebhookFault(delivery.event, delivery.action);
    const release = held.get(app.id);
    held.delete(app.id);
    if (fault?.kind === 'drop') {
      Object.assign(delivery, { done: true, status: 'lost' });
    } else if (fault?.kind === 'delay') {
      await world()
        .clock.sleep(fault.milliseconds, stopping.signal)
        .then(post, () => {});
    } else if (fault?.kind === 'reorder') {
      await Promise.race([
        new Promise<void>((resolve) => held.set(app.id, resolve)),
        world()
          .clock.sleep(reorderWaitMs, stopping.signal)
          .catch(() => {}),
      ]);
      await post();
    } else {
      await post();
      if (fault?.kind === 'duplicate') await redeliver(delivery, false);
    }
    release?.();
  }

  async function redeliver(original: Delivery, marked: boolean): Promise<Delivery> {
    const again: Delivery = {
      ...original,
      id: world().newId(),
      redelivery: marked,
      deliveredAt: world().clock.now(),
      ...unanswered,
    };
    deliveries.push(again);
    await enqueue(again.app, () => send(again, stopping.signal));
    return again;
  }

  const announce: Announce = async (name, audience, body) => {
    const receivers = receiversOf(world(), name, audience);
    if (receivers.length === 0) return;
    const about = await body();
    for (const installation of receivers) {
      const delivery = makeDelivery(world(), name, audience, about, installation);
      deliveries.push(delivery);
      track(dispatch(delivery));
    }
  };

  return {
    announce,
    deliveries,
    redeliver(delivery) {
      const work = redeliver(delivery, true);
      track(work);
      return work;
    },
    settled: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    stop() {
      stopping.abort();
      for (const resolve of waiters.splice(0)) resolve();
      waiters = [];
    },
  };
}

const unanswered = {
  statusCode: 0,
  status: 'pending',
  durationSeconds: 0,
  response: { headers: {}, body: '' },
  done: false,
};

/** The installations that hear of an event. */
function receiversOf(world: World, name: string, audience: Audience): Installation[] {
  if (audience.installation) return [audience.installation];
  return [...world.installations.values()].filter((installation) => {
    const { app } = installation;
    if (audience.app && audience.app !== app) return false;
    if (installation.suspendedAt || !(app.events.includes(name) || alwaysSent.includes(name))) return false;
    if (audience.repository) return coversRepository(installation, audience.repository);
    return audience.organisation !== undefined && installation.account.id === audience.organisation.id;
  });
}

function makeDelivery(
  world: World,
  name: string,
  audience: Audience,
  about: object,
  installation: Installation,
): Delivery {
  const { app } = installation;
  const { repository } = audience;
  const organisation =
    audience.organisation ?? (repository?.owner.type === 'Organization' ? repository.owner : null);
  const payload: Record<string, unknown> = {
    ...about,
    ...(repository ? { repository: renderRepository(world, repository) } : {}),
    ...(organisation ? { organization: renderOrganisation(world, organisation) } : {}),
    sender: renderAccount(world, audience.sender),
    // Events about an installation carry all of it; the others only its id.
    ...('installation' in about
      ? {}
      : {
          installation: { id: installation.id, node_id: nodeId('IntegrationInstallation', installation.id) },
        }),
  };
  const body = JSON.stringify(payload);
  const guid = randomUUID();
  return {
    id: world.newId(),
    guid,
    app,
    event: name,
    action: typeof payload.action === 'string' ? payload.action : null,
    installationId: installation.id,
    repositoryId: repository?.id ?? null,
    redelivery: false,
    deliveredAt: world.clock.now(),
    body,
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/sandbox',
      'x-github-delivery': guid,
      'x-github-event': name,
      'x-github-hook-id': String(app.hookId),
      'x-github-hook-installation-target-id': String(app.id),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature-256': `sha256=${createHmac('sha256', app.webhookSecret).update(body).digest('hex')}`,
    },
    ...unanswered,
  };
}

async function send(delivery: Delivery, stopping: AbortSignal): Promise<void> {
  const started = performance.now();
  try {
    const response = await fetch(delivery.app.webhookUrl, {
      method: 'POST',
      headers: delivery.headers,
      body: delivery.body,
      signal: AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]),
    });
    delivery.response = { headers: Object.fromEntries(response.headers), body: await response.text() };
    delivery.statusCode = response.status;
    delivery.status = response.ok ? 'OK' : response.statusText || 'Invalid HTTP Response';
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    delivery.status = late ? 'timed out' : 'failed to connect to host';
  }
  delivery.durationSeconds = (performance.now() - started) / 1000;
  delivery.done = true;
}
