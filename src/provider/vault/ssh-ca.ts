import { sameValue } from '../../base/canonical-json.ts';
import { SlipwayError } from '../../base/error.ts';
import type { Properties } from '../../base/value.ts';
import type { TypeSchema } from '../../template/type-schema.ts';
import { coerce } from '../coerce.ts';
import { integer, text } from '../plain-value.ts';
import type { Live, ProviderContext } from '../provider.ts';
import { defineVaultType } from './define-vault-type.ts';
import { pathOf, refusedPath, vaultOf } from './scope.ts';

export const sshCaSchema: TypeSchema = {
  type: 'Vault::SSH::CA',
  description:
    "The key that signs people's and machines' keys; Vault makes it and it never leaves. At `MOUNT/config/ca`. `PublicKey` is what machines are to trust, for their user data. Deleting it deletes every key that the mount signs with.",
  properties: {
    Mount: {
      type: 'string',
      replaces: 'always',
      description: 'Where the engine is mounted, which has this one CA. `ssh` where it is left out.',
    },
    KeyType: {
      type: 'string',
      enum: ['ed25519', 'rsa', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
      replaces: 'always',
      description: 'What kind of key it signs with. `ed25519` where it is left out.',
    },
    KeyBits: { type: 'integer', replaces: 'always', description: 'How long a key of kind `rsa` is.' },
  },
  required: [],
  attributes: ['Path', 'PublicKey'],
  createOnly: ['KeyBits', 'KeyType', 'Mount'],
  conditionalCreateOnly: [],
};

/**
 * The key that signs people's and machines' keys: Vault makes it, and it never leaves. `PublicKey` is what machines are
 * to trust, for their user data (`TrustedUserCAKeys`).
 */
export const sshCa = defineVaultType({
  schema: sshCaSchema,
  adoption: { id: 'ssh/config/ca', scope: 'account', tags: async () => ({}) },
  // What Vault tells of it is the public key, in which the kind is.
  writeOnly: ['KeyBits'],

  // A mount has one.
  order: (before, after) =>
    sameValue(before.Mount, after.Mount) ? 'delete-before-create' : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(sshCaSchema, properties);
    return { ...given, Mount: given.Mount ?? 'ssh', KeyType: given.KeyType ?? 'ed25519' };
  },

  refusals: (scope, p) => refusedPath(scope, p.Mount, '/config/ca'),
  refusedDelete: (scope, physicalId) => refusedPath(scope, physicalId),
  refuseTaken,

  readOne: (context, { physicalId }) => caAt(context, physicalId),

  async find(context, { properties }) {
    const path = pathOf(properties.Mount, '/config/ca');
    return path === undefined ? undefined : caAt(context, path);
  },

  async create(context, { properties: p }) {
    await refuseTaken(context, p);
    const path = `${text(p.Mount)}/config/ca`;
    const bits = integer(p.KeyBits);
    await vaultOf(context).vault.write(path, {
      generate_signing_key: true,
      key_type: text(p.KeyType),
      ...(bits === undefined ? {} : { key_bits: bits }),
    });
    return (await caAt(context, path))!;
  },

  /** Nothing of it can be changed: this is for what is taken over or was half made. */
  async update(context, { physicalId }) {
    const live = await caAt(context, physicalId);
    if (live) return live;
    throw new SlipwayError('plan-stale', {
      summary: `There is no CA at ${physicalId} in Vault any more`,
      remedy: 'Plan again.',
    });
  },

  async delete(context, { physicalId }) {
    await vaultOf(context).vault.remove(physicalId);
  },
});

async function refuseTaken(context: ProviderContext, properties: Properties): Promise<void> {
  const path = pathOf(properties.Mount, '/config/ca');
  if (path === undefined || (await caAt(context, path)) === undefined) return;
  throw new SlipwayError('name-in-use', {
    summary: `There is a CA at ${path} in Vault already`,
    remedy: 'Import it, or use a mount of its own.',
  });
}

async function caAt(context: ProviderContext, path: string): Promise<Live | undefined> {
  const key = await publicKeyAt(context, path);
  if (key === undefined) return undefined;
  const kind = key.split(' ')[0]!;
  const KeyType = kind === 'ssh-ed25519' ? 'ed25519' : kind === 'ssh-rsa' ? 'rsa' : kind;
  return {
    physicalId: path,
    properties: { Mount: path.replace(/\/config\/ca$/, ''), KeyType },
    attributes: { Path: path, PublicKey: key },
  };
}

/** Vault answers with an error where there is none yet. */
async function publicKeyAt(context: ProviderContext, path: string): Promise<string | undefined> {
  try {
    const key = (await vaultOf(context).vault.read(path))?.public_key;
    return typeof key === 'string' && key.trim() !== '' ? key.trim() : undefined;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'vault-rejected') return undefined;
    throw error;
  }
}
