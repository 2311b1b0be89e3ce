import { setTimeout as sleep } from 'node:timers/promises';
import createClient from 'node-vault';
import { SlipwayError } from '../../base/error.ts';
import { scope } from '../../base/scope.ts';
import { createMasker } from '../masker.ts';
import type { VaultAnswer, VaultCall } from '../vault.ts';
import { noteUse } from './evidence.ts';
import { isPlainPath } from './plain-path.ts';

/** Where a Vault is and how to speak to it, without who speaks. */
export interface VaultEndpoint {
  /** `https://vault.example:8200` */
  readonly address: string;
  readonly namespace?: string;
  /** PEM; what signed the server's certificate, where that is nobody whom this machine knows. */
  readonly ca?: string;
  /** The name that the certificate has to be for, where it is not the one in the address. */
  readonly serverName?: string;
  /** Ten seconds where absent. */
  readonly timeoutMs?: number;
  /** How often what only reads is asked again, where Vault does not answer for a moment. Twice where absent. */
  readonly retries?: number;
}

/** One request as it is sent: with a token, or without one for a login. */
export type Send = (call: VaultCall, token: string | undefined) => Promise<VaultAnswer | undefined>;

const defaultTimeoutMs = 10_000;
const firstPauseMs = 250;

/** How requests get to one Vault. Sends nothing by itself. */
export function vaultTransport(endpoint: VaultEndpoint): Send {
  const { address, namespace, ca, serverName, timeoutMs = defaultTimeoutMs, retries = 2 } = endpoint;
  const agentOptions = serverName === undefined ? {} : { agentOptions: { servername: serverName } };
  const options = {
    endpoint: address,
    requestOptions: { timeout: timeoutMs, ...(ca === undefined ? {} : { ca }), ...agentOptions },
    // Else VAULT_SKIP_VERIFY in this process's environment would take any certificate for Vault's.
    rpDefaults: { strictSSL: true },
    // It would print tokens and bodies for whoever sets DEBUG.
    debug: () => {},
  };
  const client = createClient(options);
  // The library takes these from this process's environment where they are not given.
  Object.assign(client, { token: '', namespace: namespace ?? '', pathPrefix: '' });
  return async (call, token) => {
    const { method, path, query, body, wrapSeconds } = call;
    if (!isPlainPath(path)) {
      throw new SlipwayError('vault-refused', {
        summary: `${JSON.stringify(path.slice(0, 200))} is no path in Vault`,
        remedy: 'Write names of letters, digits and _.@:+=,~- with / between them.',
      });
    }
    const { run } = scope();
    const headers = {
      'X-Vault-Request': 'true',
      // So that Vault's audit log can have it, also of what it gives no id of its own for.
      ...(run === undefined ? {} : { 'X-Correlation-Id': run }),
      ...(token === undefined ? {} : { 'X-Vault-Token': token }),
      ...(wrapSeconds === undefined ? {} : { 'X-Vault-Wrap-TTL': `${wrapSeconds}s` }),
    };
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    for (let attempt = 0; ; attempt++) {
      let given: VaultAnswer;
      try {
        const answer: unknown = await client.request({
          path: `/${path}${search}`,
          method,
          headers: { ...headers },
          timeout: timeoutMs,
          ...(body === undefined ? {} : { json: body }),
        });
        given = answerOf(answer);
      } catch (error) {
        if (error instanceof SlipwayError) throw error;
        const onlyReads = method === 'GET' || method === 'LIST';
        if (!onlyReads || attempt >= retries || !isPassing(error)) return refusal(error, call, token);
        await sleep(firstPauseMs * 4 ** attempt);
        continue;
      }
      await noteUse(call, given);
      return given;
    }
  };
}

/** Whether the same may be answered in a moment: a new leader is elected within seconds. A seal takes somebody to open it. */
function isPassing(error: unknown): boolean {
  const { response, code } = error as LibraryError;
  const status = response?.statusCode;
  if (status === undefined) return code === 'ECONNREFUSED' || code === 'ECONNRESET';
  return status === 429 || status === 502 || status === 504 || isStandby(response?.body);
}

function isStandby(body: unknown): boolean {
  return saidIn(body).some((text) => /local node not active|active cluster node not found/.test(text));
}

function saidIn(body: unknown): readonly string[] {
  const { errors } = (body ?? {}) as { errors?: unknown };
  return Array.isArray(errors) ? errors.filter((text) => typeof text === 'string') : [];
}

interface LibraryError {
  readonly response?: { readonly statusCode?: number; readonly body?: unknown };
  readonly code?: string;
}

interface RawAnswer {
  readonly request_id?: string;
  readonly data?: Record<string, unknown> | null;
  readonly lease_id?: string;
  readonly lease_duration?: number;
  readonly renewable?: boolean;
  readonly auth?: {
    client_token: string;
    accessor?: string;
    lease_duration: number;
    renewable: boolean;
    policies?: string[];
  } | null;
  readonly wrap_info?: { token: string; accessor: string; ttl: number; creation_path: string } | null;
}

function answerOf(answer: unknown): VaultAnswer {
  if (answer === undefined || answer === '' || answer === null) return { data: {} };
  if (typeof answer !== 'object') {
    throw notVault();
  }
  const raw = answer as RawAnswer;
  const { data, auth, wrap_info: wrapped } = raw;
  return {
    // Some paths below sys/ answer without an envelope.
    data: data ?? ('request_id' in raw ? {} : { ...raw }),
    ...(raw.request_id ? { requestId: raw.request_id } : {}),
    ...(raw.lease_id
      ? { lease: { id: raw.lease_id, seconds: raw.lease_duration ?? 0, renewable: raw.renewable ?? false } }
      : {}),
    ...(auth
      ? {
          auth: {
            token: auth.client_token,
            accessor: auth.accessor ?? '',
            seconds: auth.lease_duration,
            renewable: auth.renewable,
            policies: auth.policies ?? [],
          },
        }
      : {}),
    ...(wrapped
      ? {
          wrapped: {
            token: wrapped.token,
            accessor: wrapped.accessor,
            seconds: wrapped.ttl,
            creationPath: wrapped.creation_path,
          },
        }
      : {}),
  };
}

/** What an error of the library means. It carries the request, token included, so it goes no further. */
function refusal(error: unknown, call: VaultCall, token: string | undefined): undefined {
  const { response, code } = error as LibraryError;
  if (response?.statusCode === undefined) throw unreachable(code);
  const { statusCode: status, body } = response;
  if (status < 500 && (typeof body !== 'object' || body === null)) throw notVault();
  const said = saidIn(body);
  // Also what was never there, and the way to delete or list nothing.
  if (status === 404 && said.length === 0) return undefined;
  if (status === 403) {
    throw new SlipwayError('vault-denied', {
      summary: `Vault does not let Slipway ${verbs[call.method]} ${call.path}`,
      remedy: 'Allow it in the policy of the token or role that Slipway logs in with.',
    });
  }
  if (status === 503) {
    throw new SlipwayError('vault-sealed', {
      summary: 'Vault is sealed, or not ready',
      remedy: 'Unseal it; what waits for it goes on by itself or with the next try.',
    });
  }
  if (isStandby(body)) {
    throw new SlipwayError('vault-unavailable', {
      summary: 'Vault has no active node',
      remedy: 'Wait until it has elected one; then try again.',
    });
  }
  if (status >= 500 || status === 429) {
    // What a database or a cloud said to Vault may hold what Vault said to it.
    throw new SlipwayError('vault-unavailable', {
      summary: `Vault answered with ${status} for ${call.path}`,
      remedy: "See Vault's own log, which says why.",
    });
  }
  const detail = withoutSaid(said.join('; '), call, token);
  throw new SlipwayError('vault-rejected', {
    summary: `Vault did not take what it was asked to ${verbs[call.method]} at ${call.path}`,
    ...(detail === '' ? {} : { detail }),
  });
}

const verbs: Readonly<Record<VaultCall['method'], string>> = {
  GET: 'read',
  POST: 'write',
  LIST: 'list',
  DELETE: 'delete',
};

/** Vault's words, without any that were sent to it. */
function withoutSaid(text: string, { body }: VaultCall, token: string | undefined): string {
  const masker = createMasker();
  const add = (value: unknown): void => {
    if (typeof value === 'string') masker.add(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(add);
  };
  add([token, body]);
  return masker.mask(text).replace(/\s+/g, ' ').slice(0, 300);
}

function notVault(): SlipwayError {
  return new SlipwayError('vault-unavailable', {
    summary: 'Something answered for Vault that is not Vault',
    remedy: 'Check VAULT_ADDR, and what stands between Slipway and Vault.',
  });
}

function unreachable(code: string | undefined): SlipwayError {
  if (code !== undefined && /CERT|SIGNATURE|TLS|SSL/.test(code)) {
    return new SlipwayError('vault-unavailable', {
      summary: `Vault's certificate is not trusted: ${code}`,
      remedy: 'Name the file of the authority that signed it in VAULT_CACERT.',
    });
  }
  const slow = code === 'ECONNABORTED' || code === 'ETIMEDOUT';
  return new SlipwayError('vault-unavailable', {
    summary: slow ? 'Vault did not answer in time' : `Vault did not answer${code ? `: ${code}` : ''}`,
    remedy: 'See that it is reachable and unsealed; then try again.',
  });
}
