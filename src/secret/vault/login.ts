import { readFile } from 'node:fs/promises';
import { SlipwayError } from '../../base/error.ts';
import type { VaultAnswer } from '../vault.ts';
import { signedCallerIdentity } from './caller-identity.ts';
import type { Send } from './request.ts';

/** How Slipway says to a Vault who it is. Files are read at each login: whoever puts them there renews them. */
export type VaultLogin =
  /** For development, or where somebody else keeps the token alive. */
  | { readonly method: 'token'; readonly token: string }
  | {
      readonly method: 'approle';
      readonly mount: string;
      readonly roleId: string;
      /** Of the secret id, or, `wrapped`, of the token that opens its wrapping once. */
      readonly secretIdFile: string;
      readonly wrapped: boolean;
    }
  | {
      readonly method: 'kubernetes' | 'jwt';
      readonly mount: string;
      readonly role: string;
      readonly tokenFile: string;
    }
  | {
      readonly method: 'aws';
      readonly mount: string;
      readonly role: string;
      readonly region: string;
      /** What Vault's `iam_server_id_header_value` asks for, where it does. */
      readonly serverId?: string;
    };

export type Auth = NonNullable<VaultAnswer['auth']>;

/** Logs in, each time anew. */
export type LogIn = () => Promise<Auth>;

/** @throws SlipwayError `vault-login`, and what the way to Vault throws */
export function loginWith(send: Send, login: Exclude<VaultLogin, { method: 'token' }>): LogIn {
  const secretId = login.method === 'approle' ? secretIdOf(send, login) : undefined;
  return async () => {
    const body = await bodyOf(login, secretId);
    const path = `auth/${login.mount}/login`;
    try {
      const answer = await send({ method: 'POST', path, body }, undefined);
      if (answer?.auth) return answer.auth;
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      const { code, problem } = error;
      // Whether the network may be asked again is another matter than whether Slipway is let in.
      if (code !== 'vault-denied' && code !== 'vault-rejected') throw error;
      throw refused(login, problem.detail);
    }
    throw refused(login, 'It gave no token.');
  };
}

function refused({ method, mount }: { method: string; mount: string }, detail: string | undefined) {
  return new SlipwayError('vault-login', {
    summary: `Vault does not let Slipway in by ${method} (auth/${mount})`,
    ...(detail === undefined ? {} : { detail }),
    remedy: remedies[method] ?? '',
  });
}

const remedies: Readonly<Record<string, string>> = {
  approle: 'Give Slipway a new secret id, wrapped where it is told to unwrap it; check the role id.',
  kubernetes: "Check that the role is bound to Slipway's service account and namespace.",
  jwt: "Check the role's bound claims and audience, and that the token is not out of date.",
  aws: "Check that the role is bound to the ARN of Slipway's own AWS identity, and the server id.",
};

async function bodyOf(
  login: Exclude<VaultLogin, { method: 'token' }>,
  secretId: (() => Promise<string>) | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (login.method === 'approle') return { role_id: login.roleId, secret_id: (await secretId?.()) ?? '' };
  if (login.method === 'aws') return { role: login.role, ...(await signedCallerIdentity(login)) };
  return { role: login.role, jwt: await secretFile(login.tokenFile) };
}

/** By wrapping token: each opens once for the whole process, however many clients of it log in, and how often. */
const unwrapped = new Map<string, Promise<string>>();

/** What was wrapped is kept in memory for the next login, until another wrapping token is in the file. */
function secretIdOf(
  send: Send,
  { mount, secretIdFile, wrapped }: Extract<VaultLogin, { method: 'approle' }>,
): () => Promise<string> {
  return async () => {
    const text = await secretFile(secretIdFile);
    if (!wrapped) return text;
    const known = unwrapped.get(text);
    if (known) return known;
    const opening = unwrapSecretId(send, mount, text);
    unwrapped.set(text, opening);
    // Vault may not have answered: then it is still closed.
    opening.catch(() => unwrapped.delete(text));
    return opening;
  };
}

/** https://developer.hashicorp.com/vault/docs/concepts/response-wrapping#response-wrapping-token-validation */
async function unwrapSecretId(send: Send, mount: string, token: string): Promise<string> {
  const creationPath = await ofWrapping(
    send({ method: 'POST', path: 'sys/wrapping/lookup', body: { token } }, undefined),
  );
  const made = String(creationPath?.data.creation_path);
  if (!made.startsWith(`auth/${mount}/role/`) || !made.endsWith('/secret-id')) {
    throw new SlipwayError('vault-wrapped', {
      summary: `What is wrapped for Slipway is not a secret id of auth/${mount}`,
      detail: `It was made by ${made}. Somebody may have opened the right one and put another in its place.`,
      remedy: 'Take the secret ids of the role back, and find out who could read the file.',
    });
  }
  const answer = await ofWrapping(send({ method: 'POST', path: 'sys/wrapping/unwrap' }, token));
  const secretId = answer?.data.secret_id;
  if (typeof secretId === 'string') return secretId;
  throw new SlipwayError('vault-wrapped', { summary: 'What is wrapped for Slipway holds no secret id' });
}

/** A wrapping token that nobody can open any more is one that somebody has opened, or that is too old. */
async function ofWrapping(asked: ReturnType<Send>): ReturnType<Send> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    if (error.code !== 'vault-denied' && error.code !== 'vault-rejected') throw error;
    throw new SlipwayError('vault-wrapped', {
      summary: "The wrapped secret id for Slipway's login was opened before, or is too old",
      detail:
        'It opens once. If neither this process nor an earlier one has opened it, somebody else holds the secret id.',
      remedy:
        "Look in Vault's audit log for who unwrapped it; where that was not Slipway, take the role's secret ids back. " +
        'Then wrap a new one.',
    });
  }
}

async function secretFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    throw new SlipwayError('vault-login', {
      summary: `The file that Slipway logs in to Vault with cannot be read: ${path}`,
      remedy: 'Check the path, and that Slipway may read it.',
    });
  }
}
