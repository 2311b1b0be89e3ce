import type { Vault } from '../../src/secret/vault.ts';

/** Mounts what the types are in, as an operator does, with a CA of a certificate authority. */
export async function mountEngines(vault: Vault): Promise<void> {
  for (const type of ['database', 'pki', 'ssh', 'transit']) await vault.write(`sys/mounts/${type}`, { type });
  await vault.write('sys/auth/approle', { type: 'approle' });
  await vault.write('sys/mounts/pki/tune', { max_lease_ttl: '87600h' });
  await vault.write('pki/root/generate/internal', {
    common_name: 'shop.example',
    issuer_name: 'shop',
    key_type: 'ec',
    key_bits: 256,
    ttl: '87600h',
  });
}
