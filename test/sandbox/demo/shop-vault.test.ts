import { expect, test } from 'vitest';
import { SlipwayError } from '../../../src/base/error.ts';
import { shopVaultIfThere } from '../../../src/sandbox/demo/shop-vault.ts';

const reason = 'Vault server (OpenBao) cannot be had: there is no Python 3 with pip';
const none = async () => {
  throw new SlipwayError('service-missing', { summary: reason, remedy: 'Put bao or vault on PATH' });
};
const broken = async () => {
  throw new SlipwayError('service-failed', { summary: 'Vault did not start', remedy: 'Look at its log' });
};

test('where no Vault can be had, the demo does without and says why', async () => {
  expect(await shopVaultIfThere({}, () => {}, none)).toEqual({ leftOut: expect.stringContaining(reason) });
});

test('it does not where every server is required, nor where there is one that does not start', async () => {
  const required = shopVaultIfThere({ SLIPWAY_REQUIRE_SERVICES: '1' }, () => {}, none);
  await expect(required).rejects.toMatchObject({ code: 'service-missing' });
  await expect(shopVaultIfThere({}, () => {}, broken)).rejects.toMatchObject({ code: 'service-failed' });
});
