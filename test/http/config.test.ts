import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatError } from '../../src/base/error.ts';
import { isRegistered, readConfig } from '../../src/http/config.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;
const complete = { APP_ID: '7', PRIVATE_KEY: pem, WEBHOOK_SECRET: 'secret', AWS_REGION: 'eu-west-1' };

/** What the operator is told. */
function complaint(env: Readonly<Record<string, string | undefined>>): string {
  try {
    readConfig(env);
  } catch (error) {
    return formatError(error);
  }
  return '';
}

describe('the configuration of the server', () => {
  test('is read from the environment, with what need not be said', () => {
    expect(readConfig(complete)).toMatchObject({
      port: 3000,
      host: 'localhost',
      directory: '.slipway',
      region: 'eu-west-1',
      apiUrl: 'https://api.github.com',
      githubUrl: 'https://github.com',
      sweepSeconds: 600,
      complianceSeconds: 86_400,
      throttle: true,
      limits: { places: { all: 10, installation: 10, repository: 8 }, perAccount: 10 },
    });
  });

  test.for([
    { given: { SLIPWAY_PARALLEL: '25' }, places: [25, 25, 20], perAccount: 25 },
    { given: { SLIPWAY_PARALLEL: '1' }, places: [1, 1, 1], perAccount: 1 },
    { given: { SLIPWAY_PARALLEL_PER_INSTALLATION: '4' }, places: [10, 4, 8], perAccount: 10 },
    { given: { SLIPWAY_PARALLEL_PER_REPOSITORY: '2' }, places: [10, 10, 2], perAccount: 10 },
    { given: { SLIPWAY_PARALLEL_PER_ACCOUNT: '3' }, places: [10, 10, 8], perAccount: 3 },
  ])('shares out places by $given', ({ given, places: [all, installation, repository], perAccount }) => {
    const { limits } = readConfig({ ...complete, ...given });
    expect(limits).toEqual({ places: { all, installation, repository }, perAccount });
  });

  test('takes no limit that is none', () => {
    for (const limit of ['0', '-1', '1.5', 'many'])
      expect(complaint({ ...complete, SLIPWAY_PARALLEL: limit })).toContain('SLIPWAY_PARALLEL: a number');
  });

  test.for([
    { what: 'with its line ends as they are', PRIVATE_KEY: pem },
    { what: 'with its line ends written as \\n', PRIVATE_KEY: pem.replaceAll('\n', '\\n') },
    { what: 'in Base64', PRIVATE_KEY: Buffer.from(pem).toString('base64') },
    { what: 'in a file', PRIVATE_KEY_PATH: keyFile() },
  ])('takes the private key $what', ({ what: _, ...key }) => {
    const { PRIVATE_KEY: _given, ...rest } = complete;
    expect(readConfig({ ...rest, ...key }).privateKey.trim()).toBe(pem.trim());
  });

  test('takes secrets from files as well', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-config-'));
    const [secret, url, key] = ['webhook', 'database', 'key'].map((name) => join(folder, name));
    writeFileSync(secret!, 'from a file\n');
    writeFileSync(url!, 'postgres://slipway@db.example/slipway');
    writeFileSync(key!, 'a2V5\n');
    const files = { WEBHOOK_SECRET_FILE: secret, DATABASE_URL_FILE: url, SLIPWAY_ENCRYPTION_KEY_FILE: key };
    expect(readConfig({ ...complete, WEBHOOK_SECRET: undefined, ...files })).toMatchObject({
      webhookSecret: 'from a file',
      databaseUrl: 'postgres://slipway@db.example/slipway',
      encryptionKey: 'a2V5',
    });
    expect(complaint({ ...complete, ...files })).toContain(
      'WEBHOOK_SECRET and WEBHOOK_SECRET_FILE are both set',
    );
    // What is left of a mistake must not be an empty database, or one that is not encrypted.
    writeFileSync(url!, '\n');
    expect(complaint({ ...complete, DATABASE_URL_FILE: url })).toContain(
      'DATABASE_URL_FILE names a file with nothing in it',
    );
  });

  test.for([
    { without: 'APP_ID', says: "APP_ID: the number on the App's settings page" },
    { without: 'PRIVATE_KEY', says: 'PRIVATE_KEY or PRIVATE_KEY_PATH: generate one' },
    { without: 'WEBHOOK_SECRET', says: 'WEBHOOK_SECRET: the secret set on' },
    { without: 'AWS_REGION', says: 'AWS_REGION: the region' },
  ])('without $without says how to get it', ({ without, says }) => {
    expect(complaint({ ...complete, [without]: undefined })).toContain(says);
  });

  test('says everything that is missing at once', () => {
    const said = complaint({});
    for (const name of ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET', 'AWS_REGION'])
      expect(said).toContain(`${name}`);
    expect(said).toContain('config-invalid');
  });

  test('scans what runs as often as it is told, or never', () => {
    const seconds = (SLIPWAY_COMPLIANCE_SECONDS: string) =>
      readConfig({ ...complete, SLIPWAY_COMPLIANCE_SECONDS }).complianceSeconds;
    expect(seconds('3600')).toBe(3600);
    expect(seconds('off')).toBeUndefined();
    for (const wrong of ['0', '-5', 'daily', '2000000'])
      expect(complaint({ ...complete, SLIPWAY_COMPLIANCE_SECONDS: wrong })).toContain(
        'SLIPWAY_COMPLIANCE_SECONDS: a whole number of seconds',
      );
  });

  test.for(['http', '-1', '0', '65536', '3.5'])('refuses the port %s', (PORT) => {
    expect(complaint({ ...complete, PORT })).toContain('PORT: a number from 1 to 65535');
  });

  test('refuses a key that is none, and a file that cannot be read, without showing what was given', () => {
    const wrong = complaint({ ...complete, PRIVATE_KEY: '-----BEGIN NONSENSE----- hunter2' });
    expect(wrong).toContain('no PEM private key');
    expect(wrong).not.toContain('hunter2');
    expect(complaint({ ...complete, PRIVATE_KEY_PATH: '/nowhere/slipway.pem' })).toContain(
      'PRIVATE_KEY_PATH names a file that cannot be read: /nowhere/slipway.pem',
    );
  });

  test('knows where the organisation keeps its policies, and refuses what is nowhere', () => {
    const named = (SLIPWAY_POLICY_REPOSITORY: string) => ({ ...complete, SLIPWAY_POLICY_REPOSITORY });
    expect(readConfig(named('acme/policies@main:org')).policyRepository).toEqual({
      owner: 'acme',
      repo: 'policies',
      ref: 'main',
      folder: 'org',
    });
    expect(readConfig(complete)).not.toHaveProperty('policyRepository');
    expect(complaint(named('acme/policies'))).toContain('SLIPWAY_POLICY_REPOSITORY: owner/name@ref');
  });

  test('finds a GitHub Enterprise server', () => {
    expect(readConfig({ ...complete, GHE_HOST: 'github.acme.example' })).toMatchObject({
      apiUrl: 'https://github.acme.example/api/v3',
      githubUrl: 'https://github.acme.example',
    });
  });

  test('an App that is half configured is told what is missing, and not set up anew', () => {
    expect(isRegistered({})).toBe(false);
    expect(isRegistered({ APP_ID: '7' })).toBe(true);
    expect(isRegistered({ PRIVATE_KEY_PATH: 'slipway.pem' })).toBe(true);
  });
});

function keyFile(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'slipway-key-')), 'slipway.pem');
  writeFileSync(file, pem);
  return file;
}
