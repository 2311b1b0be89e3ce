import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands before several processes of Slipway, as it does in production: one address for webhooks. */
export interface LoadBalancer {
  readonly url: string;
  /** How many requests each target has answered, in the order of the targets. */
  readonly answered: readonly number[];
  stop(): Promise<void>;
}

/**
 * Hands requests out to the targets in turn. One that nobody listens at is passed over; where a connection breaks
 * after that, the answer is 502: what was sent may have been done, and no balancer sends a POST twice.
 */
export async function startLoadBalancer(targets: readonly string[]): Promise<LoadBalancer> {
  const answered = targets.map(() => 0);
  let turn = 0;
  const server = createServer((incoming, response) => {
    const order = targets.map((_, i) => (turn + i) % targets.length);
    turn = (turn + 1) % targets.length;
    void readBody(incoming)
      .then((body) => forward(incoming, body, response, order))
      // Who asked has gone away.
      .catch(() => response.destroy());
  });

  async function forward(
    incoming: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    order: readonly number[],
  ): Promise<void> {
    for (const index of order) {
      const outcome = await pass(targets[index]!, incoming, body, response);
      if (outcome === 'answered') answered[index]! += 1;
      if (outcome === 'broken') response.writeHead(502).end();
      if (outcome !== 'nobody') return;
    }
    response.writeHead(503).end();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function pass(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<'answered' | 'broken' | 'nobody'> {
  return new Promise((resolve) => {
    const outgoing = request(`${target}${url}`, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('end', () => resolve('answered'));
      answer.once('error', () => {
        response.destroy();
        resolve('answered');
      });
    });
    outgoing.once('error', (error) =>
      resolve('code' in error && error.code === 'ECONNREFUSED' ? 'nobody' : 'broken'),
    );
    outgoing.end(body);
  });
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
