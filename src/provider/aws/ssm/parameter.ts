import type { Parameter, ParameterMetadata, ParameterTier, ParameterType, SSM } from '@aws-sdk/client-ssm';
import { canonicalJson, sameValue } from '../../../base/canonical-json.ts';
import { isList, isSecret, isUnknown, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode } from '../aws-error.ts';
import { createOnce, eventually } from '../eventually.ts';
import { generatedName, type NamedCreate } from '../generated-name.ts';
import { intentTag, tagChanges, tagRecord, tagsToCreate, tagValue } from '../tags.ts';
import { fromTagMap, liveTagMap, withoutReserved } from './tag-map.ts';

const type = 'AWS::SSM::Parameter';
/** What GetParameters and a filter of DescribeParameters take at once. */
const [valuesAtOnce, namesAtOnce] = [10, 50];

export const parameter = defineResourceType({
  type,
  adoption: { id: '/shop/colour', tags: async (context, name) => tagRecord(await tagsOf(context, name)) },
  attributes: ['Arn', 'Type', 'Value'],

  order: (before, after) =>
    after.Name !== undefined && sameValue(before.Name, after.Name)
      ? 'delete-before-create'
      : 'create-before-delete',

  /** What SSM does not let a parameter go back on, and what an overwrite is not documented to take away. */
  replaces(property, before, after) {
    if (property === 'Type' || property === 'DataType') return true;
    if (property === 'Tier') return before.Tier === 'Advanced' && after.Tier === 'Standard';
    return property === 'Policies' && after.Policies === undefined;
  },

  canonicalise(properties) {
    const { Description, AllowedPattern, ...given } = coerce(typeSchema(type), properties);
    const isThere = (value: Value | undefined) => value !== undefined && value !== '';
    return {
      ...given,
      ...(isThere(Description) ? { Description: Description! } : {}),
      ...(isThere(AllowedPattern) ? { AllowedPattern: AllowedPattern! } : {}),
      ...(given.Policies === undefined ? {} : { Policies: canonicalPolicies(given.Policies) }),
      DataType: given.DataType ?? 'text',
      Tags: withoutReserved(given.Tags),
    };
  },

  async read(context, wanted) {
    const found = await describe(
      context,
      wanted.map((one) => one.physicalId),
    );
    const live = await Promise.all(
      wanted.map(async ({ logicalId, physicalId, properties }) => {
        const one = found.get(physicalId);
        return one === undefined ? [] : [[logicalId, await liveOf(context, one, properties)] as const];
      }),
    );
    return new Map(live.flat());
  },

  async find(context, pending) {
    const name = nameOf(context, pending);
    if (!(await isMadeBy(context, name, pending.intent))) return undefined;
    const one = (await describe(context, [name])).get(name);
    return one && liveOf(context, one, pending.properties);
  },

  async create(context, request) {
    const ssm = await context.aws.ssm();
    const { properties: p, ownership, intent } = request;
    const Name = nameOf(context, request);
    await createOnce(
      context,
      async () => {
        const Tags = tagsToCreate(fromTagMap(p.Tags), ownership);
        await ssm.putParameter({ ...inputOf(Name, p), Tags, Overwrite: false });
        return Name;
      },
      async () => ((await isMadeBy(context, Name, intent)) ? Name : undefined),
    );
    return made(context, Name, p);
  },

  async update(context, { before, after, physicalId: Name, ownership }) {
    const ssm = await context.aws.ssm();
    const { Tags: _old, ...old } = before;
    const { Tags: _new, ...wanted } = after;
    if (!sameValue({ ...old, Name }, { ...wanted, Name })) {
      await eventually(context, () => ssm.putParameter({ ...inputOf(Name, after), Overwrite: true }), isBusy);
    }
    const { put, remove } = tagChanges(fromTagMap(before.Tags), fromTagMap(after.Tags), ownership);
    const target = { ResourceType: 'Parameter', ResourceId: Name } as const;
    await eventually(context, () => ssm.addTagsToResource({ ...target, Tags: put }), isAbsent);
    if (remove.length > 0) await ssm.removeTagsFromResource({ ...target, TagKeys: remove });
    return made(context, Name, after);
  },

  async delete(context, { physicalId: Name }) {
    const ssm = await context.aws.ssm();
    try {
      await ssm.deleteParameter({ Name });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  },
});

/** In CloudFormation's form. A stack's name is not in it: it may begin with `ssm` or `aws`, which a name may not. */
function nameOf(
  context: ProviderContext,
  create: Omit<NamedCreate, 'stack'> & { readonly properties: Properties },
): string {
  const generated = generatedName({ ...create, stack: context.stack }, 512);
  return text(create.properties.Name) ?? `CFN-${create.logicalId}-${generated.slice(-12)}`;
}

/** An empty text takes away what an overwrite would keep. */
function inputOf(Name: string, p: Properties) {
  return {
    Name,
    Value: text(p.Value),
    Type: text(p.Type) as ParameterType,
    Description: text(p.Description) ?? '',
    AllowedPattern: text(p.AllowedPattern) ?? '',
    DataType: text(p.DataType),
    ...(p.Tier === undefined ? {} : { Tier: text(p.Tier) as ParameterTier }),
    ...(p.Policies === undefined ? {} : { Policies: text(p.Policies) }),
  };
}

/** One text for the same policies: they are JSON inside of a text. */
function canonicalPolicies(policies: Value): Value {
  if (isSecret(policies) || isUnknown(policies)) return policies;
  const list = typeof policies === 'string' ? parsed(policies) : policies;
  return isList(list)
    ? canonicalJson([...list].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)))
    : policies;
}

function parsed(json: string): Value | undefined {
  try {
    return JSON.parse(json) as Value;
  } catch {
    return undefined;
  }
}

interface Described {
  readonly metadata: ParameterMetadata;
  readonly value: Parameter;
}

/** Values ten at once, all the rest fifty at once. Read as they are stored: a SecureString stays encrypted. */
async function describe(
  context: ProviderContext,
  names: readonly string[],
): Promise<ReadonlyMap<string, Described>> {
  const ssm = await context.aws.ssm();
  const [values, metadata] = await Promise.all([
    Promise.all(
      chunks(names, valuesAtOnce).map(async (Names) => (await ssm.getParameters({ Names })).Parameters ?? []),
    ),
    Promise.all(chunks(names, namesAtOnce).map((some) => metadataOf(ssm, some))),
  ]);
  const byName = new Map(values.flat().map((one) => [one.Name, one]));
  return new Map(
    metadata.flat().flatMap((one) => {
      const value = byName.get(one.Name);
      return value === undefined ? [] : [[one.Name ?? '', { metadata: one, value }] as const];
    }),
  );
}

async function metadataOf(ssm: SSM, Values: string[]): Promise<ParameterMetadata[]> {
  const found: ParameterMetadata[] = [];
  const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values }];
  for await (const page of ssm.paginateDescribeParameters({ ParameterFilters }, { pageSize: 50 })) {
    found.push(...(page.Parameters ?? []));
  }
  return found;
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

async function tagsOf(context: ProviderContext, ResourceId: string) {
  const ssm = await context.aws.ssm();
  try {
    return (await ssm.listTagsForResource({ ResourceType: 'Parameter', ResourceId })).TagList ?? [];
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function isMadeBy(context: ProviderContext, name: string, intent: string): Promise<boolean> {
  return tagValue(await tagsOf(context, name), intentTag) === intent;
}

async function liveOf(
  context: ProviderContext,
  { metadata, value }: Described,
  recorded: Properties,
): Promise<Live> {
  const policies = (metadata.Policies ?? []).map(
    (one) => parsed(one.PolicyText ?? '') ?? one.PolicyText ?? '',
  );
  const isChosen = recorded.Tier === 'Intelligent-Tiering';
  return made(
    context,
    metadata.Name!,
    present({
      Type: value.Type,
      Value: value.Value,
      Description: metadata.Description || undefined,
      AllowedPattern: metadata.AllowedPattern || undefined,
      DataType: value.DataType ?? metadata.DataType ?? 'text',
      // SSM chooses a tier then, and answers which.
      Tier: isChosen ? 'Intelligent-Tiering' : metadata.Tier,
      Policies: policies.length === 0 ? undefined : canonicalPolicies(policies),
      Tags: liveTagMap(await tagsOf(context, metadata.Name!)),
    }),
  );
}

function made({ partition, region, account }: ProviderContext, Name: string, properties: Properties): Live {
  const path = Name.startsWith('/') ? Name : `/${Name}`;
  return {
    physicalId: Name,
    properties: { ...properties, Name },
    attributes: {
      Arn: `arn:${partition}:ssm:${region}:${account}:parameter${path}`,
      Type: properties.Type!,
      Value: properties.Value!,
    },
  };
}

function isAbsent(error: unknown): boolean {
  return /^(ParameterNotFound|InvalidResourceId)$/.test(errorCode(error) ?? '');
}

function isBusy(error: unknown): boolean {
  return errorCode(error) === 'TooManyUpdates';
}
