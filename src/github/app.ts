import type { Probot } from 'probot';
import { within } from '../base/scope.ts';
import { traced, vcsAttributes } from '../base/trace.ts';
import { commitOptions, type JobRequest, pullRequestKey, sweepOptions } from '../jobs/kinds.ts';
import type { EventPayload, WebhookEvent } from './events/event.ts';
import { placeOf } from './events/event.ts';
import { installationEvents, webhookEvents } from './events/registry.ts';

/** A verified webhook with the jobs that it asks for. */
export interface Received {
  readonly id: string;
  readonly event: string;
  readonly payload: EventPayload;
  readonly jobs: readonly JobRequest[];
  readonly at: Date;
}

/**
 * The Probot app: each webhook that Slipway listens to is given to `store`, and acknowledged when that is done.
 * Probot has checked the signature before.
 */
export function slipwayApp(store: (received: Received) => Promise<void>): (probot: Probot) => void {
  const receive = async (id: string, event: string, payload: EventPayload, jobs: readonly JobRequest[]) => {
    const at = new Date();
    const { sender, action, repository } = payload;
    const origin = { delivery: id, event, ...(sender?.login === undefined ? {} : { sender: sender.login }) };
    const attributes = {
      'slipway.delivery': id,
      'slipway.event': action === undefined ? event : `${event}.${action}`,
      ...vcsAttributes({ owner: repository?.owner.login, repo: repository?.name }),
    };
    await within({ origin }, () =>
      traced(`webhook ${event}`, { kind: 'server', attributes }, () =>
        store({ id, event, payload, jobs, at }),
      ),
    );
  };
  return (probot) => {
    for (const event of Object.values(webhookEvents) as readonly WebhookEvent[]) {
      probot.on(event.name as 'pull_request', async ({ id, payload: raw }) => {
        const payload = raw as unknown as EventPayload;
        const place = placeOf(payload);
        await receive(id, event.name, payload, place ? event.jobs(payload, place) : []);
      });
    }
    for (const event of Object.values(installationEvents)) {
      probot.on(event.name as 'installation', async ({ id, payload }) => {
        await receive(id, event.name, payload as EventPayload, event.jobs(payload));
      });
    }
  };
}

/** How a job is enqueued: in the order of its pull request, plans only once; a cancel beside what it cancels. */
export function enqueueOptions(job: JobRequest): { key: string; coalesce: boolean; urgent?: boolean } {
  switch (job.kind) {
    case 'rerun':
    case 'merge-group':
    case 'check-policies':
      return commitOptions(job.kind, job.payload);
    case 'settings':
      return { key: `${job.payload.owner}/${job.payload.repo} settings`.toLowerCase(), coalesce: true };
    case 'policies':
      return { key: 'policies', coalesce: true };
    case 'sweep':
      return sweepOptions(job.payload);
    case 'cancel':
      return { key: `${pullRequestKey(job.payload)} cancel`, coalesce: false, urgent: true };
    default:
      return { key: pullRequestKey(job.payload), coalesce: coalesced.includes(job.kind) };
  }
}

const coalesced: readonly string[] = ['review', 'merge', 'labels', 'trouble'];
