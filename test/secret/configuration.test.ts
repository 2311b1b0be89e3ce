import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openVaults, readVaults } from '../../src/secret/vault/configuration.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-vaults-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inFile = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const VAULT_ADDR = 'https://vault.example:8200';

describe('a Vault from the environment, by the names that its own tools use', () => {
  test.each([
    ['a token', { VAULT_TOKEN: 't' }, { login: { method: 'token', token: 't' } }],
    [
      'its namespace, certificate and patience',
      {
        VAULT_TOKEN: 't',
        VAULT_NAMESPACE: 'shop',
        VAULT_CACERT: inFile('ca.pem', 'PEM'),
        VAULT_CLIENT_TIMEOUT: '1m30s',
        VAULT_MAX_RETRIES: '5',
      },
      { namespace: 'shop', ca: 'PEM', timeoutMs: 90_000, retries: 5 },
    ],
    [
      'a wrapped secret id',
      {
        SLIPWAY_VAULT_LOGIN: 'approle',
        SLIPWAY_VAULT_ROLE_ID: 'r',
        SLIPWAY_VAULT_WRAPPED_SECRET_ID_FILE: '/w',
      },
      { login: { method: 'approle', mount: 'approle', roleId: 'r', secretIdFile: '/w', wrapped: true } },
    ],
    [
      "a service account's token where Kubernetes has it",
      { SLIPWAY_VAULT_LOGIN: 'kubernetes', SLIPWAY_VAULT_ROLE: 'slipway', SLIPWAY_VAULT_MOUNT: 'k8s/prod' },
      {
        login: {
          method: 'kubernetes',
          mount: 'k8s/prod',
          role: 'slipway',
          tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
        },
      },
    ],
    [
      'its own AWS identity',
      { SLIPWAY_VAULT_LOGIN: 'aws', SLIPWAY_VAULT_ROLE: 'slipway', AWS_REGION: 'eu-west-1' },
      { login: { method: 'aws', mount: 'aws', role: 'slipway', region: 'eu-west-1' } },
    ],
  ])('%s', (_, env, expected) => {
    expect(readVaults({ VAULT_ADDR, ...env }).default).toMatchObject({ address: VAULT_ADDR, ...expected });
  });

  test.each([
    ['no way to log in', {}, 'neither VAULT_TOKEN nor SLIPWAY_VAULT_LOGIN'],
    ['a login that lacks its role', { SLIPWAY_VAULT_LOGIN: 'kubernetes' }, 'SLIPWAY_VAULT_ROLE'],
    ['a login that there is not', { SLIPWAY_VAULT_LOGIN: 'password' }, 'SLIPWAY_VAULT_LOGIN'],
    ['a file that is not there', { VAULT_TOKEN: 't', VAULT_CACERT: join(folder, 'none') }, 'none'],
    ['a time that is none', { VAULT_TOKEN: 't', VAULT_CLIENT_TIMEOUT: 'soon' }, 'VAULT_CLIENT_TIMEOUT'],
  ])('%s is told', (_, env, said) => {
    expect(() => readVaults({ VAULT_ADDR, ...env })).toThrow(said);
  });

  test('none is no mistake', () => {
    expect(readVaults({ VAULT_TOKEN: 't' })).toEqual({});
  });
});

describe('several Vaults from a file', () => {
  const file = inFile(
    'vaults.yaml',
    `bank:
  address: https://bank.example:8200
  login: { method: jwt, role: slipway, token-file: /run/token }
  repositories:
    acme/bank: ["secret/data/bank/**"]
    acme/*: ["secret/data/public"]
`,
  );
  const configured = readVaults({ VAULT_ADDR, VAULT_TOKEN: 't', SLIPWAY_VAULTS: file });
  const vaults = openVaults(configured, () => {});

  test('are there beside the one of the environment', () => {
    expect(Object.keys(configured).sort()).toEqual(['bank', 'default']);
    expect(vaults.of('bank', 'acme/bank')).toBeDefined();
    expect(vaults.of(undefined, 'acme/shop')).toBeDefined();
    expect(openVaults({}, () => {}).of(undefined, 'acme/shop')).toBeUndefined();
  });

  test.each(['none', 'constructor'])('one that nobody has configured, %s, cannot be named', (name) => {
    expect(() => vaults.of(name, 'acme/shop')).toThrow(`no Vault that is called ${name}`);
  });

  test.each([
    ["another team's path", 'acme/shop', 'secret/data/bank/password'],
    ['what nobody was given', 'acme/bank', 'sys/mounts'],
    ['anything, to a repository that is not named', 'other/bank', 'secret/data/public'],
  ])('the operator keeps a repository from %s, whatever its settings say', async (_, repository, path) => {
    await expect(vaults.of('bank', repository)!.read(path)).rejects.toMatchObject({ code: 'vault-refused' });
  });

  test.each([
    ['address: nowhere', 'login: { method: token, token-file: /t }'],
    ['address: https://v.example', 'login: { method: password }'],
    ['address: https://v.example', 'login: { method: jwt, role: r, token-file: /t, extra: 1 }'],
  ])('a mistake is told: %s, %s', (...lines) => {
    const path = inFile('mistaken.yaml', `one: { ${lines.join(', ')} }`);
    expect(() => readVaults({ SLIPWAY_VAULTS: path })).toThrow('SLIPWAY_VAULTS');
  });
});
