/** Real servers for test files: started once a file, and a skip with its reason where one cannot be had. */
import { afterAll, describe, test } from 'vitest';
import { SlipwayError } from '../src/base/error.ts';
import { type RunningService, type ServiceName, startService } from '../src/sandbox/services/index.ts';

/** A server that runs until the test file ends, or why there is none. */
export type RequiredService =
  | { readonly kind: 'running'; readonly service: RunningService }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * Starts a server for this test file and stops it after the file's last test. Call it at the top level:
 * `const moto = await requireService('moto')`.
 *
 * One server a file: moto starts in about a second and keeps all its state in one process, so sharing it
 * would let files see one another's resources.
 *
 * @throws when the server is there but does not start, and, under SLIPWAY_REQUIRE_SERVICES=1, when it
 *   cannot be had
 */
export async function requireService(name: ServiceName): Promise<RequiredService> {
  try {
    const service = await startService(name);
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
