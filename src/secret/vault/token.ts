import { SlipwayError } from '../../base/error.ts';
import type { Log } from '../../base/log.ts';
import type { VaultAnswer, VaultCall } from '../vault.ts';
import { keepAlive } from './keep-alive.ts';
import type { Auth, LogIn } from './login.ts';
import type { Send } from './request.ts';

/**
 * Sends requests with the token that `logIn` gives: renewed in time, and another one where it is lost. Nothing is sent
 * before the first request.
 *
 * @param known told of each token, before anything else can see it
 */
export function withLogin(
  send: Send,
  logIn: LogIn,
  known: (token: string) => void,
  log: Log | undefined,
): (call: VaultCall) => Promise<VaultAnswer | undefined> {
  let current: Promise<Auth> | undefined;
  const forget = (auth: Promise<Auth>) => {
    if (current === auth) current = undefined;
  };
  const token = (): Promise<Auth> => {
    if (current) return current;
    const begun = logIn().then((auth) => {
      known(auth.token);
      log?.info({ seconds: auth.seconds }, 'logged in to Vault');
      keepAlive(auth, {
        renew: () => renewToken(send, auth.token),
        isWanted: () => current === begun,
        // Whoever asks next logs in anew.
        ending: (error) => {
          log?.warn({ err: error }, 'the token for Vault is not renewed any more');
          forget(begun);
        },
      });
      return auth;
    });
    current = begun;
    begun.catch(() => forget(begun));
    return begun;
  };
  return async (call) => {
    const used = token();
    const auth = await used;
    try {
      return await send(call, auth.token);
    } catch (error) {
      if (!isDenied(error) || (await isAlive(send, auth.token))) throw error;
      forget(used);
      return send(call, (await token()).token);
    }
  };
}

/** What is left of a token's life once it is renewed. */
export async function renewToken(send: Send, token: string): Promise<{ seconds: number }> {
  const answer = await send({ method: 'POST', path: 'auth/token/renew-self', body: {} }, token);
  return { seconds: answer?.auth?.seconds ?? 0 };
}

/** A 403 says either that this may not be done, or that whoever asks is not known any more. */
async function isAlive(send: Send, token: string): Promise<boolean> {
  try {
    await send({ method: 'GET', path: 'auth/token/lookup-self' }, token);
    return true;
  } catch (error) {
    if (isDenied(error)) return false;
    throw error;
  }
}

/**
 * As if the one token that there is came from a login. How long it lasts is asked, so that it is renewed in time; that
 * it is not known any more is found out here, too.
 */
export function givenToken(send: Send, token: string): LogIn {
  return async () => {
    try {
      const { ttl, renewable } =
        (await send({ method: 'GET', path: 'auth/token/lookup-self' }, token))?.data ?? {};
      return { token, accessor: '', seconds: Number(ttl ?? 0), renewable: renewable === true, policies: [] };
    } catch (error) {
      if (!isDenied(error)) throw error;
      throw new SlipwayError('vault-login', {
        summary: "Vault does not take Slipway's token",
        detail: 'It has ended, was revoked, or may not look itself up.',
        remedy: 'Set VAULT_TOKEN to one that lives; or have Slipway log in by itself.',
      });
    }
  };
}

export function isDenied(error: unknown): boolean {
  return error instanceof SlipwayError && error.code === 'vault-denied';
}
