import createClient from 'node-vault';
import { beforeAll, expect, test } from 'vitest';
import { reveal, seal } from '../../src/base/value.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { resolveSecrets } from '../../src/secret/resolve-secrets.ts';
import { vaultText } from '../../src/secret/vault/reference.ts';
import { openVault } from '../../src/secret/vault.ts';
import { describeWithServices } from '../services.ts';

await describeWithServices('Secrets from Vault', ['vault'], ({ vault }) => {
  const { VAULT_ADDR: address = '', VAULT_TOKEN: token = '' } = vault.environment;
  const opened = openVault({ address, login: { method: 'token', token } });
  beforeAll(async () => {
    const client = createClient({ endpoint: address, token });
    await client.write('secret/data/shop', { data: { password: 'correct horse', port: 5432 } });
    await client.write('secret/data/bank', { data: { password: 'battery staple' } });
  });

  test('a text is read on a path that the settings allow', async () => {
    expect(await vaultText(opened, 'secret/data/shop#password', ['secret/data/sh*'])).toBe('correct horse');
  });

  test('a version is asked for behind a colon, as in references to SSM', async () => {
    const rotated = (password: string) =>
      opened.write('secret/data/rotated', { data: { password, 'a:b': 'x' } });
    await rotated('first one');
    await rotated('second one');
    const read = (reference: string) => vaultText(opened, `secret/data/rotated#${reference}`, ['**']);
    expect(await read('password')).toBe('second one');
    expect(await read('password:1')).toBe('first one');
    expect(await read('a:b')).toBe('x');
    expect(await read('a:b:2')).toBe('x');
    await expect(read('password:3')).rejects.toMatchObject({
      code: 'cloud-unresolved',
      message: expect.stringContaining('version 3'),
    });
  });

  test.each([
    [
      'a path that the settings do not name',
      'secret/data/bank#password',
      ['secret/data/shop'],
      'vault-refused',
    ],
    ['any path, where the settings name none', 'secret/data/shop#password', [], 'vault-refused'],
    ['a path that climbs', 'secret/data/shop/../bank#password', ['secret/data/shop/**'], 'vault-refused'],
    ['a reference without a key', 'secret/data/shop', ['**'], 'vault-refused'],
    ['a secret that is not there', 'secret/data/nowhere#password', ['**'], 'cloud-unresolved'],
    ['a key that is not there', 'secret/data/shop#user', ['**'], 'cloud-unresolved'],
    ['a value that is no text', 'secret/data/shop#port', ['**'], 'cloud-unresolved'],
  ])('%s is refused', async (_, reference, allowed, code) => {
    await expect(vaultText(opened, reference, allowed)).rejects.toMatchObject({ code });
  });

  test('a token without the right learns no more than that there is nothing', async () => {
    const made = await opened.request({
      method: 'POST',
      path: 'auth/token/create',
      body: { policies: ['default'] },
    });
    const stranger = openVault({ address, login: { method: 'token', token: made!.auth!.token } });
    await expect(vaultText(stranger, 'secret/data/shop#password', ['**'])).rejects.toMatchObject({
      code: 'cloud-unresolved',
    });
  });

  test('a token that Vault does not know is told as that', async () => {
    const stranger = openVault({ address, login: { method: 'token', token: 'not-a-token' } });
    await expect(vaultText(stranger, 'secret/data/shop#password', ['**'])).rejects.toMatchObject({
      code: 'vault-login',
    });
  });

  test('a Vault that does not answer is told without the token', async () => {
    const gone = openVault({
      address: 'http://127.0.0.1:9',
      login: { method: 'token', token: 'hvs.very-secret' },
      retries: 0,
    });
    const error = await vaultText(gone, 'secret/data/shop#password', ['**']).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'vault-unavailable' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('very-secret');
  });

  test('is sealed and masked before anything else sees it', async () => {
    const masker = createMasker();
    const reference = { $slipway: 'resolve', reference: 'vault:secret/data/shop#password' } as const;
    const resolve = () =>
      resolveSecrets([reference], {
        parameters: {},
        aws: openAws({ region: 'eu-west-1' }),
        vault: opened,
        vaultPaths: ['secret/data/shop'],
        fingerprintKey: 'key',
        masker,
      });
    const scope = await resolve();
    const secret = scope.secret(reference);
    expect(JSON.stringify(secret)).not.toContain('correct horse');
    expect(reveal(secret)).toBe('correct horse');
    expect(masker.mask('it says correct horse')).not.toContain('correct horse');
    // The same text is the same fingerprint, wherever it comes from; another one is a change that shows.
    const of = async (password: string) => {
      await opened.write('secret/data/shop', { data: { password } });
      return (await resolve()).secret(reference).fingerprint;
    };
    expect(secret.fingerprint).toBe(seal('correct horse', 'key').fingerprint);
    expect(await of('correct horse')).toBe(secret.fingerprint);
    expect(await of('rotated')).not.toBe(secret.fingerprint);
  });
});
