import { SlipwayError } from '../../base/error.ts';

/** A client that says with whose keys it signs. */
interface Signing {
  readonly config: {
    credentials(): Promise<{ readonly accessKeyId: string; readonly sessionToken?: string | undefined }>;
  };
}

/**
 * Keys without a session end when somebody remembers to end them: they are what is found on a laptop years later. Where
 * there are none at all, the first call says so.
 *
 * @throws SlipwayError `cloud-static-keys`
 */
export async function refuseStaticKeys(client: Signing): Promise<void> {
  const { accessKeyId, sessionToken } = await client.config
    .credentials()
    .catch(() => ({ accessKeyId: '', sessionToken: '' }));
  if (accessKeyId === '' || sessionToken) return;
  throw new SlipwayError('cloud-static-keys', {
    summary: `Slipway was given AWS keys that do not end: ${accessKeyId.slice(0, 4)}...`,
    remedy:
      "Let it run with an instance's, a task's or a service account's role, or name `credentials` from Vault in the " +
      'environment. Where the keys are meant, set SLIPWAY_ALLOW_STATIC_KEYS=yes.',
  });
}

/** Whether the address is one on this machine. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
