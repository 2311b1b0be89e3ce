import type { EventPayload, WebhookEvent } from './event.ts';

/** Something was pushed: where it is the repository of the organisation's policies, they may be other ones by now. */
export const pushEvent: WebhookEvent<EventPayload> = {
  name: 'push',
  jobs: (_, place) => [{ kind: 'policies', payload: place }],
};
