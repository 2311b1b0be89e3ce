import { Agent, request as httpRequest } from 'node:http';
import type { Answer } from './answer.ts';
import type { WireRequest } from './call.ts';

/** Sends requests on to the target. */
export interface Forwarder {
  send(request: WireRequest): Promise<Answer>;
  close(): void;
}

/** Headers that belong to one connection and not to the message (RFC 9110, 7.6.1). */
const OF_THE_CONNECTION = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
];

/** Plain HTTP to `target`, such as `http://127.0.0.1:5000`. The Host header is kept: signatures cover it. */
export function forwardTo(target: string): Forwarder {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const send = ({ method, path, headers, body }: WireRequest): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = httpRequest({
        agent,
        hostname,
        port,
        method,
        path,
        headers: { ...endToEnd(headers), 'content-length': String(body.length) },
      });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const answered = endToEnd(flatten(response.headers));
          resolve({ status: response.statusCode ?? 502, headers: answered, body: Buffer.concat(chunks) });
        });
      });
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** Node's headers with repeated ones joined, as one string each. */
export function flatten(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function endToEnd(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name)));
}
