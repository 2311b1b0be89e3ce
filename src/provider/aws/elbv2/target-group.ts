import type {
  CreateTargetGroupCommandInput,
  ModifyTargetGroupCommandInput,
  TargetDescription,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { sameValue } from '../../../base/canonical-json.ts';
import { isList, isObject, isSecret, isUnknown, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { objects, present, sortedSet, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext, type ReadContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { asRecorded } from '../as-recorded.ts';
import { errorCode } from '../aws-error.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, eventually } from '../eventually.ts';
import { canonicalTags, liveTags, type Tag, tagsToCreate } from '../tags.ts';
import {
  attributesToSet,
  byArn,
  canonicalAttributes,
  few,
  fullName,
  hasAttributes,
  ifThere,
  isNotYet,
  madeBy,
  nameOf,
  recordedAttributes,
  refuseTaken,
  tagsOf,
  updateTags,
} from './elb.ts';

const type = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const attributesProperty = 'TargetGroupAttributes';

/** What ModifyTargetGroup takes. */
const healthCheck = [
  'HealthCheckProtocol',
  'HealthCheckPort',
  'HealthCheckEnabled',
  'HealthCheckPath',
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
  'Matcher',
] as const;

/** What only CreateTargetGroup takes. */
const fixed = [
  'Protocol',
  'ProtocolVersion',
  'Port',
  'VpcId',
  'TargetType',
  'IpAddressType',
  'TargetControlPort',
] as const;

/** Its physical id, and so its `Ref`, is its ARN. */
export const targetGroup = defineResourceType({
  type,
  adoption: byArn('targetgroup/shop/73e2d6bc24d8a067'),
  attributes: ['LoadBalancerArns', 'TargetGroupArn', 'TargetGroupFullName', 'TargetGroupName'],

  order: (before, after) =>
    after.Name !== undefined && sameValue(before.Name, after.Name)
      ? 'delete-before-create'
      : 'create-before-delete',

  // The schema is silent on it, and no call changes it.
  replaces: (property) => property === 'TargetControlPort',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      TargetType: given.TargetType ?? 'instance',
      ...(given.Targets === undefined ? {} : { Targets: canonicalTargets(given.Targets, given.Port) }),
      ...(given[attributesProperty] === undefined
        ? {}
        : { [attributesProperty]: canonicalAttributes(given[attributesProperty])! }),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const all = await list(
      context,
      wanted.map((one) => one.physicalId),
    );
    const found = new Map(all.map((one) => [one.TargetGroupArn, one]));
    const there = wanted.filter((one) => found.has(one.physicalId));
    const tags = await tagsOf(
      context,
      there.map((one) => one.physicalId),
    );
    return new Map(
      await Promise.all(
        there.map(
          async ({ logicalId, physicalId, properties }) =>
            [
              logicalId,
              await live(context, found.get(physicalId)!, tags.get(physicalId), properties),
            ] as const,
        ),
      ),
    );
  },

  async find(context, pending) {
    const one = await named(context, nameOf(context, pending));
    const arn = one && (await madeBy(context, [one.TargetGroupArn!], pending.intent));
    if (one === undefined || arn === undefined) return undefined;
    return live(context, one, (await tagsOf(context, [arn])).get(arn), pending.properties);
  },

  async create(context, request) {
    const elb = await context.aws.elbv2();
    const { properties: p, intent, ownership } = request;
    const Name = nameOf(context, request);
    const find = async () => {
      const one = await named(context, Name);
      return one && (await madeBy(context, [one.TargetGroupArn!], intent)) ? one : undefined;
    };
    if (p.Name !== undefined && (await named(context, Name))) refuseTaken(`target group ${Name}`);
    const input = some(p, [...fixed, ...healthCheck]) as Partial<CreateTargetGroupCommandInput>;
    const made = await createOnce(
      context,
      async () =>
        (await elb.createTargetGroup({ ...input, Name, Tags: tagsToCreate(p.Tags, ownership) }))
          .TargetGroups![0]!,
      find,
      isNotYet,
    );
    await setAttributes(context, made.TargetGroupArn!, {}, p);
    await setTargets(context, made.TargetGroupArn!, {}, p);
    return answer(made, p);
  },

  async update(context, request) {
    const elb = await context.aws.elbv2();
    const { before, after, physicalId: TargetGroupArn } = request;
    const changed = healthCheck.filter(
      (name) => after[name] !== undefined && !sameValue(before[name], after[name]),
    );
    if (changed.length > 0) {
      const input = some(after, healthCheck) as Partial<ModifyTargetGroupCommandInput>;
      await eventually(context, () => elb.modifyTargetGroup({ ...input, TargetGroupArn }), isNotYet);
    }
    await setAttributes(context, TargetGroupArn, before, after);
    await setTargets(context, TargetGroupArn, before, after);
    await updateTags(context, request);
    const one = await eventually(
      context,
      async () => (await elb.describeTargetGroups({ TargetGroupArns: [TargetGroupArn] })).TargetGroups![0]!,
      isNotYet,
    );
    return answer(one, after);
  },

  async delete(context, { physicalId: TargetGroupArn }) {
    const elb = await context.aws.elbv2();
    await deleteWhenFree(context, {
      what: `target group ${fullName(TargetGroupArn)}`,
      send: () => ifThere(elb.deleteTargetGroup({ TargetGroupArn })),
      holders: async () => {
        const one = await describe(context, TargetGroupArn);
        return (one?.LoadBalancerArns ?? []).map(
          (arn) => `a listener or rule of load balancer ${fullName(arn)}`,
        );
      },
    });
  },
});

function some(p: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(names.flatMap((name) => (p[name] === undefined ? [] : [[name, p[name]!]])));
}

/** A set; each at the group's port where it has none of its own. */
function canonicalTargets(targets: Value, port: Value | undefined): Value {
  if (!isList(targets)) return targets;
  return sortedSet(
    targets.map((one) =>
      !isObject(one) || isUnknown(one) || isSecret(one) || one.Port !== undefined || port === undefined
        ? one
        : { ...one, Port: port },
    ),
  )!;
}

/** Registers who is new before those leave who are gone. */
async function setTargets(
  context: ProviderContext,
  TargetGroupArn: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const elb = await context.aws.elbv2();
  const [old, wanted] = [objects(before.Targets), objects(after.Targets)];
  const missingIn = (all: readonly Properties[]) => (one: Properties) =>
    !all.some((other) => sameTarget(one, other));
  const register = wanted.filter(missingIn(old)) as unknown as TargetDescription[];
  const deregister = old.filter(missingIn(wanted)) as unknown as TargetDescription[];
  if (register.length > 0) {
    await eventually(context, () => elb.registerTargets({ TargetGroupArn, Targets: register }), isNotYet);
  }
  for (const one of deregister) {
    try {
      await elb.deregisterTargets({ TargetGroupArn, Targets: [one] });
    } catch (error) {
      // It left by itself, or an earlier call made it leave.
      if (!/^InvalidTarget(Exception)?$/.test(errorCode(error) ?? '')) throw error;
    }
  }
}

function sameTarget(a: Properties, b: Properties): boolean {
  return a.Id === b.Id && (a.Port ?? '') === (b.Port ?? '');
}

async function setAttributes(
  context: ProviderContext,
  TargetGroupArn: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const elb = await context.aws.elbv2();
  const Attributes = attributesToSet(before[attributesProperty], after[attributesProperty]);
  if (Attributes.length === 0) return;
  await eventually(context, () => elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes }), isNotYet);
}

async function list(context: ReadContext, arns: readonly string[]): Promise<readonly TargetGroup[]> {
  if (context.by === 'id' || arns.length <= few) {
    const found = await Promise.all(arns.map((arn) => describe(context, arn)));
    return found.filter((one) => one !== undefined);
  }
  const elb = await context.aws.elbv2();
  return context.once('DescribeTargetGroups', async () => {
    const all: TargetGroup[] = [];
    for await (const page of elb.paginateDescribeTargetGroups({}, { pageSize: 400 })) {
      all.push(...(page.TargetGroups ?? []));
    }
    return all;
  });
}

async function describe(context: ProviderContext, arn: string): Promise<TargetGroup | undefined> {
  const elb = await context.aws.elbv2();
  return (await ifThere(elb.describeTargetGroups({ TargetGroupArns: [arn] })))?.TargetGroups?.[0];
}

async function named(context: ProviderContext, name: string): Promise<TargetGroup | undefined> {
  const elb = await context.aws.elbv2();
  return (await ifThere(elb.describeTargetGroups({ Names: [name] })))?.TargetGroups?.[0];
}

async function live(
  context: ProviderContext,
  one: TargetGroup,
  tags: readonly Tag[] | undefined,
  recorded: Properties,
): Promise<Live> {
  const elb = await context.aws.elbv2();
  const TargetGroupArn = one.TargetGroupArn!;
  const [attributes, Targets] = await Promise.all([
    hasAttributes(recorded, attributesProperty)
      ? elb.describeTargetGroupAttributes({ TargetGroupArn })
      : undefined,
    recorded.Targets === undefined ? undefined : liveTargets(context, TargetGroupArn, recorded.Targets),
  ]);
  return answer(
    one,
    targetGroup.canonicalise(
      present({
        ...Object.fromEntries([...fixed, ...healthCheck].map((name) => [name, one[name]])),
        Targets,
        [attributesProperty]:
          attributes && recordedAttributes(attributes.Attributes as Tag[], recorded[attributesProperty]),
        Tags: liveTags([...(tags ?? [])]),
      }),
    ),
  );
}

/** Of those registered, the ones that the record speaks of: a scaling group registers its own and takes them away. */
async function liveTargets(
  context: ProviderContext,
  TargetGroupArn: string,
  recorded: Value,
): Promise<Value> {
  const elb = await context.aws.elbv2();
  const { TargetHealthDescriptions = [] } = await elb.describeTargetHealth({ TargetGroupArn });
  const registered = TargetHealthDescriptions.filter((one) => one.TargetHealth?.State !== 'draining').map(
    (one) => present(one.Target ?? {}),
  );
  const own = objects(recorded).flatMap((wanted) => registered.filter((one) => sameTarget(one, wanted)));
  return asRecorded(own, recorded);
}

function answer(one: TargetGroup, properties: Properties): Live {
  const TargetGroupName = text(one.TargetGroupName)!;
  return {
    physicalId: one.TargetGroupArn!,
    properties: { ...properties, Name: TargetGroupName },
    attributes: {
      LoadBalancerArns: one.LoadBalancerArns ?? [],
      TargetGroupArn: one.TargetGroupArn!,
      TargetGroupFullName: one.TargetGroupArn!.replace(/^.*:/, ''),
      TargetGroupName,
    },
  };
}
