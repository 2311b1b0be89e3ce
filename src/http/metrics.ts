import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from '../base/metrics.ts';
import { sharedAnswer } from '../base/shared-answer.ts';
import type { JobPayloads } from '../jobs/kinds.ts';
import type { Queue } from '../jobs/queue.ts';

/** `/metrics`, for Prometheus: what this process counts, and what the queue of all processes holds now. */
export function metricsHandler(queue: Pick<Queue<JobPayloads>, 'depths'>, metrics: Metrics) {
  const read = sharedAnswer(() => metrics.text(() => queue.depths()));
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (request.url?.split('?', 1)[0] !== '/metrics') return false;
    const text = await read().catch(() => undefined);
    if (text === undefined) response.writeHead(503).end('The queue cannot be read.\n');
    else response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
    return true;
  };
}
