import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands in front of several processes: each request goes to the next one. */
export interface Balancer {
  readonly url: string;
  aimAt(urls: readonly string[]): void;
  stop(): Promise<void>;
}

/** Starts a balancer that has nobody to send to yet, and answers 503 meanwhile. */
export async function startBalancer(): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  let targets: readonly string[] = [];
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const target = targets[turn++ % targets.length];
    if (target === undefined) outgoing.writeHead(503).end();
    else forward(agent, new URL(incoming.url ?? '/', target), incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aimAt(urls) {
      targets = urls;
    },
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function forward(agent: Agent, to: URL, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers } = incoming;
  const sent = request(to, { agent, method: method ?? 'GET', headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  sent.on('error', () => outgoing.headersSent || outgoing.writeHead(502).end());
  incoming.pipe(sent);
}
