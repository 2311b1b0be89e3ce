import { SlipwayError } from '../base/error.ts';
import {
  type KvMetadata,
  kvPlaceOf,
  metadataPath,
  readContent,
  readMetadata,
  writeContent,
  writeMetadata,
} from '../provider/vault/kv-metadata.ts';
import { repositoryOf } from '../stack/stack-id.ts';
import type { HandingOver } from './hand-over.ts';

/** One path in Vault that a stack hands outputs over at: the whole of it is the stack's, and it says so. */
export interface HandedPath {
  /** Throws `hand-over-refused` where something of somebody else's is there. Writes nothing. */
  check(): Promise<void>;
  /** Writes one key, beside those that are there. */
  put(key: string, text: string): Promise<void>;
  /** Removes one key, and the path with all its versions once there is none. */
  remove(key: string): Promise<void>;
}

const mark = 'slipway:stack';
const purpose = 'slipway:outputs';

export function handedPath(
  { workflow, plan: { stack }, environment }: HandingOver,
  { path, vault: name }: { readonly path: string; readonly vault: string },
): HandedPath {
  const place = kvPlaceOf(path);
  const repository = repositoryOf(stack);
  const open = () => {
    const vault = workflow.vaults?.of(name === 'default' ? environment.vault : name, repository);
    if (vault) return vault;
    throw new SlipwayError('config-invalid', {
      summary: 'An output is handed over to Vault, and Slipway knows of none',
      remedy: 'Set VAULT_ADDR, and how Slipway logs in.',
    });
  };
  const own = async (): Promise<KvMetadata | undefined> => {
    const metadata = await readMetadata(open(), place, workflow.clock.now());
    if (!metadata || (metadata.custom[mark] === stack && metadata.custom[purpose] === 'true'))
      return metadata;
    throw new SlipwayError('hand-over-refused', {
      summary: `There is a secret at ${path} in Vault already, and not of outputs of this stack`,
      remedy: 'Hand the output over at another path.',
    });
  };
  const content = async (metadata: KvMetadata): Promise<Readonly<Record<string, unknown>>> =>
    metadata.version === 0 || metadata.isDeleted ? {} : readContent(open(), place);
  return {
    async check() {
      await own();
    },
    async put(key, text) {
      let metadata = await own();
      if (!metadata) {
        // Its mark comes first: of two who begin at once, one finds the other's.
        const custom = { [mark]: stack, [purpose]: 'true' };
        await writeMetadata(open(), place, {
          custom,
          maxVersions: 0,
          deleteVersionAfter: '0s',
          casRequired: false,
        });
        metadata = (await own())!;
      }
      const there = await content(metadata);
      if (there[key] === text) return;
      await writeContent(open(), place, { ...there, [key]: text }, metadata.version);
    },
    async remove(key) {
      const metadata = await own();
      if (!metadata) return;
      const { [key]: _, ...rest } = await content(metadata);
      if (Object.keys(rest).length === 0) await open().remove(metadataPath(place));
      else await writeContent(open(), place, rest, metadata.version);
    },
  };
}
