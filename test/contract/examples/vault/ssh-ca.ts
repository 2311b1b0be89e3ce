import type { Example } from '../example.ts';

export const sshCa: Example = {
  type: 'Vault::SSH::CA',
  creates: 'POST ssh/config/ca',
  properties: {},
  edits: {},
  sameAs: { 'the defaults said': { Mount: 'ssh', KeyType: 'ed25519' } },
  // Where there is none Vault answers with an error and not with nothing.
  count: async (_aws, { physicalId }, _intent, context) =>
    (await context!.vault!.vault.read(physicalId).catch(() => undefined)) === undefined ? 0 : 1,
};
