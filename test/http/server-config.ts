import type { ServerConfig } from '../../src/http/config.ts';
import { readLimits } from '../../src/http/limits.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';

type Given = Pick<ServerConfig, 'privateKey' | 'webhookSecret' | 'directory'> & Partial<ServerConfig>;

/** A server on a free port of this machine, whose GitHub is nowhere. */
export async function serverConfig(given: Given): Promise<ServerConfig> {
  return {
    appId: '7',
    host: '127.0.0.1',
    port: await freePort(),
    region: 'eu-west-1',
    apiUrl: 'http://127.0.0.1:9/api/v3',
    githubUrl: 'http://127.0.0.1:9',
    sweepSeconds: 600,
    limits: readLimits({}, []),
    throttle: false,
    logLevel: 'fatal',
    ...given,
  };
}
