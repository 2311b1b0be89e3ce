import type { Probot } from 'probot';
import { type JobRequest, pullRequestKey } from '../jobs/kinds.ts';
import type { EventPayload, WebhookEvent } from './events/event.ts';
import { placeOf } from './events/event.ts';
import { webhookEvents } from './events/registry.ts';

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
  };
}

/** How a job is enqueued: in the order of its pull request, plans only once; a cancel beside what it cancels. */
export function enqueueOptions(job: JobRequest): { key: string; coalesce: boolean } {
  if (job.kind === 'cancel') return { key: `${pullRequestKey(job.payload)} cancel`, coalesce: false };
  return { key: pullRequestKey(job.payload), coalesce: job.kind === 'review' || job.kind === 'merge' };
}
