/**
 * Secrets that are like no other text, planted in each kind of place that Slipway takes secrets from; and everything
 * that leaves its process, to look for them in.
 */
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SSM } from '@aws-sdk/client-ssm';
import pg from 'pg';
import { findRepository } from '../../src/sandbox/github/model/world.ts';
import type { RunningService } from '../../src/sandbox/services/index.ts';
import { openVault } from '../../src/secret/vault.ts';
import type { World } from '../e2e/shop.ts';

/** What a secret is recognised by, in each encoding: letters and digits that no encoder changes. */
const cores = {
  parameter: 'c4n4ryOfAParameter',
  secureString: 'c4n4ryOfSsmSecure',
  secretsManager: 'c4n4ryOfSecretsManager',
  vault: 'c4n4ryOfVaultsKeys',
} as const;

type Place = keyof typeof cores;

/** Whole, each has what encoders do change. */
export const canaries = Object.fromEntries(
  Object.entries(cores).map(([place, core]) => [place, `é<${core}>&"it's"/+ \\$`]),
) as Record<Place, string>;

/** As it is quoted by somebody who means well: by the cloud, a proxy, a library. */
export const encodings: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 of a longer text': (text) => Buffer.from(`u:${text}:x`).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => Buffer.from(text).toString('hex').toUpperCase(),
  URL: encodeURIComponent,
  'URL of a form': (text) => new URLSearchParams({ a: text }).toString(),
  JSON: (text) => JSON.stringify({ a: text }),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify({ a: text })),
  'JSON that fears for HTML': (text) =>
    JSON.stringify(text).replace(/[<>&']/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  HTML: (text) =>
    text.replace(/[<>&"']/g, (c) => `&${{ '<': 'lt', '>': 'gt', '&': 'amp', '"': 'quot', "'": '#39' }[c]};`),
};

/** Which canaries are in a text, whatever they are encoded in. */
export function canariesIn(text: string): readonly string[] {
  return Object.entries(cores).flatMap(([place, core]) => {
    const bytes = Buffer.from(core);
    const hex = bytes.toString('hex');
    // What of Base64 does not depend on what stands before and behind, at each of three offsets.
    const base64 = [0, 1, 2].map((offset) =>
      Buffer.concat([Buffer.alloc(offset), bytes])
        .toString('base64')
        .slice(4, 20),
    );
    const forms = [core, hex, hex.toUpperCase(), ...base64];
    return forms.some((form) => text.includes(form)) ? [place] : [];
  });
}

/** Puts them where they come from. Those of parameters are the template's. */
export async function plantCanaries({ shop }: World, vault: RunningService['environment']): Promise<void> {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL } = shop.aws;
  const config = {
    region: AWS_REGION!,
    endpoint: AWS_ENDPOINT_URL!,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID!, secretAccessKey: AWS_SECRET_ACCESS_KEY! },
  };
  const ssm = new SSM(config);
  await ssm.putParameter({ Name: '/canary', Type: 'SecureString', Value: canaries.secureString });
  const secrets = new SecretsManager(config);
  await secrets.createSecret({
    Name: 'canary',
    SecretString: JSON.stringify({ password: canaries.secretsManager }),
  });
  const { VAULT_ADDR: address = '', VAULT_TOKEN: token = '' } = vault;
  const opened = openVault({ address, login: { method: 'token', token } });
  await opened.write('secret/data/canary', { data: { password: canaries.vault } });
}

const references = {
  secureString: '{{resolve:ssm-secure:/canary}}',
  secretsManager: '{{resolve:secretsmanager:canary:SecretString:password}}',
  vault: '{{resolve:vault:secret/data/canary#password}}',
};

/** A stack that is made with all of them, in the places where they are shown most. */
export const canaryTemplate = JSON.stringify(
  {
    Parameters: { Password: { Type: 'String', NoEcho: true } },
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.1.0.0/16' } },
      Value: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Value: { 'Fn::Sub': `${references.vault} \${Password}` } },
      },
      Group: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: {
          GroupDescription: { 'Fn::Join': [' ', [references.secureString, references.secretsManager]] },
          VpcId: { Ref: 'Vpc' },
        },
      },
    },
    Outputs: {
      Password: { Value: { Ref: 'Password' } },
      Encoded: { Value: { 'Fn::Base64': { 'Fn::Sub': `${references.vault} \${Password}` } } },
    },
  },
  undefined,
  2,
);

/** Everything that has left the process since it was started, by what it went into. */
export async function everythingThatLeft(
  world: World,
  repository: string,
  traces: string,
): Promise<Readonly<Record<string, string>>> {
  const { shop, databaseUrl } = world;
  const stored = findRepository(shop.github.world, repository)!;
  const page = async (path: string) => (await fetch(`${shop.slipway.url}${path}`)).text();
  const issues = [...stored.issues.values()];
  return {
    'the log': shop.slipway.log(),
    'comments and issues': JSON.stringify(
      issues.map(({ title, body, comments }) => [title, body, comments.map((c) => c.body)]),
    ),
    checks: JSON.stringify(stored.checkRuns, (key, value) => (key === 'suite' ? undefined : value)),
    deployments: JSON.stringify(stored.deployments.map(({ statuses }) => statuses.map((s) => s.description))),
    'the database': await databaseText(databaseUrl!),
    traces,
    pages: (await Promise.all(['/metrics', '/healthz', '/readyz'].map(page))).join('\n'),
  };
}

/** Every row of every table: state, journal, audit, queue. */
async function databaseText(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query(`select to_json(t)::text as row from ${name} as t`);
      texts.push(...rows.map(({ row }) => `${name} ${row}`));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}
