import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** GitHub sends no larger webhook: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap */
export const largestWebhook = 25 * 1024 * 1024;

/**
 * Stands before Probot's listeners, for what they do not see to:
 * - A body is read up to what GitHub sends and no further: signatures are looked at once all of it is in memory, so that
 *   anybody could fill that.
 * - After nine seconds Probot says 202 of a webhook, stored or not. One that was not stored would be lost, since GitHub
 *   takes it for delivered; told 503, it sends it again when it is asked to.
 */
export function guardRequests(server: Server): void {
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', async (request, response) => {
    if (request.method === 'POST') {
      if (!(await takeBody(request, response))) return;
      neverUnfinished(response);
    }
    for (const listener of listeners) listener(request, response);
  });
}

/** Reads the body to where Probot finds it. Says whether it could be; if not, the request is answered or gone. */
async function takeBody(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const pieces: Buffer[] = [];
  let size = Number(request.headers['content-length'] ?? 0);
  if (size <= largestWebhook) {
    size = 0;
    try {
      for await (const piece of request) {
        size += piece.length;
        if (size > largestWebhook) break;
        pieces.push(piece);
      }
    } catch {
      return false;
    }
  }
  if (size > largestWebhook) {
    response.writeHead(413, { connection: 'close' }).end();
    return false;
  }
  Object.assign(request, { body: {}, rawBody: Buffer.concat(pieces) });
  return true;
}

function neverUnfinished(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (status: number, headers?: object) => ServerResponse;
  response.writeHead = ((status: number, headers?: object) =>
    writeHead(status === 202 ? 503 : status, headers)) as typeof response.writeHead;
}

/** So long a stop waits for those who are sending or being answered. */
const patienceMs = 3_000;

/** Takes no more requests. Whoever keeps one open for ever, as anybody can, is cut off: what is in hand has to be finished. */
export async function closeRequests(server: Server, close: () => Promise<void>): Promise<void> {
  const closed = close();
  await Promise.race([closed, delay(patienceMs, undefined, { ref: false })]);
  server.closeAllConnections();
  await closed;
}
