/**
 * Types that are one entry of an engine, by its name: roles, keys, connections. Vault keeps nothing beside them that
 * could say whose they are, so that the name alone does: none is made where there is one of that name.
 */
import { sameValue } from '../../base/canonical-json.ts';
import { SlipwayError } from '../../base/error.ts';
import type { Properties, Value } from '../../base/value.ts';
import type { VaultData } from '../../secret/vault.ts';
import type { PropertySchema, TypeSchema } from '../../template/type-schema.ts';
import { coerce } from '../coerce.ts';
import { text } from '../plain-value.ts';
import type { Live, ProviderContext, Refusal, ResourceType } from '../provider.ts';
import { defineVaultType } from './define-vault-type.ts';
import { bodyOf, canonicalFields, type Fields, propertiesOf, propertySchemas } from './fields.ts';
import { pathOf, refusedPath, type VaultScope, vaultOf } from './scope.ts';

export interface EntryType {
  /** `Vault::SSH::Role` */
  readonly type: string;
  /** Where its engine is mounted if nothing is said: `ssh`. */
  readonly mount: string;
  /** Before the mount, where that is not the beginning: `auth/`. */
  readonly root?: string;
  /** Between the mount and the name: `roles`. */
  readonly room: string;
  /** What it is, for the documentation. */
  readonly description: string;
  /** What names are, for templates. */
  readonly named: string;
  /** Vault makes them small, in whatever letters they come. */
  readonly isSmall?: boolean;
  readonly fields: Fields;
  /** What is sent besides, always. */
  readonly always?: VaultData;
  /** Properties that no answer has. */
  readonly writeOnly?: readonly string[];
  readonly required?: readonly string[];
  /** Names of attributes besides `Name` and `Path`, and what they are. */
  readonly attributes?: readonly string[];
  readonly attributesOf?: (
    context: ProviderContext,
    place: Place,
    data: VaultData,
  ) => Promise<Live['attributes']>;
  readonly attributesChangedBy?: ResourceType['attributesChangedBy'];
  readonly replaces?: ResourceType['replaces'];
  /** Properties of an answer that the table cannot tell. */
  readonly liveOf?: (data: VaultData) => Properties;
  /** What the settings do not let it be, beside being at its path. */
  readonly refusals?: (scope: VaultScope, properties: Properties) => readonly Refusal[];
  /** How it is made, where that is not one write of all fields at its path. */
  readonly make?: (context: ProviderContext, place: Place, properties: Properties) => Promise<void>;
  /** How it is changed, where that is not one write of all fields at its path. */
  readonly change?: (
    context: ProviderContext,
    place: Place,
    change: { readonly before: Properties; readonly after: Properties },
  ) => Promise<void>;
  /** How it is deleted, where that is not a delete at its path. */
  readonly remove?: (context: ProviderContext, place: Place) => Promise<void>;
}

export interface Place {
  readonly mount: string;
  readonly name: string;
  /** `ssh/roles/shop` */
  readonly path: string;
}

export function entryType(entry: EntryType): { readonly type: ResourceType; readonly schema: TypeSchema } {
  const schema = schemaOf(entry);
  const { fields, writeOnly = [], attributesOf, make, change, replaces, attributesChangedBy } = entry;
  const pathIn = (p: Properties) => [entry.root ?? '', p.Mount, `/${entry.room}/`, p.Name] as const;

  const readAt = async (context: ProviderContext, place: Place): Promise<Live | undefined> => {
    const data = await vaultOf(context).vault.read(place.path);
    if (data === undefined) return undefined;
    const { mount: Mount, name: Name, path } = place;
    const properties = { ...propertiesOf(fields, data), ...entry.liveOf?.(data), Mount, Name };
    return {
      physicalId: path,
      properties: Object.fromEntries(
        Object.entries(properties).filter(([name]) => !writeOnly.includes(name)),
      ),
      attributes: { Name, Path: path, ...(await attributesOf?.(context, place, data)) },
    };
  };
  const refuseTaken = async (context: ProviderContext, properties: Properties) => {
    const path = pathOf(...pathIn(properties));
    if (path === undefined || (await vaultOf(context).vault.read(path)) === undefined) return;
    throw new SlipwayError('name-in-use', {
      summary: `There is one at ${path} in Vault already`,
      remedy: 'Import it, or give this one another name.',
    });
  };
  const madeAt = async (context: ProviderContext, place: Place): Promise<Live> => {
    const live = await readAt(context, place);
    if (live) return live;
    throw new SlipwayError('plan-stale', {
      summary: `There is nothing at ${place.path} in Vault any more`,
      remedy: 'Plan again.',
    });
  };

  const type = defineVaultType({
    schema,
    ref: 'Name',
    adoption: {
      id: placeOf(entry, { mount: entry.mount, name: 'shop' }).path,
      scope: 'account',
      tags: async () => ({}),
    },
    ...(writeOnly.length > 0 ? { writeOnly } : {}),
    ...(replaces ? { replaces } : {}),
    ...(attributesChangedBy ? { attributesChangedBy } : {}),

    order: (before, after) =>
      sameValue(pathIn(before), pathIn(after)) ? 'delete-before-create' : 'create-before-delete',

    canonicalise(properties) {
      const given = coerce(schema, properties);
      const Name = entry.isSmall && typeof given.Name === 'string' ? given.Name.toLowerCase() : given.Name;
      const named = Name === undefined ? {} : { Name };
      return canonicalFields(fields, { ...given, ...named, Mount: given.Mount ?? entry.mount });
    },

    refusals: (scope, properties) => [
      ...refusedPath(scope, ...pathIn(properties)),
      ...(entry.refusals?.(scope, properties) ?? []),
    ],
    refusedDelete: (scope, physicalId) => refusedPath(scope, physicalId),
    refuseTaken,

    readOne: async (context, { physicalId }) => {
      const place = placeAt(entry, physicalId);
      return place && readAt(context, place);
    },

    find: async (context, { properties }) => {
      const path = pathOf(...pathIn(properties));
      const place = path === undefined ? undefined : placeAt(entry, path);
      return place && readAt(context, place);
    },

    async create(context, { properties }) {
      const place = placeOf(entry, { mount: text(properties.Mount)!, name: text(properties.Name)! });
      await refuseTaken(context, properties);
      if (make) await make(context, place, properties);
      else await vaultOf(context).vault.write(place.path, { ...entry.always, ...bodyOf(fields, properties) });
      return madeAt(context, place);
    },

    async update(context, { physicalId, before, after }) {
      const place = placeAt(entry, physicalId)!;
      // Taken over as it is, or under another logical id.
      if (!sameValue(before, after)) {
        if (change) await change(context, place, { before, after });
        else await vaultOf(context).vault.write(place.path, { ...entry.always, ...bodyOf(fields, after) });
      }
      return madeAt(context, place);
    },

    async delete(context, { physicalId }) {
      const place = placeAt(entry, physicalId);
      if (!place) return;
      if (entry.remove) await entry.remove(context, place);
      else await vaultOf(context).vault.remove(place.path);
    },
  });
  return { type, schema };
}

function placeOf({ root = '', room }: EntryType, { mount, name }: Omit<Place, 'path'>): Place {
  return { mount, name, path: `${root}${mount}/${room}/${name}` };
}

/** A mount may have several names, an entry has one. */
function placeAt(entry: EntryType, path: string): Place | undefined {
  const { root = '', room } = entry;
  const at = path.lastIndexOf('/');
  const before = path.slice(0, Math.max(0, at));
  if (!path.startsWith(root) || !before.endsWith(`/${room}`)) return undefined;
  return placeOf(entry, { mount: before.slice(root.length, -room.length - 1), name: path.slice(at + 1) });
}

function schemaOf(entry: EntryType): TypeSchema {
  const { type, description, fields, required = [], attributes = [], mount, named } = entry;
  const place: Record<string, PropertySchema> = {
    Mount: {
      type: 'string',
      replaces: 'always',
      description: `Where the engine is mounted. \`${mount}\` where it is left out.`,
    },
    Name: { type: 'string', pattern: '^[\\w.@:+=,~-]+$', replaces: 'always', description: named },
  };
  const of = (replaces: Value) =>
    Object.entries({ ...place, ...fields }).flatMap(([name, one]) =>
      one.replaces === replaces ? [name] : [],
    );
  return {
    type,
    description: `${description} At \`${placeOf(entry, { mount, name: 'NAME' }).path}\`.`,
    properties: { ...place, ...propertySchemas(fields) },
    required: ['Name', ...required],
    attributes: ['Name', 'Path', ...attributes].sort(),
    createOnly: of('always').sort(),
    conditionalCreateOnly: of('maybe').sort(),
  };
}
