import { createServer } from 'node:http';

export interface DnsRecord {
  readonly name: string;
  readonly kind: string;
  readonly values: readonly string[];
  readonly ttl: number;
  readonly owner: string;
  readonly comment: string;
}

/** A name server's API: `GET /records?owner=`, and GET (a list of none or one), PUT and DELETE of `/records/ID`. */
export async function startDnsServer() {
  const records = new Map<string, DnsRecord>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://dns');
    const id = decodeURIComponent(url.pathname.replace(/^\/records\/?/, ''));
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.method === 'PUT') records.set(id, JSON.parse(body) as DnsRecord);
    if (request.method === 'DELETE') records.delete(id);
    const owner = url.searchParams.get('owner');
    const one = records.get(id);
    const answer =
      owner === null
        ? one === undefined
          ? []
          : [one]
        : [...records.values()].filter((r) => r.owner === owner);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    records: records as ReadonlyMap<string, DnsRecord>,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
