/**
 * What is kept beside a secret in its metadata: whose it is, by which rules it was made, which version Slipway wrote and
 * when. No values, so that planning can tell all of a secret but what it is.
 */
import { canonicalJson } from '../../base/canonical-json.ts';
import { isoDurationMs } from '../../base/iso-duration.ts';
import { isObject, type Properties, type Value } from '../../base/value.ts';
import { present, text } from '../plain-value.ts';
import type { Live } from '../provider.ts';
import { canonicalDuration } from './duration.ts';
import { dataPath, type KvMetadata, type KvPlace } from './kv-metadata.ts';

/** What a plan calls the newest version where it is what Slipway wrote, and nothing is due. */
export const asApplied = 'as applied';

export const prefix = 'slipway:';
export const rulePrefix = `${prefix}generate:`;

export function rulesOf({ Generate }: Properties): Readonly<Record<string, Properties>> {
  return isPlainMap(Generate) ? (Generate as Record<string, Properties>) : {};
}

export function rotationOf({ Rotation }: Properties): string {
  return Rotation === undefined ? '' : String(Rotation);
}

export interface Told {
  readonly version: number;
  readonly rotated: Date;
}

/** What is kept beside the secret: rules and dates, no values. */
export function marksOf(
  p: Properties,
  ownership: Readonly<Record<string, string>>,
  { version, rotated }: Told,
): Record<string, string> {
  const rules = Object.entries(rulesOf(p));
  const every = text(p.RotateEvery);
  const rotation = rotationOf(p);
  return {
    ...ownership,
    'slipway:version': String(version),
    ...(rules.length === 0 ? {} : { 'slipway:rotated': rotated.toISOString() }),
    ...(rotation === '' ? {} : { 'slipway:rotation': rotation }),
    ...(every === undefined ? {} : { 'slipway:rotate-every': every }),
    ...Object.fromEntries(rules.map(([key, rule]) => [rulePrefix + key, canonicalJson(rule)])),
  };
}

export function liveOf(place: KvPlace, now: KvMetadata, at: Date): Live {
  const { custom } = now;
  const own = Object.entries(custom);
  const rules = own.flatMap(([key, rule]) =>
    key.startsWith(rulePrefix) ? [[key.slice(rulePrefix.length), parsed(rule)] as const] : [],
  );
  const rotation = custom['slipway:rotation'];
  return {
    physicalId: dataPath(place),
    properties: present({
      Mount: place.mount,
      Path: place.path,
      Generate: Object.fromEntries(rules),
      Rotation: rotation === undefined ? undefined : Number(rotation),
      RotateEvery: custom['slipway:rotate-every'],
      MaxVersions: now.maxVersions,
      DeleteVersionAfter: canonicalDuration(now.deleteVersionAfter),
      CasRequired: now.casRequired,
      CustomMetadata: Object.fromEntries(own.filter(([key]) => !key.startsWith(prefix))),
      Content: contentOf(now, at),
    }),
    attributes: { DataPath: dataPath(place), Version: now.version },
  };
}

/** What has become of what Slipway wrote, in words for a plan. */
function contentOf(now: KvMetadata, at: Date): string {
  const written = now.custom['slipway:version'];
  if (now.version === 0) return 'not written yet';
  if (now.isDeleted) return `version ${now.version} is deleted`;
  if (written !== undefined && Number(written) !== now.version) {
    return `version ${now.version}, which Slipway did not write`;
  }
  const due = dueSince(now, at);
  return due === undefined ? asApplied : `due for rotation since ${due}`;
}

export function dueSince({ custom }: KvMetadata, at: Date): string | undefined {
  const every = isoDurationMs(custom['slipway:rotate-every'] ?? '');
  const rotated = custom['slipway:rotated'];
  if (every === undefined || rotated === undefined) return undefined;
  const due = new Date(new Date(rotated).getTime() + every);
  return due <= at ? due.toISOString() : undefined;
}

function parsed(json: string): Value {
  try {
    return JSON.parse(json) as Value;
  } catch {
    // Somebody changed it.
    return json;
  }
}

export function isPlainMap(value: Value | undefined): value is Properties {
  return isObject(value) && value.$slipway === undefined;
}
