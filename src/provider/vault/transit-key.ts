import { sameValue } from '../../base/canonical-json.ts';
import { SlipwayError } from '../../base/error.ts';
import { entryType } from './entry-type.ts';
import { bodyOf, type Fields } from './fields.ts';
import { vaultOf } from './scope.ts';

/** Said when it is made, and never again. */
const fixed: Fields = {
  Type: {
    field: 'type',
    kind: 'text',
    default: 'aes256-gcm96',
    replaces: 'always',
    enum: [
      'aes128-gcm96',
      'aes256-gcm96',
      'chacha20-poly1305',
      'ecdsa-p256',
      'ecdsa-p384',
      'ecdsa-p521',
      'ed25519',
      'rsa-2048',
      'rsa-3072',
      'rsa-4096',
    ],
    description: 'What kind of key it is.',
  },
  Derived: {
    field: 'derived',
    kind: 'flag',
    default: false,
    replaces: 'always',
    description: 'Whether each use names a context, of which its own key is derived.',
  },
};

const changing: Fields = {
  Exportable: {
    field: 'exportable',
    kind: 'flag',
    default: false,
    replaces: 'maybe',
    description: 'Whether it can be read out of Vault. Once it can, only another key cannot.',
  },
  AllowPlaintextBackup: {
    field: 'allow_plaintext_backup',
    kind: 'flag',
    default: false,
    replaces: 'maybe',
    description: 'Whether it can be backed up in the clear. Once it can, only another key cannot.',
  },
  AutoRotatePeriod: {
    field: 'auto_rotate_period',
    kind: 'duration',
    default: '0s',
    description: 'How often Vault makes a new version, at least `1h`. `0s`: never.',
  },
  MinDecryptionVersion: {
    field: 'min_decryption_version',
    kind: 'integer',
    default: 1,
    minimum: 1,
    description: 'The oldest version that still decrypts.',
  },
  MinEncryptionVersion: {
    field: 'min_encryption_version',
    kind: 'integer',
    default: 0,
    minimum: 0,
    description: 'The oldest version that still encrypts. `0`: the newest.',
  },
  DeletionAllowed: {
    field: 'deletion_allowed',
    kind: 'flag',
    default: false,
    description: 'Whether it can be deleted, and all that was ever encrypted by it with it.',
  },
};

/** A key that encrypts or signs without leaving Vault. */
export const { type: transitKey, schema: transitKeySchema } = entryType({
  type: 'Vault::Transit::Key',
  mount: 'transit',
  room: 'keys',
  description:
    'A key that encrypts or signs without leaving Vault. It is deleted only where `DeletionAllowed` was applied before: nothing that was encrypted by it can be read after that.',
  named: 'What those who use it call it.',
  fields: { ...fixed, ...changing },
  replaces: (property, before, after) =>
    ['AllowPlaintextBackup', 'Exportable'].includes(property) &&
    before[property] === true &&
    after[property] === false,
  make: async (context, { path }, properties) => {
    const { vault } = vaultOf(context);
    await vault.write(path, bodyOf(fixed, properties));
    await vault.write(`${path}/config`, bodyOf(changing, properties));
  },
  /** What Vault is asked for is not to be less than a version that it has. */
  change: async (context, { path }, { before, after }) => {
    const other = Object.entries(changing).filter(([name]) => !sameValue(before[name], after[name]));
    if (other.length > 0)
      await vaultOf(context).vault.write(`${path}/config`, bodyOf(Object.fromEntries(other), after));
  },
  /** Somebody may still have what only this key decrypts: the template has to have said that it may go. */
  remove: async (context, { path }) => {
    const { vault } = vaultOf(context);
    const key = await vault.read(path);
    if (key === undefined) return;
    if (key.deletion_allowed === true) {
      await vault.remove(path);
      return;
    }
    throw new SlipwayError('cloud-refused', {
      summary: `The key ${path} in Vault may not be deleted`,
      detail: 'Nothing that was encrypted by it could ever be read again.',
      remedy: 'Apply DeletionAllowed: true first, or keep it with DeletionPolicy: Retain.',
    });
  },
});
