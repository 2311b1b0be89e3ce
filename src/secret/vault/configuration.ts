/**
 * Which Vaults there are, and how Slipway logs in to them: the operator's to say. One from the environment, by the
 * names that Vault's own tools use; more of them in a file, by names that environments' settings call them by.
 */
import { readFileSync } from 'node:fs';
import picomatch from 'picomatch';
import { parse } from 'yaml';
import * as z from 'zod';
import { SlipwayError } from '../../base/error.ts';
import type { Log } from '../../base/log.ts';
import { onlyAt, openVault, type VaultServer } from '../vault.ts';
import type { VaultLogin } from './login.ts';
import type { VaultEndpoint } from './request.ts';

export interface ConfiguredVault extends VaultEndpoint {
  readonly login: VaultLogin;
  /** By globs of `owner/name`, the globs of paths that these repositories' settings may name. Absent: any. */
  readonly repositories?: Readonly<Record<string, readonly string[]>>;
}

/** By name; `default` is the one that settings need not name. */
export type ConfiguredVaults = Readonly<Record<string, ConfiguredVault>>;

type Env = Readonly<Record<string, string | undefined>>;

const mount = z.string().regex(/^[\w./-]+$/);
const login = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('token'), 'token-file': z.string() }),
  z.strictObject({
    method: z.literal('approle'),
    mount: mount.default('approle'),
    'role-id': z.string(),
    'secret-id-file': z.string(),
    wrapped: z.boolean().default(true),
  }),
  z.strictObject({
    method: z.literal('kubernetes'),
    mount: mount.default('kubernetes'),
    role: z.string(),
    'token-file': z.string().default('/var/run/secrets/kubernetes.io/serviceaccount/token'),
  }),
  z.strictObject({
    method: z.literal('jwt'),
    mount: mount.default('jwt'),
    role: z.string(),
    'token-file': z.string(),
  }),
  z.strictObject({
    method: z.literal('aws'),
    mount: mount.default('aws'),
    role: z.string(),
    region: z.string().default('us-east-1'),
    'server-id': z.exactOptional(z.string()),
  }),
]);

const configured = z.strictObject({
  address: z.url({ protocol: /^https?$/ }),
  namespace: z.exactOptional(z.string()),
  'ca-cert': z.exactOptional(z.string()),
  'server-name': z.exactOptional(z.string()),
  login,
  repositories: z.exactOptional(z.record(z.string(), z.array(z.string().min(1)))),
});

const file = z.record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/), configured);

/**
 * The Vaults that VAULT_ADDR and SLIPWAY_VAULTS tell of; none where neither is set.
 *
 * @throws SlipwayError `config-invalid`
 */
export function readVaults(env: Env): ConfiguredVaults {
  const path = env.SLIPWAY_VAULTS;
  return { ...(env.VAULT_ADDR ? { default: fromEnvironment(env) } : {}), ...(path ? fromFile(path) : {}) };
}

function fromFile(path: string): ConfiguredVaults {
  let text: unknown;
  try {
    text = parse(readText(path));
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw invalid(`The file that SLIPWAY_VAULTS names is no YAML: ${path}`);
  }
  const read = file.safeParse(text);
  if (!read.success) throw invalid(`The file that SLIPWAY_VAULTS names: ${z.prettifyError(read.error)}`);
  return Object.fromEntries(Object.entries(read.data).map(([name, one]) => [name, vaultOf(one)]));
}

function vaultOf(one: z.output<typeof configured>): ConfiguredVault {
  return {
    address: one.address,
    ...(one.namespace === undefined ? {} : { namespace: one.namespace }),
    ...(one['ca-cert'] === undefined ? {} : { ca: readText(one['ca-cert']) }),
    ...(one['server-name'] === undefined ? {} : { serverName: one['server-name'] }),
    ...(one.repositories === undefined ? {} : { repositories: one.repositories }),
    login: loginOf(one.login),
  };
}

function loginOf(said: z.output<typeof login>): VaultLogin {
  const { method } = said;
  if (method === 'token') return { method, token: readText(said['token-file']).trim() };
  if (method === 'approle') {
    const { mount, wrapped } = said;
    return { method, mount, wrapped, roleId: said['role-id'], secretIdFile: said['secret-id-file'] };
  }
  const { mount, role } = said;
  if (method !== 'aws') return { method, mount, role, tokenFile: said['token-file'] };
  const serverId = said['server-id'];
  return { method, mount, role, region: said.region, ...(serverId === undefined ? {} : { serverId }) };
}

function fromEnvironment(env: Env): ConfiguredVault {
  const ca = env.VAULT_CACERT_BYTES || (env.VAULT_CACERT ? readText(env.VAULT_CACERT) : undefined);
  const timeoutMs = durationMs(env.VAULT_CLIENT_TIMEOUT);
  const retries = env.VAULT_MAX_RETRIES ? Number(env.VAULT_MAX_RETRIES) : undefined;
  return {
    address: env.VAULT_ADDR ?? '',
    ...(env.VAULT_NAMESPACE ? { namespace: env.VAULT_NAMESPACE } : {}),
    ...(ca ? { ca } : {}),
    ...(env.VAULT_TLS_SERVER_NAME ? { serverName: env.VAULT_TLS_SERVER_NAME } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retries !== undefined && Number.isInteger(retries) && retries >= 0 ? { retries } : {}),
    login: loginFromEnvironment(env),
  };
}

/** What the file calls `login`, by the names of variables. */
function loginFromEnvironment(env: Env): VaultLogin {
  const method = env.SLIPWAY_VAULT_LOGIN ?? 'token';
  if (method === 'token') {
    if (env.VAULT_TOKEN) return { method, token: env.VAULT_TOKEN };
    throw invalid('VAULT_ADDR is set, and neither VAULT_TOKEN nor SLIPWAY_VAULT_LOGIN');
  }
  const wrapped = Boolean(env.SLIPWAY_VAULT_WRAPPED_SECRET_ID_FILE);
  const given = Object.entries(variables).flatMap(([key, names]) => {
    const value = names.map((name) => env[name]).find(Boolean);
    return value === undefined ? [] : [[key, value] as const];
  });
  const read = login.safeParse({
    method,
    ...Object.fromEntries(given),
    ...(method === 'approle' ? { wrapped } : {}),
    ...(method === 'aws' && env.AWS_REGION ? { region: env.AWS_REGION } : {}),
  });
  if (read.success) return loginOf(read.data);
  const mistakes = read.error.issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])];
    const names = keys.map((key) => variables[key]?.join(' or ') ?? 'SLIPWAY_VAULT_LOGIN').join(' and ');
    return `${issue.code === 'unrecognized_keys' ? 'takes no' : 'needs another'} ${names}`;
  });
  throw invalid(`Logging in to Vault by ${method} ${mistakes.join(', ')}`);
}

/** What the file's keys of a login are called in the environment. */
const variables: Readonly<Record<string, readonly string[]>> = {
  mount: ['SLIPWAY_VAULT_MOUNT'],
  role: ['SLIPWAY_VAULT_ROLE'],
  'role-id': ['SLIPWAY_VAULT_ROLE_ID'],
  'secret-id-file': ['SLIPWAY_VAULT_WRAPPED_SECRET_ID_FILE', 'SLIPWAY_VAULT_SECRET_ID_FILE'],
  'token-file': ['SLIPWAY_VAULT_TOKEN_FILE'],
  'server-id': ['SLIPWAY_VAULT_SERVER_ID'],
};

/** `30s`, `1m30s`, or seconds, as Vault's own tools take it. */
function durationMs(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const parts = [...text.matchAll(/(\d+)(ms|s|m)/g)];
  if (parts.map(([whole]) => whole).join('') !== text)
    throw invalid('VAULT_CLIENT_TIMEOUT is no duration such as 30s');
  const units = { ms: 1, s: 1000, m: 60_000 } as const;
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit as keyof typeof units], 0);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw invalid(`A file for Vault cannot be read: ${path}`);
  }
}

function invalid(summary: string): SlipwayError {
  return new SlipwayError('config-invalid', {
    summary,
    remedy: 'The README says under Vault which variables and keys there are.',
  });
}

/** The Vaults of a configuration, opened. */
export interface Vaults {
  /** As the operator may use it. Throws `config-invalid` where there is none of that name. */
  server(name: string): VaultServer;
  /**
   * As the settings of a repository may use it: `vault-refused` for what the operator does not let that repository
   * name. Undefined where nothing is named and nothing is the default; otherwise throws as `server` does.
   */
  of(name: string | undefined, repository: string): VaultServer | undefined;
}

/** @param known told of every token and every leased text, before anything else can see it */
export function openVaults(configured: ConfiguredVaults, known: (secret: string) => void, log?: Log): Vaults {
  const servers = new Map<string, VaultServer>();
  const find = (name: string) => {
    const one = Object.hasOwn(configured, name) ? configured[name] : undefined;
    if (one) return one;
    throw new SlipwayError('config-invalid', {
      summary: `Slipway knows of no Vault that is called ${name}`,
      remedy: 'Name it in the file that SLIPWAY_VAULTS names.',
    });
  };
  const server = (name: string) => {
    const { repositories: _, ...options } = find(name);
    const opened = servers.get(name) ?? openVault({ ...options, known, ...(log ? { log } : {}) });
    servers.set(name, opened);
    return opened;
  };
  return {
    server,
    of(name, repository) {
      if (name === undefined && !Object.hasOwn(configured, defaultName)) return undefined;
      const { repositories } = find(name ?? defaultName);
      const opened = server(name ?? defaultName);
      if (repositories === undefined) return opened;
      const paths = Object.entries(repositories)
        .filter(([glob]) => picomatch.isMatch(repository.toLowerCase(), glob.toLowerCase(), { dot: true }))
        .flatMap(([, globs]) => globs);
      return onlyAt(opened, (path) => {
        if (paths.length > 0 && picomatch.isMatch(path, paths, { dot: true })) return;
        throw new SlipwayError('vault-refused', {
          summary: `The operator of Slipway does not let ${repository} use ${path} in Vault`,
          remedy: 'Have the operator add it to `repositories` of that Vault.',
        });
      });
    },
  };
}

const defaultName = 'default';
