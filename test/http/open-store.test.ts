import { expect, test } from 'vitest';
import type { Log } from '../../src/base/log.ts';
import type { ServerConfig } from '../../src/http/config.ts';
import { openStore } from '../../src/http/open-store.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { openVaults } from '../../src/secret/vault/configuration.ts';
import { createServerDatabase } from '../db/databases.ts';
import { makeKey } from '../db/keys.ts';
import { describeWithServices } from '../services.ts';

await describeWithServices('the database of the service', ['postgres'], ({ postgres }) => {
  test.each([
    ['without a key is not encrypted, and the log says so', undefined, 1],
    ['with one is, and there is nothing to say', makeKey(), 0],
  ])('%s', async (_, encryptionKey, lines) => {
    const said: string[] = [];
    const log = { warn: (words: string) => said.push(words) } as unknown as Log;
    const masker = createMasker();
    const databaseUrl = await createServerDatabase(postgres.url);
    const config = { databaseUrl, directory: 'unused', ...(encryptionKey ? { encryptionKey } : {}) };
    const vaults = openVaults({}, masker.add);
    const database = await openStore(config as ServerConfig, { vaults, masker, log });
    const current = await database.encryption.current(database.kysely);
    await database.close();
    expect(said).toHaveLength(lines);
    expect(current === undefined).toBe(encryptionKey === undefined);
    if (encryptionKey) expect(masker.mask(`a line with ${encryptionKey}`)).toBe('a line with (secret)');
  });

  test('with a key in a Vault that nobody named is not opened', async () => {
    const masker = createMasker();
    const config = {
      databaseUrl: await createServerDatabase(postgres.url),
      encryptionKey: 'vault:transit/slipway',
    };
    const opening = openStore(config as ServerConfig, {
      vaults: openVaults({}, masker.add),
      masker,
      log: {} as Log,
    });
    await expect(opening).rejects.toMatchObject({ code: 'config-invalid' });
  });
});
