import { SlipwayError } from '../../base/error.ts';
import type { KeptKey } from '../aws/ec2/key-pair-private.ts';
import type { ProviderContext } from '../provider.ts';
import {
  type KvMetadata,
  kvPlaceOf,
  metadataPath,
  readMetadata,
  writeContent,
  writeMetadata,
} from './kv-metadata.ts';
import { refuse, refusedPath, vaultOf } from './scope.ts';

/** Which key pair the key is of. */
const pairMark = 'slipway:key-pair';

/**
 * A path of the key/value engine for one private key that the cloud tells once. It is claimed before there is a key, so
 * that none is made that has no place, and marked with the pair, so that what a crash left can be told.
 */
export function keyInVault(path: string, ownership: Readonly<Record<string, string>>): KeptKey {
  const place = kvPlaceOf(path);
  const metadataOf = (context: ProviderContext): Promise<KvMetadata | undefined> =>
    readMetadata(vaultOf(context).vault, place, context.clock.now());
  const mark = (context: ProviderContext, marks: Readonly<Record<string, string>>) =>
    writeMetadata(vaultOf(context).vault, place, {
      custom: { ...ownership, ...marks },
      maxVersions: 0,
      deleteVersionAfter: '0s',
      casRequired: false,
    });
  const allowed = (context: ProviderContext) => refuse(refusedPath(vaultOf(context), path));

  return {
    async claim(context) {
      allowed(context);
      const taken = await metadataOf(context);
      const intent = ownership['slipway:intent'];
      if (taken && taken.custom['slipway:intent'] !== intent) throw inUse(path);
      if (!taken) await mark(context, {});
      if ((await metadataOf(context))?.custom['slipway:intent'] !== intent) throw inUse(path);
    },

    async keep(context, keyPairId, key) {
      const { vault, onSecret } = vaultOf(context);
      onSecret(key);
      const now = await metadataOf(context);
      await writeContent(vault, place, { private_key: key, key_pair_id: keyPairId }, now?.version ?? 0);
      await mark(context, { [pairMark]: keyPairId });
    },

    async isKept(context, keyPairId) {
      const now = await metadataOf(context);
      return now !== undefined && now.version > 0 && now.custom[pairMark] === keyPairId;
    },

    /** The path may be another's by now. */
    async remove(context, keyPairId) {
      allowed(context);
      const now = await metadataOf(context);
      if (now?.custom['slipway:stack'] !== context.stack) return;
      const pair = now.custom[pairMark];
      if (pair === undefined || pair === keyPairId) await vaultOf(context).vault.remove(metadataPath(place));
    },
  };
}

function inUse(path: string): SlipwayError {
  return new SlipwayError('name-in-use', {
    summary: `There is a secret at ${path} in Vault already`,
    remedy: 'Name another path for the private key.',
  });
}
