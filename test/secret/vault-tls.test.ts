import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ServerProcess, startServer } from '../../src/sandbox/services/server-process.ts';
import { vault as service } from '../../src/sandbox/services/vault.ts';
import { readVaults } from '../../src/secret/vault/configuration.ts';
import { openVault } from '../../src/secret/vault.ts';
import { describeWithServices } from '../services.ts';

// Of the service only whether there is a program: this one speaks TLS, by a certificate of its own authority.
await describeWithServices('A Vault behind TLS', ['vault'], ({ vault }) => {
  let server: ServerProcess;
  let folder: string;
  beforeAll(async () => {
    await vault.stop();
    const found = await service.find();
    if (found.kind === 'missing') throw new Error(found.reason);
    folder = await mkdtemp(join(tmpdir(), 'slipway-tls-'));
    server = await startServer({
      name: 'vault',
      program: found.program,
      environment: found.environment,
      dataFolder: folder,
      arguments: (port) => [
        'server',
        '-dev-tls',
        `-dev-tls-cert-dir=${folder}`,
        '-dev-no-store-token',
        '-dev-root-token-id=root',
        `-dev-listen-address=127.0.0.1:${port}`,
      ],
      ready: /server started!/i,
      portTaken: /in use/i,
      probe: async () => {},
      stopSignal: 'TERM',
    });
  });
  afterAll(() => server.stop());

  test('is believed by the authority that the operator names, and by no other', async () => {
    const address = `https://127.0.0.1:${server.port}`;
    const env = { VAULT_ADDR: address, VAULT_TOKEN: 'root', VAULT_CACERT: join(folder, 'vault-ca.pem') };
    const known = openVault(readVaults(env).default!);
    expect(await known.read('auth/token/lookup-self')).toMatchObject({ policies: ['root'] });

    // What the library would hear.
    vi.stubEnv('VAULT_SKIP_VERIFY', 'true');
    const { VAULT_CACERT: _, ...without } = env;
    await expect(
      openVault(readVaults(without).default!).read('auth/token/lookup-self'),
    ).rejects.toMatchObject({
      code: 'vault-unavailable',
      message: expect.stringContaining('not trusted'),
    });
    vi.unstubAllEnvs();
    const bytes = { ...without, VAULT_CACERT_BYTES: await readFile(env.VAULT_CACERT, 'utf8') };
    expect(await openVault(readVaults(bytes).default!).list('sys/policies/acl')).toContain('default');
  });

  test('a namespace has its own secrets', async () => {
    const address = `https://127.0.0.1:${server.port}`;
    const ca = await readFile(join(folder, 'vault-ca.pem'), 'utf8');
    const login = { method: 'token', token: 'root' } as const;
    const root = openVault({ address, ca, login });
    await root.write('sys/namespaces/team', {});
    const team = openVault({ address, ca, login, namespace: 'team' });
    await team.write('sys/mounts/secret', { type: 'kv', options: { version: '1' } });
    await team.write('secret/shop', { password: 'of the team' });
    expect(await team.read('secret/shop')).toEqual({ password: 'of the team' });
    expect(await root.read('secret/data/shop')).toBeUndefined();
  });
});
