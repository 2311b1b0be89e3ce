/** A secret's metadata in version 2 of the key/value engine, as Vault gives it and takes it. */
import { SlipwayError } from '../../base/error.ts';
import { isObject } from '../../base/value.ts';
import type { Vault } from '../../secret/vault.ts';

export interface KvMetadata {
  /** 0 where nothing was written yet. */
  readonly version: number;
  /** The newest version was deleted or destroyed by now. */
  readonly isDeleted: boolean;
  readonly custom: Readonly<Record<string, string>>;
  readonly maxVersions: number;
  readonly deleteVersionAfter: string;
  readonly casRequired: boolean;
}

/** `secret/data/shop/db` is `shop/db` of the engine at `secret`. */
export interface KvPlace {
  readonly mount: string;
  readonly path: string;
}

export function dataPath({ mount, path }: KvPlace): string {
  return `${mount}/data/${path}`;
}

export function metadataPath({ mount, path }: KvPlace): string {
  return `${mount}/metadata/${path}`;
}

/** The place of a physical id. An engine's own path may have several names: the first `data` is the engine's. */
export function kvPlaceOf(physicalId: string): KvPlace {
  const [, mount = '', path = ''] = /^(.+?)\/data\/(.+)$/.exec(physicalId) ?? [];
  return { mount, path };
}

/** @throws SlipwayError `vault-refused` where the engine is of version 1, which knows no metadata */
export async function readMetadata(vault: Vault, place: KvPlace, now: Date): Promise<KvMetadata | undefined> {
  const data = await vault.read(metadataPath(place));
  if (data === undefined) return undefined;
  const { current_version: version, versions, custom_metadata: custom } = data;
  if (typeof version !== 'number') {
    throw new SlipwayError('vault-refused', {
      summary: `What is mounted at ${place.mount} in Vault is not version 2 of the key/value engine`,
      remedy: 'Enable version 2 there, or name another mount.',
    });
  }
  const newest = isObject(versions) ? versions[String(version)] : undefined;
  return {
    version,
    isDeleted: isObject(newest) && (newest.destroyed === true || isPast(newest.deletion_time, now)),
    custom: isObject(custom) ? (custom as Record<string, string>) : {},
    maxVersions: Number(data.max_versions ?? 0),
    deleteVersionAfter: String(data.delete_version_after ?? '0s'),
    casRequired: data.cas_required === true,
  };
}

/** Empty where it was not deleted; in the future where it is going to be. */
function isPast(time: unknown, now: Date): boolean {
  return typeof time === 'string' && time !== '' && new Date(time) <= now;
}

/** Everything at once: what is not said is as Vault has it by default. */
export async function writeMetadata(
  vault: Vault,
  place: KvPlace,
  metadata: Pick<KvMetadata, 'custom' | 'maxVersions' | 'deleteVersionAfter' | 'casRequired'>,
): Promise<void> {
  await vault.write(metadataPath(place), {
    custom_metadata: metadata.custom,
    max_versions: metadata.maxVersions,
    delete_version_after: metadata.deleteVersionAfter,
    cas_required: metadata.casRequired,
  });
}

/** What the newest version holds; nothing where there is none, or it was deleted. */
export async function readContent(vault: Vault, place: KvPlace): Promise<Readonly<Record<string, unknown>>> {
  const answer = await vault.read(dataPath(place));
  return isObject(answer?.data) ? answer.data : {};
}

/**
 * Writes a version after this one, and no other: what somebody has written meanwhile is not written over.
 *
 * @returns its number
 */
export async function writeContent(
  vault: Vault,
  place: KvPlace,
  content: Readonly<Record<string, unknown>>,
  after: number,
): Promise<number> {
  const { version } = await vault.write(dataPath(place), { data: content, options: { cas: after } });
  return Number(version);
}
