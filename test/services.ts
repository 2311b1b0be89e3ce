/** Real servers for test files: one for each file, and a skip with its reason where one cannot be had. */
import { afterAll, describe, test } from 'vitest';
import { SlipwayError } from '../src/base/error.ts';
import type { RunningService, ServiceName, startService } from '../src/sandbox/services/index.ts';
import { borrowService } from './service-pool.ts';

/** A server that runs until the test file ends, or why there is none. */
export type RequiredService =
  | { readonly kind: 'running'; readonly service: RunningService }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Has a server for this test file, empty and its own, until the file's last test. Call it at the top level:
 * `const moto = await requireService('moto')`.
 *
 * @throws when the server is there but does not start, and, under SLIPWAY_REQUIRE_SERVICES=1, when it
 *   cannot be had
 */
export async function requireService(
  name: ServiceName,
  start: typeof startService = borrowService,
): Promise<RequiredService> {
  try {
    const service = await start(name);
    afterAll(() => service.stop());
    return { kind: 'running', service };
  } catch (error) {
    const isMissing = error instanceof SlipwayError && error.code === 'service-missing';
    if (!isMissing || process.env.SLIPWAY_REQUIRE_SERVICES === '1') throw error;
    return { kind: 'missing', reason: error.message };
  }
}

/**
 * `describe` for tests that need real servers. Where one cannot be had the tests are skipped, and the
 * reason stands in the title.
 *
 * @example
 * await describeWithServices('the VPC provider', ['moto'], ({ moto }) => {
 *   const client = new EC2Client(awsClientConfig(moto));
 *   test('creates a VPC', async () => { ... });
 * });
 */
export async function describeWithServices<Name extends ServiceName>(
  title: string,
  names: readonly Name[],
  tests: (services: Record<Name, RunningService>) => void | Promise<void>,
): Promise<void> {
  const running: Partial<Record<Name, RunningService>> = {};
  for (const name of names) {
    const required = await requireService(name);
    if (required.kind === 'missing') {
      // Not the tests themselves: collecting them may already need the server's address.
      describe.skip(title, () => test(`skipped: ${required.reason}`));
      return;
    }
    running[name] = required.service;
  }
  describe(title, () => tests(running as Record<Name, RunningService>));
}

/** What an AWS SDK client needs to talk to a running moto, or to a proxy in front of it at `endpoint`. */
export function awsClientConfig(moto: RunningService, endpoint = moto.url) {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = moto.environment;
  return {
    endpoint,
    region: AWS_REGION ?? '',
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID ?? '', secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '' },
  };
}
