import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { SlipwayError } from '../base/error.ts';
import type { Octokit } from './open-repository.ts';

/** What the App may do and hears, as GitHub and as `app.yml` have it. */
interface Granted {
  readonly events: readonly string[];
  readonly permissions: Readonly<Record<string, string | undefined>>;
}

/** What the App that is registered has less than `app.yml` asks for: `event push`, `permission issues: write`. */
export type Missing = readonly string[];

/** GitHub has to answer so soon for a start to wait for it. */
const patienceMs = 3_000;

/**
 * Asks GitHub for the App that APP_ID and PRIVATE_KEY are of. `octokit` is the App's own. One call, tried once.
 *
 * @throws SlipwayError `github-app-refused` where GitHub knows no such App, or the key is not its; whatever else the
 * call threw where GitHub does not answer
 */
export async function readOwnApp(octokit: Octokit): Promise<Missing> {
  const request = { retries: 0, signal: AbortSignal.timeout(patienceMs) };
  const { data } = await octokit.rest.apps.getAuthenticated({ request }).catch((error: unknown) => {
    const { status, message = '' } = error as { status?: unknown; message?: string };
    if (status !== 401 && status !== 404) throw error;
    const isUnknown = status === 404 || message.includes('Integration not found');
    throw new SlipwayError('github-app-refused', {
      summary: 'GitHub does not take APP_ID and PRIVATE_KEY',
      detail: isUnknown
        ? 'It knows no App of this number.'
        : 'The key is not one of this App, or the clock of this machine is wrong.',
      remedy:
        "Take the number and a private key from one App's settings page; for a GitHub Enterprise server set GHE_HOST.",
      cause: error,
    });
  });
  return data ? missingIn(data, await readManifest()) : [];
}

/** What the manifest asks for and the App does not have. More than it asks for is nobody's trouble. */
export function missingIn(app: Granted, manifest: Granted): Missing {
  const permissions = Object.entries(manifest.permissions).filter(
    ([name, level = 'read']) => levels.indexOf(app.permissions[name] ?? 'none') < levels.indexOf(level),
  );
  return [
    ...permissions.map(([name, level]) => `permission ${name}: ${level}`),
    ...manifest.events.filter((event) => !app.events.includes(event)).map((event) => `event ${event}`),
  ];
}

const levels = ['none', 'read', 'write', 'admin'];

const manifestFile = new URL('../../app.yml', import.meta.url);

async function readManifest(): Promise<Granted> {
  const manifest = parse(await readFile(manifestFile, 'utf8')) as {
    readonly default_events: Granted['events'];
    readonly default_permissions: Granted['permissions'];
  };
  return { events: manifest.default_events, permissions: manifest.default_permissions };
}
