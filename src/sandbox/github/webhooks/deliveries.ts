import type { App } from '../model/app.ts';

/** One attempt to deliver an event to an App, as `GET /app/hook/deliveries` remembers it. */
export interface Delivery {
  readonly id: number;
  /** The event's own id, the same for all attempts: `X-GitHub-Delivery`. */
  readonly guid: string;
  readonly app: App;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
  readonly deliveredAt: Date;
  /** What was posted, byte for byte. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Filled in when the receiver has answered, or has not. A status of 0 means that it was not reached. */
  statusCode: number;
  status: string;
  durationSeconds: number;
  response: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  done: boolean;
}

/** The payload of a delivery, parsed. */
export function payloadOf(delivery: Delivery): Record<string, unknown> {
  return JSON.parse(delivery.body) as Record<string, unknown>;
}
