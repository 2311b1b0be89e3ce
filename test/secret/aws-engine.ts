/**
 * Vault's AWS engine, which OpenBao has not. A request for its credentials is sent on, with the token of whoever asks, to
 * the database engine of a real server, which leases real ones: renewed, revoked and lost as any. Only their names are
 * others on the way back, and nothing else of that server is touched.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AwsEngine {
  /** Of the Vault that has the engine. */
  readonly address: string;
  /** From now on what is leased does not get back to whoever asked for it. */
  hang(): void;
  stop(): void;
}

export async function withAwsEngine(vault: string): Promise<AwsEngine> {
  let hangs = false;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const role = /^\/v1\/aws\/(?:creds|sts)\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    const token = request.headers['x-vault-token'];
    const wrap = request.headers['x-vault-wrap-ttl'];
    const answer = await fetch(`${vault}${role === undefined ? request.url : `/v1/database/creds/${role}`}`, {
      method: request.method ?? 'GET',
      headers: {
        ...(token === undefined ? {} : { 'x-vault-token': String(token) }),
        ...(wrap === undefined ? {} : { 'x-vault-wrap-ttl': String(wrap) }),
      },
      ...(parts.length === 0 ? {} : { body: Buffer.concat(parts) }),
    });
    const text = await answer.text();
    if (role !== undefined && hangs) return;
    const body = text === '' ? undefined : JSON.parse(text);
    if (role !== undefined && answer.ok) {
      const { username: access_key, password: secret_key } = body.data;
      body.data = { access_key, secret_key, security_token: null };
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hang() {
      hangs = true;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
