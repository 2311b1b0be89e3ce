/** The README's way from an empty Vault to one that Slipway logs in to: run as it is written. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { vault as service } from '../../src/sandbox/services/vault.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { openVaults, readVaults } from '../../src/secret/vault/configuration.ts';
import { withVaultValues } from '../../src/secret/vault/configured-values.ts';
import { openVault } from '../../src/secret/vault.ts';
import { describeWithServices } from '../services.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const [, block = ''] = /```sh vault\n([\s\S]*?)```/.exec(readme) ?? [];

await describeWithServices('The README on Vault', ['vault'], ({ vault }) => {
  test('logs in, reads what the policy lets it, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-vault-'));
    try {
      const found = await service.find();
      if (found.kind === 'missing') throw new Error(found.reason);
      await symlink(found.program, join(folder, 'bao'));
      const { VAULT_ADDR = '', VAULT_TOKEN = '' } = vault.environment;
      const { stdout } = await promisify(execFile)('bash', ['-ec', `{ ${block}\n} >&2; env -0`], {
        cwd: folder,
        env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder, VAULT_ADDR, VAULT_TOKEN },
      });
      const exported = Object.fromEntries(
        stdout
          .split('\0')
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      const { VAULT_TOKEN: _, ...env } = exported;

      const root = openVault({ address: VAULT_ADDR, login: { method: 'token', token: VAULT_TOKEN } });
      await root.write('secret/data/shop', { data: { password: 'correct horse' } });
      await root.write('secret/data/bank', { data: { password: 'battery staple' } });
      const values = await withVaultValues(env, createMasker());
      expect(values.WEBHOOK_SECRET).toMatch(/^[0-9a-f]{64}$/);
      const slipway = openVaults(readVaults(env), () => {}).server('default');
      expect(await slipway.read('secret/data/shop')).toMatchObject({ data: { password: 'correct horse' } });
      await expect(slipway.read('secret/data/bank')).rejects.toMatchObject({ code: 'vault-denied' });
      const session = await slipway.begin();
      await slipway.end(session.accessor);
      await expect(
        root.write('auth/token/lookup-accessor', { accessor: session.accessor }),
      ).rejects.toThrow();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
