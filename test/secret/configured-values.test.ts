import { beforeAll, expect, test } from 'vitest';
import { createMasker } from '../../src/secret/masker.ts';
import { withVaultValues } from '../../src/secret/vault/configured-values.ts';
import { openVault } from '../../src/secret/vault.ts';
import { describeWithServices } from '../services.ts';

await describeWithServices("Slipway's own configuration in Vault", ['vault'], ({ vault }) => {
  const { VAULT_ADDR: address = '', VAULT_TOKEN: token = '' } = vault.environment;
  const env = { VAULT_ADDR: address, VAULT_TOKEN: token };
  beforeAll(async () => {
    const opened = openVault({ address, login: { method: 'token', token } });
    await opened.write('secret/data/slipway', {
      data: { 'webhook-secret': 'of webhooks', key: 'of the App' },
    });
  });

  test('what says vault:PATH#KEY becomes what is there, and is masked; the rest stays as it is', async () => {
    const masker = createMasker();
    const given = {
      ...env,
      WEBHOOK_SECRET: 'vault:secret/data/slipway#webhook-secret',
      PRIVATE_KEY: 'vault:secret/data/slipway#key',
      SLIPWAY_ENCRYPTION_KEY: 'vault:transit/slipway',
      DATABASE_URL: 'postgres://db/slipway',
      LOG_LEVEL: 'vault:secret/data/slipway#key',
    };
    expect(await withVaultValues(given, masker)).toEqual({
      ...given,
      WEBHOOK_SECRET: 'of webhooks',
      PRIVATE_KEY: 'of the App',
    });
    expect(masker.mask('of webhooks')).not.toContain('webhooks');
  });

  test.each([
    [
      'a key that is not there',
      { ...env, PRIVATE_KEY: 'vault:secret/data/slipway#none' },
      'cloud-unresolved',
    ],
    ['no Vault to ask', { PRIVATE_KEY: 'vault:secret/data/slipway#key' }, 'config-invalid'],
  ])('%s is told at the start', async (_, given, code) => {
    await expect(withVaultValues(given, createMasker())).rejects.toMatchObject({ code });
  });
});
