/**
 * Servers that test files hand on to one another. A worker runs one file after the other, and to start an emulator
 * and have it load its tables anew for each file took more of the processor than what the file tests.
 */
import { type RunningService, type ServiceName, startService } from '../src/sandbox/services/index.ts';

/** How a server is made as new; one that is not named here is started for each file. */
const renewals: Partial<Record<ServiceName, (service: RunningService) => Promise<void>>> = {
  async moto({ url }) {
    const { ok, status } = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
    if (!ok) throw new Error(`moto answered ${status} when it was to forget everything`);
  },
  // Each test makes a database of its own there.
  postgres: async () => {},
};

const idle = new Map<ServiceName, RunningService[]>();

/**
 * A server that nobody else uses and that holds nothing. Its `stop` hands it on, made as new; it ends with the worker.
 *
 * @throws as `startService` does
 */
export async function borrowService(name: ServiceName): Promise<RunningService> {
  const renew = renewals[name];
  const service = idle.get(name)?.pop() ?? (await startService(name));
  if (!renew) return service;
  let returned: Promise<void> | undefined;
  const giveBack = async () => {
    await renew(service);
    idle.set(name, [...(idle.get(name) ?? []), service]);
  };
  return { ...service, stop: () => (returned ??= giveBack()) };
}
