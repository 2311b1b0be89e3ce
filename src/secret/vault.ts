import type { Log } from '../base/log.ts';
import { loginWith, type VaultLogin } from './vault/login.ts';
import { type VaultEndpoint, vaultTransport } from './vault/request.ts';
import { beginSession, childToken, endSession, type VaultSession } from './vault/session.ts';
import { givenToken, withLogin } from './vault/token.ts';

/**
 * HashiCorp Vault or OpenBao, logged in to. What goes wrong is a SlipwayError that holds neither the token nor what was
 * sent: `vault-denied`, `vault-sealed`, `vault-rejected` (it does not take what it was asked), `vault-unavailable` (it
 * does not answer, or not as Vault does), `vault-login`; and `vault-refused` for a path that would be another in a URL,
 * before anything is sent. Paths are as in Vault's own tools, without `v1/`.
 */
export interface Vault {
  /** `data` of the answer as it is, or undefined where there is nothing. Version 2 of key/value has its own `data` in it. */
  read(path: string, query?: Readonly<Record<string, string>>): Promise<VaultData | undefined>;
  /** `data` of the answer; empty where there is none. */
  write(path: string, body: VaultData): Promise<VaultData>;
  /** The names below a path; those that end with `/` have names below them. None where there is nothing. */
  list(path: string): Promise<readonly string[]>;
  /** Deletes, also what is not there. */
  remove(path: string): Promise<void>;
  /** For what is not in `data`: leases, wrapping, the id of the request. Undefined where there is nothing. */
  request(call: VaultCall): Promise<VaultAnswer | undefined>;
}

export type VaultData = Readonly<Record<string, unknown>>;

export interface VaultCall {
  readonly method: 'GET' | 'POST' | 'LIST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: VaultData;
  /** The answer is kept in Vault for so long, and one token that opens it once is given instead. */
  readonly wrapSeconds?: number;
  /** Of what is asked about the token that it is asked with: what names that, for the evidence. */
  readonly ofAccessor?: string;
}

export interface VaultAnswer {
  readonly data: VaultData;
  /** Vault's audit log has it, too. */
  readonly requestId?: string;
  readonly lease?: { readonly id: string; readonly seconds: number; readonly renewable: boolean };
  readonly auth?: {
    readonly token: string;
    /** Names the token, to revoke it by; opens nothing. */
    readonly accessor: string;
    readonly seconds: number;
    readonly renewable: boolean;
    readonly policies: readonly string[];
  };
  readonly wrapped?: {
    readonly token: string;
    /** Names the token, to look at it or revoke it by; opens nothing. */
    readonly accessor: string;
    readonly seconds: number;
    readonly creationPath: string;
  };
}

export interface VaultOptions extends VaultEndpoint {
  readonly login: VaultLogin;
  /** Told of every token and of every text that is leased, before anything else can see it. */
  readonly known?: (secret: string) => void;
  readonly log?: Log;
}

/** A Vault that credentials for runs can be leased from. */
export interface VaultServer extends Vault {
  /** Logs in once more, for one run: see `VaultSession`. */
  begin(): Promise<VaultSession>;
  /** Ends a session that somebody else began, by its accessor; also one that has ended. */
  end(accessor: string): Promise<void>;
}

/**
 * Opens a Vault. Nothing is asked of it before the first request.
 *
 * @example
 * const vault = openVault({ address: 'https://vault.example:8200', login: { method: 'token', token } });
 * const data = await vault.read('secret/data/shop');
 */
export function openVault({ login, known = () => {}, log, ...endpoint }: VaultOptions): VaultServer {
  const send = vaultTransport(endpoint);
  if (login.method === 'token') known(login.token);
  const logIn = login.method === 'token' ? givenToken(send, login.token) : loginWith(send, login);
  const request = withLogin(send, logIn, known, log);
  return {
    ...vaultOn(request),
    begin: () => beginSession(send, login.method === 'token' ? () => childToken(request) : logIn, known, log),
    end: (accessor) => endSession(request, accessor),
  };
}

/** The same Vault, of which only some paths may be used. */
export function onlyAt(server: VaultServer, permit: (path: string) => void): VaultServer {
  return {
    ...vaultOn(async (call) => {
      permit(call.path);
      return server.request(call);
    }),
    async begin() {
      const session = await server.begin();
      return {
        ...session,
        async lease(path) {
          permit(path);
          return session.lease(path);
        },
      };
    },
    end: server.end,
  };
}

function vaultOn(request: Vault['request']): Vault {
  return {
    request,
    async read(path, query) {
      return (await request({ method: 'GET', path, ...(query ? { query } : {}) }))?.data;
    },
    async write(path, body) {
      return (await request({ method: 'POST', path, body }))?.data ?? {};
    },
    async list(path) {
      const { keys } = (await request({ method: 'LIST', path }))?.data ?? {};
      return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
    },
    async remove(path) {
      await request({ method: 'DELETE', path });
    },
  };
}
