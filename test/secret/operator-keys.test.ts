import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { formatError } from '../../src/base/error.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { operatorKeys } from '../../src/secret/operator-keys.ts';
import { openVault } from '../../src/secret/vault.ts';
import { keysOf, makeKey, noVault } from '../db/keys.ts';
import { describeWithServices } from '../services.ts';

const dataKey = randomBytes(32);
const [own, other] = [makeKey(), makeKey()];
const encryptionKey = { code: 'encryption-key' };

describe("the operator's keys", () => {
  test('the first wraps, and all unwrap', async () => {
    const before = keysOf(own);
    const wrapped = await before.wrap('k1', dataKey);
    const both = keysOf(other, own);
    expect(await both.unwrap('k1', before.first, wrapped)).toEqual(dataKey);
    expect(both.first).toBe(keysOf(other).first);
    expect(both.first).not.toBe(before.first);
    expect(await both.wrap('k1', dataKey)).not.toContain(dataKey.toString('base64'));
  });

  test('what another key wrapped, what was altered, and another data key in its place are not unwrapped', async () => {
    const keys = keysOf(own);
    const wrapped = await keys.wrap('k1', dataKey);
    const altered = Buffer.from(wrapped, 'base64');
    altered[20]! ^= 1;
    await expect(keysOf(other).unwrap('k1', keys.first, wrapped)).rejects.toMatchObject(encryptionKey);
    await expect(keys.unwrap('k1', keys.first, altered.toString('base64'))).rejects.toMatchObject(
      encryptionKey,
    );
    await expect(keys.unwrap('k2', keys.first, wrapped)).rejects.toMatchObject(encryptionKey);
    await expect(keys.unwrap('k1', keys.first, '')).rejects.toMatchObject(encryptionKey);
  });

  test.each([
    ['a password', 'correct-horse-battery-staple'],
    ['43 characters that are no Base64', '!'.repeat(43)],
    ['a key that is too short', randomBytes(31).toString('base64')],
    ['nothing after a comma', `${own},`],
    ['a name in Vault without a mount', 'vault:slipway'],
    ['a name that climbs out of Vault', 'vault:transit/a%2fb'],
  ])('%s is refused, and not shown', (_, text) => {
    let told = '';
    try {
      keysOf(text);
    } catch (error) {
      told = formatError(error);
    }
    expect(told).toContain('SLIPWAY_ENCRYPTION_KEY cannot be used');
    expect(told).not.toContain('correct-horse');
    expect(told).not.toContain(own);
  });

  test('neither they nor the data keys are seen where anything is masked', async () => {
    const masker = createMasker();
    const keys = operatorKeys(own, { vault: noVault, masker });
    await keys.unwrap('k1', keys.first, await keys.wrap('k1', dataKey));
    const said = [own, Buffer.from(own, 'base64').toString('hex'), dataKey.toString('base64')];
    for (const text of said) expect(masker.mask(`key ${text} end`)).toBe('key (secret) end');
  });
});

await describeWithServices('an operator’s key in Vault', ['vault'], ({ vault }) => {
  const { VAULT_ADDR: address = '', VAULT_TOKEN: token = '' } = vault.environment;
  const opened = openVault({ address, login: { method: 'token', token } });
  const inVault = (text: string) => operatorKeys(text, { vault: () => opened, masker: createMasker() });
  beforeAll(async () => {
    await opened.write('sys/mounts/transit', { type: 'transit' });
    await opened.write('transit/keys/slipway', {});
  });

  test('wraps and unwraps without leaving it, and for this data key alone', async () => {
    const keys = inVault('vault:transit/slipway');
    const wrapped = await keys.wrap('k1', dataKey);
    expect(wrapped).toMatch(/^vault:v1:/);
    expect(await keys.unwrap('k1', 'vault:transit/slipway', wrapped)).toEqual(dataKey);
    await expect(keys.unwrap('k2', 'vault:transit/slipway', wrapped)).rejects.toMatchObject({
      code: 'vault-rejected',
    });
  });

  test('takes over from a key of the environment, and unwraps what it wrapped before it was rotated', async () => {
    const before = keysOf(own);
    const wrapped = await before.wrap('k1', dataKey);
    const keys = inVault(`vault:transit/slipway,${own}`);
    expect(await keys.unwrap('k1', before.first, wrapped)).toEqual(dataKey);
    const first = await keys.wrap('k1', dataKey);
    await opened.write('transit/keys/slipway/rotate', {});
    expect(await keys.wrap('k1', dataKey)).toMatch(/^vault:v2:/);
    expect(await keys.unwrap('k1', keys.first, first)).toEqual(dataKey);
  });
});
