/**
 * Resource types of the simulated cloud. They differ in what makes recovery hard: some have tags, some a client
 * token, some a name that nobody else may have, some only a natural key, and some take several calls to make.
 */
import { canonicalJson, sameValue } from '../../src/base/canonical-json.ts';
import { SlipwayError } from '../../src/base/error.ts';
import { isList, isObject, isSecret, isUnknown, type Properties, type Value } from '../../src/base/value.ts';
import type { Replacement } from '../../src/plan/replacement.ts';
import {
  type CreateRequest,
  defineResourceType,
  type Live,
  type Pending,
  type ProviderContext,
  type ResourceType,
} from '../../src/provider/provider.ts';
import { type Client, type CloudObject, clientOf, held, refused } from './simulator.ts';

interface Traits {
  readonly type: string;
  /** What only one may have at a time: its name, or its slot on its parent. Its physical id is made of that. */
  readonly key?: 'Name' | 'Slot';
  readonly tagged: boolean;
  readonly token?: true;
  /** Whether a create is one call or three. */
  readonly inSteps?: true;
}

/** Set by the create call itself; a change of one replaces. */
const fixed = ['Name', 'Slot', 'Size', 'Parent'];
/** Set in a second call by a type that is made in steps. */
const settable = ['Note', 'Label', 'Refs', 'Config'];

export const testTypes: Readonly<Record<string, ResourceType>> = Object.fromEntries(
  (
    [
      { type: 'Test::Tagged', tagged: true },
      { type: 'Test::Token', tagged: true, token: true },
      { type: 'Test::Named', tagged: true, key: 'Name' },
      { type: 'Test::Link', tagged: false, key: 'Slot' },
      { type: 'Test::Steps', tagged: true, inSteps: true },
    ] satisfies Traits[]
  ).map((traits) => [traits.type, testType(traits)]),
);

export function typeOf(name: string): ResourceType {
  const type = testTypes[name];
  if (!type) throw new Error(`no type ${name}`);
  return type;
}

export function replacementIn(_type: string, path: string): Replacement {
  return fixed.includes(path) ? 'always' : 'never';
}

function testType(traits: Traits): ResourceType {
  const { type, key, tagged, token, inSteps } = traits;

  const idOf = (client: Client, { properties, logicalId, intent }: Pending) => {
    if (key === 'Slot') return `${text(properties.Parent) ?? 'root'}|${text(properties.Slot)}`;
    if (key === 'Name') return text(properties.Name) ?? `${logicalId}-${intent.slice(0, 6)}`;
    return client.cloud.newId(type.slice('Test::'.length).toLowerCase());
  };
  const isOurs = (object: CloudObject, { properties, intent }: Pending) =>
    tagged
      ? object.tags['slipway:intent'] === intent
      : object.id === `${text(properties.Parent) ?? 'root'}|${text(properties.Slot)}` &&
        sameValue(object.properties.Note, properties.Note);

  const lookUp = async (context: ProviderContext, pending: Pending) => {
    const client = clientOf(context);
    const objects = await client.call(`List ${type}`, () => client.cloud.listed());
    return objects.find((o) => o.type === type && isOurs(o, pending));
  };

  const set = (client: Client, id: string, names: readonly string[], after: Properties) =>
    client.call(`Set ${type}`, () => {
      const object = client.cloud.get(id);
      if (!object) throw refused(`${id} does not exist`);
      refuseDangling(client, after);
      const kept = Object.entries(object.properties).filter(([name]) => !names.includes(name));
      const changed = Object.entries(after).filter(([name]) => names.includes(name));
      object.properties = Object.fromEntries([...kept, ...changed]);
    });

  return defineResourceType({
    type,
    attributes: ['Arn', 'Note'],
    adoption: tagged
      ? { id: 'thing-1', tags: async (context, id) => clientOf(context).cloud.get(id)?.tags ?? {} }
      : { refused: 'it has no tags' },
    writeOnly: ['Password'],
    order: (before, after) =>
      (key === 'Name' && after.Name !== undefined && sameValue(before.Name, after.Name)) ||
      (key === 'Slot' && sameValue([before.Parent, before.Slot], [after.Parent, after.Slot]))
        ? 'delete-before-create'
        : 'create-before-delete',

    canonicalise(properties) {
      const { Refs } = properties;
      return {
        ...properties,
        Size: properties.Size ?? 1,
        ...(isList(Refs) ? { Refs: sorted(Refs) } : {}),
      };
    },

    async read(context, wanted) {
      const client = clientOf(context);
      const objects = await client.call(`List ${type}`, () => client.cloud.listed());
      return new Map(
        wanted.flatMap(({ logicalId, physicalId }) => {
          const found = objects.find((o) => o.type === type && o.id === physicalId);
          const hidden = context.by === 'stack' && tagged && found?.tags['slipway:stack'] !== context.stack;
          return found && !hidden ? [[logicalId, liveOf(found)] as const] : [];
        }),
      );
    },

    async find(context, pending) {
      const found = await lookUp(context, pending);
      return found && liveOf(found);
    },

    async create(context, request) {
      const client = clientOf(context);
      const first = inSteps ? fixed : [...fixed, ...settable, 'Password'];
      const made = await client.call(`Create ${type}`, () => {
        const known = token && client.cloud.live().find((o) => o.token === request.intent);
        if (known) return known;
        refuseDangling(client, request.properties);
        const id = idOf(client, request);
        if (client.cloud.get(id)) throw refused(`${id} already exists`);
        return client.cloud.add(newObject(request, id, first));
      });
      if (inSteps) {
        await set(client, made.id, settable, request.properties);
        await set(client, made.id, ['Password'], request.properties);
      }
      await seen(client, made.id);
      return liveOf(client.cloud.get(made.id) ?? made);
    },

    async update(context, { physicalId, before, after, ownership }) {
      const client = clientOf(context);
      if (tagged && !sameValue(client.cloud.get(physicalId)?.tags, ownership)) {
        await client.call(`Tag ${type}`, () => {
          const object = client.cloud.get(physicalId);
          if (!object) throw refused(`${physicalId} does not exist`);
          object.tags = ownership;
        });
      }
      for (const names of [settable, ['Password']]) {
        const changed = names.filter((name) => !sameValue(before[name], after[name]));
        if (changed.length > 0) await set(client, physicalId, changed, after);
      }
      const now = await client.call(`Get ${type}`, () => client.cloud.get(physicalId));
      if (!now) throw refused(`${physicalId} does not exist`);
      return liveOf(now);
    },

    async delete(context, { physicalId }) {
      const client = clientOf(context);
      const { clock } = client.cloud;
      const until = clock.now().getTime() + 5 * 60_000;
      for (;;) {
        const holder = await client.call(`Delete ${type}`, () => {
          const holders = client.cloud.live().filter((o) => held(o.properties).includes(physicalId));
          if (holders.length === 0) client.cloud.remove(physicalId);
          return holders[0]?.id;
        });
        if (holder === undefined) break;
        if (clock.now().getTime() >= until) {
          throw new SlipwayError('cloud-in-use', { summary: `${physicalId} is held by ${holder}` });
        }
        await clock.sleep(5000, context.signal);
      }
      while (await client.call(`Get ${type}`, () => client.cloud.listed().some((o) => o.id === physicalId))) {
        await clock.sleep(500, context.signal);
      }
    },
  });

  function newObject(
    { properties, ownership, intent, logicalId }: CreateRequest,
    id: string,
    first: string[],
  ) {
    return {
      id,
      type,
      properties: Object.fromEntries(Object.entries(properties).filter(([name]) => first.includes(name))),
      tags: tagged ? ownership : {},
      madeBy: `${logicalId} ${intent}`,
      ...(token ? { token: intent } : {}),
    };
  }

  async function seen(client: Client, id: string): Promise<void> {
    const isListed = () => client.cloud.listed().some((o) => o.id === id);
    while (!(await client.call(`Get ${type}`, isListed))) await client.cloud.clock.sleep(500);
  }

  function liveOf({ id, properties }: CloudObject): Live {
    const { Password: _secret, Config, ...shown } = properties;
    // The cloud fills in what the template does not say.
    const filledIn = isObject(Config) ? { Config: { Zone: 'z1', ...Config } } : {};
    const Note = properties.Note ?? 'none';
    return {
      physicalId: id,
      properties: { ...shown, Note, ...filledIn },
      attributes: { Arn: `arn:${id}`, Note },
    };
  }
}

function refuseDangling(client: Client, properties: Properties): void {
  for (const id of held(properties)) if (!client.cloud.get(id)) throw refused(`${id} does not exist`);
}

function text(value: Value | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** A set in one order; markers are left where they are. */
function sorted(list: readonly Value[]): readonly Value[] {
  if (list.some((item) => isUnknown(item) || isSecret(item))) return list;
  return [...list].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}
