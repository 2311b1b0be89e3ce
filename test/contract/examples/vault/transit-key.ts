import type { Example } from '../example.ts';
import { countAtPath } from './at-path.ts';

const properties = { Name: 'example', DeletionAllowed: true };

/** test/provider/vault/entries.test.ts has one that may not be deleted. */
export const transitKey: Example = {
  type: 'Vault::Transit::Key',
  creates: 'POST transit/keys/example',
  properties,
  edits: {
    'rotated by Vault': { AutoRotatePeriod: '30d' },
    'not to be deleted any more': { DeletionAllowed: false },
    'only the newest version encrypts': { MinEncryptionVersion: 1 },
  },
  replacing: {},
  notHere: {
    Exportable:
      'what can be read out once cannot be made otherwise again: test/provider/vault/entries.test.ts',
    AllowPlaintextBackup: 'the same',
    MinDecryptionVersion: 'it has one version here: test/provider/vault/entries.test.ts',
  },
  sameAs: {
    'the defaults said': { ...properties, Mount: 'transit', Type: 'aes256-gcm96', AutoRotatePeriod: '0' },
  },
  count: countAtPath,
};
