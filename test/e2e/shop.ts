/**
 * The whole of Slipway for a test file: a GitHub on this machine, an AWS emulator behind a fault proxy, and Slipway
 * as a process of its own between them. Started once a file; each test works in a repository of its own
 * (`repository.ts`), so that tests do not disturb one another.
 */
import { afterAll, afterEach, vi } from 'vitest';
import { formatError } from '../../src/base/error.ts';
import { type CloudResource, readCloud } from '../../src/sandbox/demo/read-cloud.ts';
import { type FaultProxy, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import type { SeededUser } from '../../src/sandbox/github/seeding.ts';
import { type Shop, startShop } from '../../src/sandbox/start-shop.ts';
import { createServerDatabase } from '../db/databases.ts';
import { describeWithServices } from '../services.ts';

export interface World {
  readonly shop: Shop;
  /** Between Slipway and the emulator: makes the cloud fail, and remembers what was asked of it. */
  readonly proxy: FaultProxy;
  /** Somebody who belongs neither to the organisation nor to any of its repositories. */
  readonly stranger: SeededUser;
  /** Slipway's, where it is a server. */
  readonly databaseUrl: string | undefined;
  /** What exists, as the emulator itself tells it, past the proxy: all of it, or what carries this stack's tag. */
  cloud(stack?: string): Promise<readonly CloudResource[]>;
}

export interface WorldOptions {
  /** More of Slipway's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** On a server unless a test is about the other one: the embedded one takes half of Slipway's processor time. */
  readonly database?: 'server' | 'embedded';
}

/** What EC2 answers where it has no such instance to give. */
export const noCapacity = {
  kind: 'refuse',
  status: 400,
  code: 'InsufficientInstanceCapacity',
  message: 'We currently do not have sufficient t3.micro capacity',
} as const;

/**
 * `describe` with a world. It is started before the tests are collected and stopped after the last of them; where
 * there is no emulator to be had the tests are skipped with the reason.
 */
export function describeWithShop(
  title: string,
  tests: (world: World) => void,
  { environment = {}, database = 'server' }: WorldOptions = {},
): Promise<void> {
  return describeWithServices(title, ['moto', 'postgres'], async ({ moto, postgres }) => {
    const proxy = await startFaultProxy({ target: moto.url });
    afterAll(() => proxy.stop());
    const databaseUrl = database === 'server' ? await createServerDatabase(postgres.url) : undefined;
    const shop = await startShop({
      files: { 'README.md': '# shop\n' },
      aws: { ...moto.environment, AWS_ENDPOINT_URL: proxy.url },
      environment: {
        ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
        ...environment,
      },
    }).catch((error: unknown) => {
      // With the end of Slipway's log, which an error's message alone has not.
      throw new Error(formatError(error), { cause: error });
    });
    afterAll(() => shop.stop());
    const world: World = {
      shop,
      proxy,
      databaseUrl,
      stranger: shop.github.createUser('stranger'),
      async cloud(stack) {
        const all = await readCloud(moto.environment);
        return stack === undefined ? all : all.filter((r) => r.tags['slipway:stack'] === stack);
      },
    };
    // What people see is not always enough to tell why.
    afterEach(({ task }) => {
      if (task.result?.state === 'fail') console.error(shop.slipway.log().split('\n').slice(-40).join('\n'));
    });
    tests(world);
  });
}

// Four processes share the machine with whatever else runs on it; what does not come at all is seen soon enough.
vi.setConfig({ testTimeout: 90_000 });
