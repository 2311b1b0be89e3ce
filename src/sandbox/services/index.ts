/**
 * Real servers for the tests and the demo: found or installed, started on a free loopback port, ended with
 * this process. Enters: a name. Leaves: a server that answers, and the environment its clients need.
 * Nothing here is part of Slipway's own work: only the demo, the tests and the rest of the sandbox import it.
 *
 * Adding a server is a file of its own and one line in `services`.
 */
import { SlipwayError } from '../../base/error.ts';
import { moto } from './moto.ts';
import { postgres } from './postgres.ts';
import type { RunningService, Service, StartOptions } from './service.ts';
import { vault } from './vault.ts';

export type { RunningService, Service, StartOptions } from './service.ts';

/** Every server that can be started, by name. */
export const services = { moto, vault, postgres } as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof services;

/**
 * Finds or installs the named server, starts it and resolves when it answers.
 *
 * @throws SlipwayError `service-missing` when it cannot be had here, `service-failed` when it does not
 *   start (with the last lines that it printed)
 */
export async function startService(name: ServiceName, options: StartOptions = {}): Promise<RunningService> {
  const service: Service = services[name];
  const found = await service.find(options.onProgress);
  if (found.kind === 'missing') {
    throw new SlipwayError('service-missing', {
      summary: `${service.title} cannot be had: ${found.reason}`,
      remedy: service.remedy,
    });
  }
  return service.start(found, options);
}
