import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A wire between Slipway and its database that can be cut, and on which nothing comes through for a while. */
export interface DatabaseProxy {
  /** The database's address, by way of this. */
  readonly url: string;
  /** Breaks the connections that there are, or some of them, in the middle of whatever they do. */
  cut(chance?: () => boolean): number;
  /** Keeps everything back, both ways, until the function that it returns is called. */
  stall(): () => void;
  stop(): Promise<void>;
}

/** Starts one in front of the PostgreSQL server at `databaseUrl`. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const wires = new Set<readonly [Socket, Socket]>();
  let isStalled = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const wire = [near, far] as const;
    wires.add(wire);
    for (const [one, other] of [wire, [far, near] as const]) {
      one.pipe(other);
      one.on('error', () => {});
      one.on('close', () => {
        other.destroy();
        wires.delete(wire);
      });
      if (isStalled) one.pause();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  const cut = (chance: () => boolean = () => true) => {
    const chosen = [...wires].filter(chance);
    for (const [near] of chosen) near.resetAndDestroy();
    return chosen.length;
  };
  return {
    url: url.href,
    cut,
    stall() {
      isStalled = true;
      for (const wire of wires) for (const socket of wire) socket.pause();
      return () => {
        isStalled = false;
        for (const wire of wires) for (const socket of wire) socket.resume();
      };
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
