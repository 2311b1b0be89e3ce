import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

/** A webhook as an App gets it. */
export interface Received {
  readonly event: string;
  readonly guid: string;
  readonly signed: boolean;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into payloads of every kind
  readonly payload: any;
  /** What the published schema has against it. */
  readonly complaints: readonly string[];
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: Received[];
  /** `event.action` of each, in order of arrival. */
  names(): string[];
  of(name: string): Received[];
  /** What the next requests are answered with, 200 unless told. */
  answerWith(status: number): void;
  stop(): Promise<void>;
}

const schema = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('@octokit/webhooks-schemas/schema.json'), 'utf8'),
);
const ajv = new Ajv.default({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ ...schema, oneOf: undefined }, 'webhooks');

/** What the schema that GitHub's payloads follow says against this one. */
export function complaintsOf(event: string, payload: { readonly action?: string }): string[] {
  const name = [`${event}$${payload.action}`, `${event}$event`, `${event}_event`].find(
    (one) => schema.definitions[one],
  );
  if (!name) return [`There is no schema for ${event}.${payload.action}`];
  const validate = ajv.getSchema(`webhooks#/definitions/${name}`);
  if (!validate) return [`The schema ${name} cannot be compiled`];
  validate(payload);
  return (validate.errors ?? []).map(
    (error) => `${name}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  );
}

/** Starts a receiver that checks each payload's signature and shape. */
export async function startWebhookReceiver(secret: string): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const event = String(request.headers['x-github-event']);
      const payload = JSON.parse(body.toString());
      const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
      received.push({
        event,
        guid: String(request.headers['x-github-delivery']),
        signed: request.headers['x-hub-signature-256'] === signature,
        headers: request.headers,
        payload,
        // Compiling a schema takes a second: only when somebody asks.
        get complaints() {
          return complaintsOf(event, payload);
        },
      });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const nameOf = ({ event, payload }: Received) => (payload.action ? `${event}.${payload.action}` : event);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    names: () => received.map(nameOf),
    of: (name) => received.filter((one) => nameOf(one) === name),
    answerWith: (code) => {
      status = code;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
