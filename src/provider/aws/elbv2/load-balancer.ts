import type {
  EnablePrefixForIpv6SourceNatEnum,
  EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum,
  IpAddressType,
  LoadBalancer,
  LoadBalancerSchemeEnum,
  LoadBalancerTypeEnum,
  SubnetMapping,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { sameValue } from '../../../base/canonical-json.ts';
import { SlipwayError } from '../../../base/error.ts';
import { isList, isObject, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, objects, present, sortedSet, text, texts } from '../../plain-value.ts';
import {
  defineResourceType,
  type Live,
  type Neighbour,
  type ProviderContext,
  type ReadContext,
} from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { asRecorded } from '../as-recorded.ts';
import { attachmentsAround } from '../ec2/gateway-dependency.ts';
import { isSame } from '../ec2/neighbours.ts';
import { createOnce, eventually, until } from '../eventually.ts';
import { canonicalTags, liveTags, type Tag, tagsToCreate } from '../tags.ts';
import {
  attributesToSet,
  byArn,
  canonicalAttributes,
  deleteOnce,
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

const type = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const attributesProperty = 'LoadBalancerAttributes';

/** Its physical id, and so its `Ref`, is its ARN. */
export const loadBalancer = defineResourceType({
  type,
  adoption: byArn('loadbalancer/app/shop/50dc6c495c0c9188'),
  attributes: [
    'CanonicalHostedZoneID',
    'DNSName',
    'LoadBalancerArn',
    'LoadBalancerFullName',
    'LoadBalancerName',
    'SecurityGroups',
  ],
  // No setting of the load balancer: it tells CloudFormation how long to wait.
  unsupported: ['EnableCapacityReservationProvisionStabilize'],

  order: (before, after) =>
    after.Name !== undefined && sameValue(before.Name, after.Name)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    const Type = given.Type ?? 'application';
    return {
      ...given,
      Type,
      ...(Type === 'gateway' ? {} : { Scheme: given.Scheme ?? 'internet-facing' }),
      IpAddressType: given.IpAddressType ?? 'ipv4',
      ...(given.Subnets === undefined ? {} : { Subnets: sortedSet(given.Subnets)! }),
      ...(given.SecurityGroups === undefined ? {} : { SecurityGroups: sortedSet(given.SecurityGroups)! }),
      ...(given.SubnetMappings === undefined ? {} : { SubnetMappings: bySubnet(given.SubnetMappings) }),
      ...(given[attributesProperty] === undefined
        ? {}
        : { [attributesProperty]: canonicalAttributes(given[attributesProperty])! }),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const found = new Map(
      (
        await list(
          context,
          wanted.map((one) => one.physicalId),
        )
      ).map((one) => [one.LoadBalancerArn, one]),
    );
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
    const arn = one && (await madeBy(context, [one.LoadBalancerArn!], pending.intent));
    if (one === undefined || arn === undefined) return undefined;
    return live(context, one, (await tagsOf(context, [arn])).get(arn), pending.properties);
  },

  async create(context, request) {
    const elb = await context.aws.elbv2();
    const { properties: p, intent, ownership } = request;
    const Name = nameOf(context, request);
    const find = async () => {
      const one = await named(context, Name);
      return one && (await madeBy(context, [one.LoadBalancerArn!], intent)) ? one : undefined;
    };
    if (p.Name !== undefined && (await named(context, Name))) refuseTaken(`load balancer ${Name}`);
    const made = await createOnce(
      context,
      async () =>
        (
          await elb.createLoadBalancer({
            Name,
            Type: text(p.Type) as LoadBalancerTypeEnum,
            Scheme: text(p.Scheme) as LoadBalancerSchemeEnum | undefined,
            IpAddressType: text(p.IpAddressType) as IpAddressType,
            Subnets: texts(p.Subnets),
            SubnetMappings: mappings(p),
            SecurityGroups: texts(p.SecurityGroups),
            EnablePrefixForIpv6SourceNat: sourceNat(p),
            ...(p.Ipv4IpamPoolId === undefined
              ? {}
              : { IpamPools: { Ipv4IpamPoolId: text(p.Ipv4IpamPoolId) } }),
            Tags: tagsToCreate(p.Tags, ownership),
          })
        ).LoadBalancers![0]!,
      find,
      isNotYet,
    );
    const one = await active(context, made.LoadBalancerArn!);
    // The create took everything else.
    const { [attributesProperty]: _a, MinimumLoadBalancerCapacity: _m, ...taken } = p;
    const { EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: _e, ...before } = taken;
    await setSettings(context, one.LoadBalancerArn!, before, p);
    return answer(one, p);
  },

  async update(context, request) {
    const one = await active(context, request.physicalId);
    await setSettings(context, request.physicalId, request.before, request.after);
    await updateTags(context, request);
    return answer(one, request.after);
  },

  /** Its network interfaces go some minutes later: what they hold waits for them when it is deleted itself. */
  async delete(context, { physicalId: LoadBalancerArn }) {
    await deleteOnce(context, (elb) => elb.deleteLoadBalancer({ LoadBalancerArn }));
    await until(context, `load balancer ${fullName(LoadBalancerArn)} deleted`, 10 * 60_000, async () =>
      (await describe(context, LoadBalancerArn)) === undefined ? true : undefined,
    );
  },

  /**
   * AWS refuses one that faces the internet in a VPC without a gateway, and a gateway leaves after it; and logs go only
   * into a bucket whose policy lets them.
   */
  hiddenDependencies(self, others) {
    const mapped = objects(self.SubnetMappings).flatMap((one) => one.SubnetId ?? []);
    const subnets = [...(isList(self.Subnets) ? self.Subnets : []), ...mapped];
    const isPublic = self.Scheme !== 'internal' && self.Type !== 'gateway';
    return [...(isPublic ? attachmentsAround(subnets, others) : []), ...policiesOfLogs(self, others)];
  },
});

function policiesOfLogs(self: Properties, others: readonly Neighbour[]): readonly string[] {
  const buckets = objects(self[attributesProperty])
    .filter((one) => /_logs\.s3\.bucket$/.test(String(one.Key)))
    .map((one) => one.Value);
  return others
    .filter(({ type: other, properties }) => {
      const isPolicy = other === 'AWS::S3::BucketPolicy';
      return isPolicy && buckets.some((bucket) => isSame(bucket, properties.Bucket, others));
    })
    .map(({ logicalId }) => logicalId);
}

function bySubnet(value: Value): Value {
  const subnet = (one: Value) => (isObject(one) ? JSON.stringify(one.SubnetId) : '');
  return isList(value) ? [...value].sort((a, b) => (subnet(a) < subnet(b) ? -1 : 1)) : value;
}

function mappings(p: Properties): SubnetMapping[] | undefined {
  return p.SubnetMappings === undefined ? undefined : (p.SubnetMappings as unknown as SubnetMapping[]);
}

function sourceNat(p: Properties): EnablePrefixForIpv6SourceNatEnum | undefined {
  return text(p.EnablePrefixForIpv6SourceNat) as EnablePrefixForIpv6SourceNatEnum | undefined;
}

async function setSettings(
  context: ProviderContext,
  LoadBalancerArn: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const elb = await context.aws.elbv2();
  const differs = (...names: string[]) =>
    names.some((name) => after[name] !== undefined && !sameValue(before[name], after[name]));
  const enforce = 'EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic';
  if (differs('SecurityGroups', enforce)) {
    await eventually(
      context,
      () =>
        elb.setSecurityGroups({
          LoadBalancerArn,
          SecurityGroups: texts(after.SecurityGroups ?? before.SecurityGroups),
          [enforce]: text(after[enforce]) as
            | EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum
            | undefined,
        }),
      isNotYet,
    );
  }
  if (differs('Subnets', 'SubnetMappings', 'EnablePrefixForIpv6SourceNat')) {
    const Subnets = after.SubnetMappings === undefined ? texts(after.Subnets) : undefined;
    await eventually(
      context,
      () =>
        elb.setSubnets({
          LoadBalancerArn,
          Subnets,
          SubnetMappings: mappings(after),
          IpAddressType: text(after.IpAddressType) as IpAddressType,
          EnablePrefixForIpv6SourceNat: sourceNat(after),
        }),
      isNotYet,
    );
  }
  if (differs('IpAddressType')) {
    await elb.setIpAddressType({
      LoadBalancerArn,
      IpAddressType: text(after.IpAddressType) as IpAddressType,
    });
  }
  if (differs('Ipv4IpamPoolId')) {
    await elb.modifyIpPools({ LoadBalancerArn, IpamPools: { Ipv4IpamPoolId: text(after.Ipv4IpamPoolId) } });
  } else if (before.Ipv4IpamPoolId !== undefined && after.Ipv4IpamPoolId === undefined) {
    await elb.modifyIpPools({ LoadBalancerArn, RemoveIpamPools: ['ipv4'] });
  }
  const capacity = after.MinimumLoadBalancerCapacity;
  if (differs('MinimumLoadBalancerCapacity')) {
    const CapacityUnits = isObject(capacity) ? integer(capacity.CapacityUnits) : undefined;
    await elb.modifyCapacityReservation({ LoadBalancerArn, MinimumLoadBalancerCapacity: { CapacityUnits } });
  } else if (before.MinimumLoadBalancerCapacity !== undefined && capacity === undefined) {
    await elb.modifyCapacityReservation({ LoadBalancerArn, ResetCapacityReservation: true });
  }
  const Attributes = attributesToSet(before[attributesProperty], after[attributesProperty]);
  if (Attributes.length > 0) await elb.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes });
}

async function list(context: ReadContext, arns: readonly string[]): Promise<readonly LoadBalancer[]> {
  if (context.by === 'id' || arns.length <= few) {
    const found = await Promise.all(arns.map((arn) => describe(context, arn)));
    return found.filter((one) => one !== undefined);
  }
  const elb = await context.aws.elbv2();
  return context.once('DescribeLoadBalancers', async () => {
    const all: LoadBalancer[] = [];
    for await (const page of elb.paginateDescribeLoadBalancers({}, { pageSize: 400 })) {
      all.push(...(page.LoadBalancers ?? []));
    }
    return all;
  });
}

async function describe(context: ProviderContext, arn: string): Promise<LoadBalancer | undefined> {
  const elb = await context.aws.elbv2();
  const found = await ifThere(elb.describeLoadBalancers({ LoadBalancerArns: [arn] }));
  return found?.LoadBalancers?.[0];
}

async function named(context: ProviderContext, name: string): Promise<LoadBalancer | undefined> {
  const elb = await context.aws.elbv2();
  return (await ifThere(elb.describeLoadBalancers({ Names: [name] })))?.LoadBalancers?.[0];
}

function active(context: ProviderContext, arn: string): Promise<LoadBalancer> {
  return until(context, `load balancer ${fullName(arn)} active`, 10 * 60_000, async () => {
    const one = await describe(context, arn);
    if (one?.State?.Code === 'failed') {
      throw new SlipwayError('cloud-refused', {
        summary: `AWS could not set load balancer ${fullName(arn)} up`,
        ...(one.State.Reason === undefined ? {} : { detail: one.State.Reason }),
      });
    }
    return one?.State?.Code?.startsWith('active') ? one : undefined;
  });
}

async function live(
  context: ProviderContext,
  one: LoadBalancer,
  tags: readonly Tag[] | undefined,
  recorded: Properties,
): Promise<Live> {
  const elb = await context.aws.elbv2();
  const LoadBalancerArn = one.LoadBalancerArn!;
  const [attributes, capacity] = await Promise.all([
    hasAttributes(recorded, attributesProperty)
      ? elb.describeLoadBalancerAttributes({ LoadBalancerArn })
      : undefined,
    recorded.MinimumLoadBalancerCapacity === undefined
      ? undefined
      : elb.describeCapacityReservation({ LoadBalancerArn }),
  ]);
  const zones = one.AvailabilityZones ?? [];
  const SubnetMappings = zones.map((zone) => {
    const addresses = zone.LoadBalancerAddresses ?? [];
    return present({
      SubnetId: zone.SubnetId,
      AllocationId: addresses.find((address) => address.AllocationId)?.AllocationId,
      PrivateIPv4Address: addresses.find((address) => address.PrivateIPv4Address)?.PrivateIPv4Address,
      IPv6Address: addresses.find((address) => address.IPv6Address)?.IPv6Address,
      SourceNatIpv6Prefix: zone.SourceNatIpv6Prefixes?.[0],
    });
  });
  const properties = loadBalancer.canonicalise(
    present({
      Type: one.Type,
      Scheme: one.Scheme,
      IpAddressType: one.IpAddressType,
      Subnets: zones.flatMap((zone) => zone.SubnetId ?? []),
      SubnetMappings,
      SecurityGroups: one.SecurityGroups ?? [],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic:
        one.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic,
      EnablePrefixForIpv6SourceNat: one.EnablePrefixForIpv6SourceNat,
      Ipv4IpamPoolId: one.IpamPools?.Ipv4IpamPoolId,
      MinimumLoadBalancerCapacity: capacity?.MinimumLoadBalancerCapacity,
      [attributesProperty]:
        attributes && recordedAttributes(attributes.Attributes as Tag[], recorded[attributesProperty]),
      Tags: liveTags([...(tags ?? [])]),
    }),
  );
  return answer(one, {
    ...properties,
    SubnetMappings: asRecorded(properties.SubnetMappings!, recorded.SubnetMappings),
  });
}

function answer(one: LoadBalancer, properties: Properties): Live {
  const LoadBalancerName = one.LoadBalancerName!;
  return {
    physicalId: one.LoadBalancerArn!,
    properties: { ...properties, Name: LoadBalancerName },
    attributes: present({
      CanonicalHostedZoneID: one.CanonicalHostedZoneId,
      DNSName: one.DNSName,
      LoadBalancerArn: one.LoadBalancerArn,
      LoadBalancerFullName: fullName(one.LoadBalancerArn!),
      LoadBalancerName,
      SecurityGroups: properties.SecurityGroups ?? sortedSet(one.SecurityGroups ?? []),
    }) as Live['attributes'],
  };
}
