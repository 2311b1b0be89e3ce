import { SlipwayError } from '../base/error.ts';
import type { Vault } from '../secret/vault.ts';
import type { WrappedToken } from '../state/hand-overs.ts';

/**
 * Has Vault keep the text for so long, and gives the token that opens it once: `bao unwrap -field=value TOKEN`. That it
 * is opened shows, and by its accessor, which opens nothing, it can be looked at and revoked.
 */
export async function wrapped(
  vault: Vault,
  text: string,
  seconds: number,
  now: Date,
): Promise<{ readonly token: string; readonly wrapped: WrappedToken }> {
  const answer = await vault.request({
    method: 'POST',
    path: 'sys/wrapping/wrap',
    body: { value: text },
    wrapSeconds: seconds,
  });
  const given = answer?.wrapped;
  if (!given?.accessor) {
    throw new SlipwayError('hand-over-failed', { summary: 'Vault gave no token for what it was to wrap' });
  }
  const until = new Date(now.getTime() + given.seconds * 1000).toISOString();
  return { token: given.token, wrapped: { accessor: given.accessor, until } };
}

/** Whether it is gone: opened, or past its time. Undefined where Vault does not let Slipway look. */
export async function isOpened(vault: Vault, { accessor }: WrappedToken): Promise<boolean | undefined> {
  try {
    const found = await vault.request({
      method: 'POST',
      path: 'auth/token/lookup-accessor',
      body: { accessor },
    });
    return found === undefined;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    if (error.code === 'vault-rejected') return true;
    if (error.code === 'vault-denied') return undefined;
    throw error;
  }
}

/** It opens nothing any more. Does nothing to one that is gone, or that Slipway may not revoke: that ends by itself. */
export async function revokeWrapped(vault: Vault, { accessor }: WrappedToken): Promise<void> {
  try {
    await vault.request({ method: 'POST', path: 'auth/token/revoke-accessor', body: { accessor } });
  } catch (error) {
    if (!(error instanceof SlipwayError) || !['vault-rejected', 'vault-denied'].includes(error.code))
      throw error;
  }
}
