import type { Probot } from 'probot';
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
}

/**
 * The Probot app: each webhook that Slipway listens to is given to `store`, and acknowledged when that is done.
 * Probot has checked the signature before.
 */
export function slipwayApp(store: (received: Received) => Promise<void>): (probot: Probot) => void {
  return (probot) => {
    for (const event of Object.values(webhookEvents) as readonly WebhookEvent[]) {
      probot.on(event.name as 'pull_request', async ({ id, payload: raw }) => {
        const payload = raw as unknown as EventPayload;
        const place = placeOf(payload);
        const jobs = place ? event.jobs(payload, place) : [];
        await store({ id, event: event.name, payload, jobs });
      });
    }
    for (const event of Object.values(installationEvents)) {
      probot.on(event.name as 'installation', async ({ id, payload }) => {
        const jobs = event.jobs(payload);
        await store({ id, event: event.name, payload: payload as EventPayload, jobs });
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
