import { canonicalJson, sameValue } from '../../base/canonical-json.ts';
import { SlipwayError } from '../../base/error.ts';
import { isObject, type Properties, type Value } from '../../base/value.ts';
import type { TypeSchema } from '../../template/type-schema.ts';
import { coerce } from '../coerce.ts';
import { flag, integer, text } from '../plain-value.ts';
import type { Live, ProviderContext } from '../provider.ts';
import { defineVaultType } from './define-vault-type.ts';
import { canonicalDuration, durationPattern } from './duration.ts';
import { canonicalRule, generatedValue } from './generated-value.ts';
import {
  dataPath,
  type KvMetadata,
  type KvPlace,
  kvPlaceOf,
  metadataPath,
  readContent,
  readMetadata,
  writeContent,
  writeMetadata,
} from './kv-metadata.ts';
import { contradictions } from './kv-secret-contradictions.ts';
import {
  asApplied,
  dueSince,
  isPlainMap,
  liveOf,
  marksOf,
  rotationOf,
  rulePrefix,
  rulesOf,
  type Told,
} from './kv-secret-marks.ts';
import { refusedPath, type VaultScope, vaultOf } from './scope.ts';

export const kvSecretSchema: TypeSchema = {
  type: 'Vault::KV::Secret',
  description:
    'A secret of version 2 of the key/value engine, with given values and generated ones. No plan and no state has a generated value, or a given one that comes as a secret; a version that somebody else wrote shows as a version. At `secret/data/PATH`. It is deleted with all its versions.',
  properties: {
    Mount: {
      type: 'string',
      replaces: 'always',
      description: 'Where version 2 of the key/value engine is mounted. `secret` where it is left out.',
    },
    Path: { type: 'string', replaces: 'always', description: 'The path in the engine: `shop/database`.' },
    Values: {
      type: 'map',
      items: { type: 'string' },
      description:
        'Keys with given values. One that is a secret comes as a dynamic reference or as a parameter with `NoEcho`: ' +
        'whatever else stands here is in the template for everybody to read.',
    },
    Generate: {
      type: 'map',
      items: { type: { ref: 'Rule' } },
      description:
        'Keys whose values Slipway makes up and nobody sees. Each is made once, and again when its rule changes, ' +
        'when `Rotation` does, and when `RotateEvery` says so.',
    },
    Rotation: {
      type: 'integer',
      minimum: 0,
      description: 'Another number makes every generated value anew.',
    },
    RotateEvery: {
      type: 'string',
      pattern: '^P[0-9YMWDTHS.]+$',
      description:
        'An ISO 8601 duration such as `P30D`: after it the next plan has a new version of every generated value.',
    },
    MaxVersions: {
      type: 'integer',
      minimum: 0,
      description: 'How many versions are kept. 0: as the engine says.',
    },
    DeleteVersionAfter: {
      type: 'string',
      pattern: durationPattern,
      description: 'How long a version is kept, such as `30d`. `0s`: for ever.',
    },
    CasRequired: {
      type: 'boolean',
      description: 'Whether everybody has to say which version they write after.',
    },
    CustomMetadata: {
      type: 'map',
      items: { type: 'string', maxLength: 512 },
      description: 'Notes beside the secret, which are none.',
    },
  },
  required: ['Path'],
  attributes: ['DataPath', 'Version'],
  createOnly: ['Mount', 'Path'],
  conditionalCreateOnly: [],
  definitions: {
    Rule: {
      properties: {
        Length: { type: 'integer', minimum: 8, maximum: 1024, description: '32 where it is left out.' },
        Characters: {
          type: 'list',
          items: { type: 'string', enum: ['digits', 'lower', 'symbols', 'upper'] },
          minLength: 1,
          description:
            'The classes, of each of which there is at least one. Digits and letters where it is left out.',
        },
        Symbols: { type: 'string', minLength: 1, maxLength: 64, description: 'What counts as a symbol.' },
        Exclude: { type: 'string', maxLength: 100, description: 'Characters that are not in it.' },
      },
      required: [],
    },
  },
};

/**
 * Neither planning nor state ever sees a value: a plan reads the metadata alone. Marks there say whose it is, which
 * version Slipway wrote, by which rules and when; so a version that somebody else wrote shows, and what it holds does
 * not.
 */
export const kvSecret = defineVaultType({
  schema: kvSecretSchema,
  adoption: {
    id: 'secret/data/shop/database',
    scope: 'account',
    tags: async (context, physicalId) => (await metadataOf(context, kvPlaceOf(physicalId)))?.custom ?? {},
  },
  writeOnly: ['Values'],
  attributesChangedBy: { Version: ['Values', 'Generate', 'Rotation', 'Content'] },

  order: (before, after) =>
    sameValue([before.Mount, before.Path], [after.Mount, after.Path])
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const { Generate, Values, CustomMetadata, DeleteVersionAfter, ...given } = coerce(
      kvSecretSchema,
      properties,
    );
    return {
      ...given,
      Mount: given.Mount ?? 'secret',
      ...(isEmpty(Values) ? {} : { Values: Values! }),
      Generate: isPlainMap(Generate)
        ? Object.fromEntries(Object.entries(Generate).map(([key, rule]) => [key, canonicalRule(rule)]))
        : (Generate ?? {}),
      MaxVersions: given.MaxVersions ?? 0,
      DeleteVersionAfter: canonicalDuration(DeleteVersionAfter ?? '0s'),
      CasRequired: given.CasRequired ?? false,
      CustomMetadata: CustomMetadata ?? {},
      Content: asApplied,
    };
  },

  refusals(scope, p) {
    return [...refusedPath(scope, p.Mount, '/data/', p.Path), ...contradictions(p)];
  },
  refusedDelete: (scope, physicalId) => refusedPath(scope, physicalId),

  async readOne(context, { physicalId }) {
    const place = kvPlaceOf(physicalId);
    const metadata = await metadataOf(context, place);
    return metadata && liveOf(place, metadata, context.clock.now());
  },

  async find(context, { properties, intent }) {
    const place = placeOf(properties);
    const metadata = place && (await metadataOf(context, place));
    if (!place || metadata?.custom['slipway:intent'] !== intent) return undefined;
    return liveOf(place, metadata, context.clock.now());
  },

  /** Its metadata comes first, and says who makes it: of two who make it at once, the other's mark is in the way. */
  async create(context, { properties, ownership, intent }) {
    const { vault } = vaultOf(context);
    const place = placeOf(properties)!;
    const taken = await metadataOf(context, place);
    if (taken && taken.custom['slipway:intent'] !== intent) throw inUse(place);
    const marks = marksOf(properties, ownership, { version: 1, rotated: context.clock.now() });
    await writeMetadata(vault, place, settingsOf(properties, marks));
    const written = await metadataOf(context, place).catch(async (error: unknown) => {
      // An engine of version 1 has taken it for a secret.
      if (!taken && isRefused(error)) await vault.remove(metadataPath(place));
      throw error;
    });
    if (written?.custom['slipway:intent'] !== intent || (!taken && written.version !== 0)) throw inUse(place);
    return bringAbout(context, place, written, { before: {}, after: properties, ownership });
  },

  async update(context, { physicalId, before, after, ownership }) {
    const place = kvPlaceOf(physicalId);
    const metadata = await metadataOf(context, place);
    if (!metadata) throw gone(place);
    return bringAbout(context, place, metadata, { before, after, ownership });
  },

  /** All its versions. One that bears the mark of another stack by now is not the one that this stack made. */
  async delete(context, { physicalId }) {
    const { vault } = vaultOf(context);
    const place = kvPlaceOf(physicalId);
    const owner = (await metadataOf(context, place))?.custom['slipway:stack'];
    if (owner !== undefined && owner !== context.stack) return;
    await vault.remove(metadataPath(place));
  },
});

interface Wish {
  readonly before: Properties;
  readonly after: Properties;
  readonly ownership: Readonly<Record<string, string>>;
}

/**
 * Writes a version where what is there is not what it is to be, and says so in the metadata after it: a crash between
 * the two shows as a version that Slipway did not write, and the next update puts it right.
 */
async function bringAbout(
  context: ProviderContext,
  place: KvPlace,
  now: KvMetadata,
  { before, after, ownership }: Wish,
): Promise<Live> {
  const scope = vaultOf(context);
  const at = context.clock.now();
  const told: Told = {
    version: Number(now.custom['slipway:version'] ?? now.version),
    rotated: new Date(now.custom['slipway:rotated'] ?? at),
  };
  // Taken over as it is: its values are not known, and are not to be others.
  const isMarkOnly = sameValue(before, after);
  const next = isMarkOnly ? told : await contentAfter(scope, place, now, { before, after, at, told });
  const settings = settingsOf(after, marksOf(after, ownership, next));
  const { custom, maxVersions, casRequired, deleteVersionAfter } = now;
  const isThere = sameValue(
    { ...settings, deleteVersionAfter },
    { custom, maxVersions, casRequired, deleteVersionAfter },
  );
  if (!isThere || canonicalDuration(deleteVersionAfter) !== after.DeleteVersionAfter)
    await writeMetadata(scope.vault, place, settings);
  return liveOf(place, (await metadataOf(context, place)) ?? now, at);
}

async function contentAfter(
  { vault, onSecret }: VaultScope,
  place: KvPlace,
  now: KvMetadata,
  { before, after, at, told }: Pick<Wish, 'before' | 'after'> & { readonly at: Date; readonly told: Told },
): Promise<Told> {
  const there = now.version === 0 || now.isDeleted ? {} : await readContent(vault, place);
  const isRotated = isAskedToRotate(now, before, after, at);
  const given = isObject(after.Values) ? after.Values : {};
  const wasGiven = isObject(before.Values) ? before.Values : {};
  const content: Record<string, unknown> = { ...given };
  let isNew = false;
  for (const [key, rule] of Object.entries(rulesOf(after))) {
    const madeBy = now.custom[rulePrefix + key];
    const isOther = madeBy !== undefined && madeBy !== canonicalJson(rule);
    const keeps = !isRotated && !isOther && !(key in wasGiven) && typeof there[key] === 'string';
    content[key] = keeps ? there[key] : generatedValue(rule);
    isNew ||= !keeps;
  }
  for (const value of Object.values(content)) onSecret(String(value));
  const rotated = isNew ? at : told.rotated;
  if (sameValue(there, content) && now.version > 0 && !now.isDeleted)
    return { version: now.version, rotated };
  return { version: await writeContent(vault, place, content, now.version), rotated };
}

/** By the number in the template, or by the schedule where the plan said so: not by the way of something else. */
function isAskedToRotate(now: KvMetadata, before: Properties, after: Properties, at: Date): boolean {
  if (now.custom['slipway:version'] === undefined || now.version === 0) return false;
  if ((now.custom['slipway:rotation'] ?? '') !== rotationOf(after)) return true;
  return dueSince(now, at) !== undefined && text(before.Content)?.startsWith('due') === true;
}

function settingsOf(p: Properties, marks: Readonly<Record<string, string>>) {
  return {
    custom: {
      ...(isPlainMap(p.CustomMetadata) ? (p.CustomMetadata as Record<string, string>) : {}),
      ...marks,
    },
    maxVersions: integer(p.MaxVersions) ?? 0,
    deleteVersionAfter: secondsOf(text(p.DeleteVersionAfter)),
    casRequired: flag(p.CasRequired) ?? false,
  };
}

/** Vault knows no days here. */
function secondsOf(duration: string | undefined): string {
  const hours = duration?.replace(/(\d+)d/, (_, days: string) => `${Number(days) * 24}h`) ?? '0s';
  return hours.replace(/^(\d+)h(\d+)h/, (_, days: string, more: string) => `${Number(days) + Number(more)}h`);
}

function placeOf({ Mount, Path }: Properties): KvPlace | undefined {
  return typeof Mount === 'string' && typeof Path === 'string' ? { mount: Mount, path: Path } : undefined;
}

function metadataOf(context: ProviderContext, place: KvPlace): Promise<KvMetadata | undefined> {
  return readMetadata(vaultOf(context).vault, place, context.clock.now());
}

function isEmpty(value: Value | undefined): boolean {
  return value === undefined || (isPlainMap(value) && Object.keys(value).length === 0);
}

function isRefused(error: unknown): boolean {
  return error instanceof SlipwayError && error.code === 'vault-refused';
}

function inUse(place: KvPlace): SlipwayError {
  return new SlipwayError('name-in-use', {
    summary: `There is a secret at ${dataPath(place)} in Vault already`,
    remedy: 'Import it, or give this one another path.',
  });
}

function gone(place: KvPlace): SlipwayError {
  return new SlipwayError('plan-stale', {
    summary: `There is no secret at ${dataPath(place)} in Vault any more`,
    remedy: 'Plan again.',
  });
}
