import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SlipwayError } from '../base/error.ts';
import { withSecretFiles } from '../secret/secret-files.ts';
import { type ConfiguredVaults, readVaults } from '../secret/vault/configuration.ts';
import { type PolicySource, parsePolicySource } from '../workflow/policy-source.ts';
import { type Limits, readLimits } from './limits.ts';

/** The server's configuration, all of it from the environment. `README.md` has the table that people read. */
export interface ServerConfig {
  readonly appId: string;
  /** PEM */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly host: string;
  readonly port: number;
  /** PostgreSQL; the embedded database in `directory` where absent. */
  readonly databaseUrl?: string;
  readonly directory: string;
  readonly region: string;
  readonly policies?: string;
  /** The file that names other scanners. */
  readonly scanners?: string;
  /** Where the organisation keeps policies of its own, besides. */
  readonly policyRepository?: PolicySource;
  /** Vaults by name, `default` the one that settings need not name. */
  readonly vaults?: ConfiguredVaults;
  /** Whether AWS keys that do not end may be Slipway's own. */
  readonly allowStaticKeys?: boolean;
  /** Of GitHub's REST API. */
  readonly apiUrl: string;
  /** Of GitHub's pages. */
  readonly githubUrl: string;
  /** GitHub asks Apps to space out their writes; only a GitHub on this machine does not mind. */
  readonly throttle: boolean;
  readonly fingerprintKey?: string;
  /** The operator's keys, by which the database is encrypted: what `operatorKeys` takes. */
  readonly encryptionKey?: string;
  /** How often GitHub is asked what no webhook told of. */
  readonly sweepSeconds: number;
  /** How often what runs is held against the policies in force; undefined where it never is. */
  readonly complianceSeconds?: number;
  readonly limits: Limits;
  readonly logLevel: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Whether the App has been registered with GitHub: where nothing says so, the set-up page is served instead. */
export function isRegistered(env: Env): boolean {
  return Boolean(env.APP_ID || env.PRIVATE_KEY || env.PRIVATE_KEY_PATH);
}

/** Reads the configuration. Throws `config-invalid` with everything that is missing, and how to get it. */
export function readConfig(given: Env): ServerConfig {
  const env = withSecretFiles(given);
  const missing: string[] = [];
  const need = (name: string, how: string) => {
    const value = env[name];
    if (!value) missing.push(`${name}: ${how}`);
    return value ?? '';
  };
  const appId = need('APP_ID', "the number on the App's settings page on GitHub");
  const webhookSecret = need(
    'WEBHOOK_SECRET',
    "the secret set on the App's settings page; webhooks are signed with it",
  );
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? '';
  if (!region) missing.push('AWS_REGION: the region for environments that name none');
  const privateKey = readPrivateKey(env) ?? '';
  if (!privateKey) {
    missing.push(
      "PRIVATE_KEY or PRIVATE_KEY_PATH: generate one on the App's settings page and give the PEM or its path",
    );
  }
  if (privateKey && !isPrivateKey(privateKey)) {
    missing.push("PRIVATE_KEY: what it holds is no PEM private key; take the file that the App's page gave");
  }
  const port = Number(env.PORT || 3000);
  // Not 0: GitHub has to know where to send webhooks.
  if (!Number.isInteger(port) || port < 1 || port > 65_535) missing.push('PORT: a number from 1 to 65535');
  const sweepSeconds = Number(env.SLIPWAY_SWEEP_SECONDS || 600);
  if (!Number.isInteger(sweepSeconds) || sweepSeconds < 1)
    missing.push('SLIPWAY_SWEEP_SECONDS: a whole number of seconds');
  const scansRunning = env.SLIPWAY_COMPLIANCE_SECONDS !== 'off';
  const complianceSeconds = scansRunning ? Number(env.SLIPWAY_COMPLIANCE_SECONDS || 86_400) : undefined;
  if (complianceSeconds !== undefined && !isInterval(complianceSeconds))
    missing.push('SLIPWAY_COMPLIANCE_SECONDS: a whole number of seconds, at most 20 days, or off');
  const limits = readLimits(env, missing);
  const policyRepository = parsePolicySource(env.SLIPWAY_POLICY_REPOSITORY ?? '');
  if (env.SLIPWAY_POLICY_REPOSITORY && !policyRepository) {
    missing.push(
      'SLIPWAY_POLICY_REPOSITORY: owner/name@ref or owner/name@ref:folder; ref is a commit, a branch or a tag',
    );
  }
  if (missing.length > 0) {
    throw new SlipwayError('config-invalid', {
      summary: 'The configuration is not complete',
      detail: missing.join('\n  '),
      remedy:
        'Set these in the environment or in a file named .env; npm start without APP_ID opens a set-up page.',
    });
  }
  return {
    appId,
    privateKey,
    webhookSecret,
    region,
    port,
    host: env.HOST ?? 'localhost',
    directory: env.SLIPWAY_DIRECTORY ?? '.slipway',
    ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    ...(env.SLIPWAY_POLICIES ? { policies: env.SLIPWAY_POLICIES } : {}),
    ...(env.SLIPWAY_SCANNERS ? { scanners: env.SLIPWAY_SCANNERS } : {}),
    ...(policyRepository ? { policyRepository } : {}),
    ...(env.SLIPWAY_FINGERPRINT_KEY ? { fingerprintKey: env.SLIPWAY_FINGERPRINT_KEY } : {}),
    ...(env.SLIPWAY_ENCRYPTION_KEY ? { encryptionKey: env.SLIPWAY_ENCRYPTION_KEY } : {}),
    vaults: readVaults(env),
    allowStaticKeys: env.SLIPWAY_ALLOW_STATIC_KEYS === 'yes',
    ...githubAddresses(env),
    throttle: env.SLIPWAY_GITHUB_THROTTLE !== 'off',
    sweepSeconds,
    ...(complianceSeconds === undefined ? {} : { complianceSeconds }),
    limits,
    logLevel: env.LOG_LEVEL ?? 'info',
  };
}

/** A timer takes no more than 24 days, and an overlong one would fire at once, for ever. */
function isInterval(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= 20 * 86_400;
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}

/** As Probot reads them: GHE_HOST and GHE_PROTOCOL name a GitHub Enterprise server. */
function githubAddresses(env: Env): Pick<ServerConfig, 'apiUrl' | 'githubUrl'> {
  if (!env.GHE_HOST) return { apiUrl: 'https://api.github.com', githubUrl: 'https://github.com' };
  const githubUrl = `${env.GHE_PROTOCOL ?? 'https'}://${env.GHE_HOST}`;
  return { apiUrl: `${githubUrl}/api/v3`, githubUrl };
}

/** PEM with real line ends or `\n`, in Base64, or in a file: the forms that Probot takes. */
function readPrivateKey(env: Env): string | undefined {
  if (env.PRIVATE_KEY_PATH) {
    try {
      return readFileSync(env.PRIVATE_KEY_PATH, 'utf8');
    } catch (cause) {
      throw new SlipwayError('config-invalid', {
        summary: `PRIVATE_KEY_PATH names a file that cannot be read: ${env.PRIVATE_KEY_PATH}`,
        remedy: 'Check the path and its permissions.',
        cause,
      });
    }
  }
  if (!env.PRIVATE_KEY) return undefined;
  const text = env.PRIVATE_KEY.includes('BEGIN')
    ? env.PRIVATE_KEY
    : Buffer.from(env.PRIVATE_KEY, 'base64').toString('utf8');
  return text.replaceAll('\\n', '\n');
}
