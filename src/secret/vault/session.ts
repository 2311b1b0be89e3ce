import { SlipwayError } from '../../base/error.ts';
import type { Log } from '../../base/log.ts';
import type { VaultAnswer, VaultCall, VaultData } from '../vault.ts';
import { keepAlive } from './keep-alive.ts';
import type { Auth, LogIn } from './login.ts';
import type { Send } from './request.ts';
import { isDenied, renewToken } from './token.ts';

/**
 * A token of its own, for one run. Whatever is leased with it ends with it, so that its accessor, written down before
 * anything is leased, is all that is needed to have every lease of a dead process revoked.
 */
export interface VaultSession {
  /** Names the token and does not open anything. */
  readonly accessor: string;
  /** Aborts while there is still time to finish what is in hand: the token or a lease ends, and cannot be renewed. */
  readonly lost: AbortSignal;
  /** Takes credentials at a path, and keeps them alive: renewed, or others taken in their place. */
  lease(path: string): Promise<Leased>;
  /** Revokes the token, and so everything that was leased with it. */
  end(): Promise<void>;
}

export interface Leased {
  /** The latest credentials. Never asks Vault. */
  now(): { readonly data: VaultData; readonly endsAt: Date };
}

/** @param known told of the token and of every text that is leased, before anything else can see them */
export async function beginSession(
  send: Send,
  logIn: LogIn,
  known: (secret: string) => void,
  log: Log | undefined,
): Promise<VaultSession> {
  const auth = await logIn();
  known(auth.token);
  const lost = new AbortController();
  let ended = false;
  const isWanted = () => !ended && !lost.signal.aborted;
  const ending = (what: string) => (error: unknown) => {
    log?.warn({ err: error, accessor: auth.accessor }, `${what} ends and cannot be renewed`);
    lost.abort(notRenewed(what, error));
  };
  const ask = (call: VaultCall) => send(call, auth.token);
  keepAlive(auth, { renew: () => renewToken(send, auth.token), isWanted, ending: ending('the token') });

  const lease = async (path: string): Promise<Leased> => {
    let current: { data: VaultData; endsAt: Date };
    const follow = ({ data, lease }: Lease) => {
      for (const text of Object.values(data)) if (typeof text === 'string') known(text);
      current = { data, endsAt: endOf(lease.seconds) };
      keepAlive(lease, {
        isWanted,
        renew: async () => {
          const seconds = await renewLease(ask, lease);
          current = { data, endsAt: endOf(seconds) };
          return { seconds };
        },
        ending: (error) => {
          // What lived as long as it may is followed by another; where Vault does not answer, it is not.
          if (error !== undefined) return ending(`the lease of ${path}`)(error);
          take(ask, path).then(follow, ending(`the lease of ${path}`));
        },
      });
    };
    follow(await take(ask, path));
    return { now: () => current };
  };
  return {
    accessor: auth.accessor,
    lost: lost.signal,
    lease,
    async end() {
      ended = true;
      const revoke = { method: 'POST', path: 'auth/token/revoke-self', body: {} } as const;
      await ask({ ...revoke, ofAccessor: auth.accessor }).catch((error) => {
        // It has ended by itself, and its leases with it.
        if (!isDenied(error)) throw error;
      });
    },
  };
}

/** @param send as somebody who may revoke by accessor */
export async function endSession(
  request: (call: VaultCall) => Promise<VaultAnswer | undefined>,
  accessor: string,
): Promise<void> {
  try {
    await request({ method: 'POST', path: 'auth/token/revoke-accessor', body: { accessor } });
  } catch (error) {
    // There is no token of that accessor any more, and its leases went with it.
    const isGone =
      error instanceof SlipwayError &&
      /invalid accessor|accessor not found/i.test(error.problem.detail ?? '');
    if (!isGone) throw error;
  }
}

/** A token of one's own that ends with the one that there is: for who does not log in. */
export async function childToken(request: Ask): Promise<Auth> {
  const answer = await request({
    method: 'POST',
    path: 'auth/token/create',
    body: { display_name: 'slipway-run', ttl: '1h', renewable: true },
  });
  if (answer?.auth) return answer.auth;
  throw new SlipwayError('vault-login', { summary: 'Vault gave no token for the run' });
}

type Lease = VaultAnswer & { readonly lease: NonNullable<VaultAnswer['lease']> };
type Ask = (call: VaultCall) => Promise<VaultAnswer | undefined>;

async function take(ask: Ask, path: string): Promise<Lease> {
  const answer = await ask({ method: 'GET', path });
  if (answer?.lease) return { ...answer, lease: answer.lease };
  throw new SlipwayError('vault-lease', {
    summary: `Vault leases nothing at ${path}`,
    remedy: 'Name a path of credentials that end, such as aws/creds/ROLE, and see that the role is there.',
  });
}

/** In seconds, what is left. */
async function renewLease(ask: Ask, { id, seconds }: Lease['lease']): Promise<number> {
  const body = { lease_id: id, increment: seconds };
  return (await ask({ method: 'POST', path: 'sys/leases/renew', body }))?.lease?.seconds ?? 0;
}

function endOf(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}

function notRenewed(what: string, error: unknown): SlipwayError {
  const why = error instanceof SlipwayError ? error.message : undefined;
  return new SlipwayError('vault-lease', {
    summary: `Vault's credentials for this run end: ${what} cannot be renewed`,
    ...(why === undefined ? {} : { detail: why }),
    remedy: 'What was in hand is finished. Once Vault answers again, /slipway retry goes on from there.',
  });
}
