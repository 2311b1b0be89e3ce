import type { ModifySubnetAttributeCommandInput, NetworkAcl, Subnet } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import { isObject, type Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { flag, integer, present, structure, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext, type ReadContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { canonicalCidr, overlap } from '../cidr.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, eventually, until } from '../eventually.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { byTaggedId } from './adoption.ts';
import { blocksOfSubnet } from './cidr-dependency.ts';
import { isAssociated, isThere } from './cidr-state.ts';
import {
  describeByIntent,
  describeOne,
  listByFilter,
  networkAcls,
  readBulk,
  readingIds,
  subnets,
} from './describe.ts';
import { interfacesIn } from './holders.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::Subnet';

export const subnet = defineResourceType({
  type,
  adoption: byTaggedId('subnet'),
  attributes: [
    'SubnetId',
    'VpcId',
    'CidrBlock',
    'Ipv6CidrBlocks',
    'AvailabilityZone',
    'AvailabilityZoneId',
    'NetworkAclAssociationId',
    'OutpostArn',
  ],
  // DescribeSubnets does not say which pool a block came from.
  writeOnly: ['Ipv4IpamPoolId', 'Ipv4NetmaskLength', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength'],

  // Two subnets of one VPC cannot share an address.
  order: (before, after) =>
    sameValue(before.VpcId, after.VpcId) && sharesAddresses(before, after)
      ? 'delete-before-create'
      : 'create-before-delete',

  // An IPv6 block is associated and disassociated in place.
  replaces: () => false,

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(given.CidrBlock === undefined ? {} : { CidrBlock: canonicalCidr(given.CidrBlock) }),
      ...(given.Ipv6CidrBlock === undefined ? {} : { Ipv6CidrBlock: canonicalCidr(given.Ipv6CidrBlock) }),
      MapPublicIpOnLaunch: given.MapPublicIpOnLaunch ?? false,
      AssignIpv6AddressOnCreation: given.AssignIpv6AddressOnCreation ?? false,
      EnableDns64: given.EnableDns64 ?? false,
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one.logicalId]));
    const all = await readBulk(context, subnets, [...ids.keys()]);
    const found = all.filter(({ SubnetId = '' }) => ids.has(SubnetId));
    const acls = await readAcls(context, found);
    return new Map(found.map((one) => [ids.get(one.SubnetId!)!, live(one, acls)] as const));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, subnets, pending.intent);
    return found && live(found, await readAcls(readingIds(context), [found]));
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { properties: p } = request;
    const made = await createOnce(
      context,
      async () =>
        (
          await ec2.createSubnet({
            VpcId: text(p.VpcId),
            CidrBlock: text(p.CidrBlock),
            Ipv6CidrBlock: text(p.Ipv6CidrBlock),
            AvailabilityZone: text(p.AvailabilityZone),
            AvailabilityZoneId: text(p.AvailabilityZoneId),
            Ipv6Native: flag(p.Ipv6Native),
            OutpostArn: text(p.OutpostArn),
            Ipv4IpamPoolId: text(p.Ipv4IpamPoolId),
            Ipv4NetmaskLength: integer(p.Ipv4NetmaskLength),
            Ipv6IpamPoolId: text(p.Ipv6IpamPoolId),
            Ipv6NetmaskLength: integer(p.Ipv6NetmaskLength),
            TagSpecifications: tagSpecifications(request, 'subnet'),
          })
        ).Subnet!,
      () => describeByIntent(context, subnets, request.intent),
    );
    const one = await available(context, made.SubnetId!);
    const before = live(one, new Map());
    await setAttributes(context, one.SubnetId!, before.properties, p);
    return withSettings(live(one, await readAcls(readingIds(context), [one])), p);
  },

  async update(context, request) {
    const { before, after, physicalId } = request;
    await updateTags(context, request);
    const one = await available(context, physicalId);
    await setIpv6Block(context, one, before, after);
    await setAttributes(context, physicalId, before, after);
    const settled = await available(context, physicalId);
    return withSettings(live(settled, await readAcls(readingIds(context), [settled])), after);
  },

  async delete(context, { physicalId: SubnetId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `subnet ${SubnetId}`,
      send: () => ec2.deleteSubnet({ SubnetId }),
      holders: () => interfacesIn(context, 'subnet-id', SubnetId),
    });
  },

  hiddenDependencies: blocksOfSubnet,
});

/** Only known blocks are compared: one that the cloud still has to give may be the same. */
function sharesAddresses(before: Properties, after: Properties): boolean {
  return ['CidrBlock', 'Ipv6CidrBlock'].some((name) => {
    const [a, b] = [before[name], after[name]];
    if (a === undefined || b === undefined) return false;
    return isObject(a) || isObject(b) || overlap(String(a), String(b));
  });
}

function live(one: Subnet, acls: ReadonlyMap<string, string>): Live {
  const ipv6 = (one.Ipv6CidrBlockAssociationSet ?? [])
    .filter((block) => isAssociated(block.Ipv6CidrBlockState?.State))
    .map((block) => canonicalCidr(block.Ipv6CidrBlock));
  return {
    physicalId: one.SubnetId!,
    properties: present({
      VpcId: one.VpcId,
      CidrBlock: one.CidrBlock,
      Ipv6CidrBlock: ipv6[0],
      AvailabilityZone: one.AvailabilityZone,
      AvailabilityZoneId: one.AvailabilityZoneId,
      OutpostArn: one.OutpostArn,
      Ipv6Native: one.Ipv6Native ?? false,
      MapPublicIpOnLaunch: one.MapPublicIpOnLaunch ?? false,
      AssignIpv6AddressOnCreation: one.AssignIpv6AddressOnCreation ?? false,
      EnableDns64: one.EnableDns64 ?? false,
      EnableLniAtDeviceIndex: one.EnableLniAtDeviceIndex,
      PrivateDnsNameOptionsOnLaunch: one.PrivateDnsNameOptionsOnLaunch,
      Tags: liveTags(one.Tags),
    }),
    attributes: present({
      SubnetId: one.SubnetId,
      VpcId: one.VpcId,
      CidrBlock: one.CidrBlock,
      Ipv6CidrBlocks: ipv6,
      AvailabilityZone: one.AvailabilityZone,
      AvailabilityZoneId: one.AvailabilityZoneId,
      NetworkAclAssociationId: acls.get(one.SubnetId!),
      OutpostArn: one.OutpostArn,
    }),
  };
}

/** What was set a moment ago, over a read that may be older than it. */
function withSettings(now: Live, properties: Properties): Live {
  const set = settings
    .filter((name) => properties[name] !== undefined)
    .map((name) => [name, properties[name]!]);
  return {
    ...now,
    properties: { ...now.properties, ...Object.fromEntries(set), Tags: properties.Tags ?? [] },
  };
}

/** Association ids of network ACLs, by subnet. The same read as a VPC's for its default ACL. */
async function readAcls(
  context: ReadContext,
  found: readonly Subnet[],
): Promise<ReadonlyMap<string, string>> {
  const acls = await listByFilter(
    context,
    networkAcls,
    'vpc-id',
    found.map((one) => one.VpcId!),
  );
  return new Map(
    acls.flatMap(({ Associations = [] }: NetworkAcl) =>
      Associations.map((one) => [one.SubnetId ?? '', one.NetworkAclAssociationId ?? ''] as const),
    ),
  );
}

const settings = [
  'MapPublicIpOnLaunch',
  'AssignIpv6AddressOnCreation',
  'EnableDns64',
  'EnableLniAtDeviceIndex',
  'PrivateDnsNameOptionsOnLaunch',
] as const;

/** ModifySubnetAttribute takes one attribute a call. */
async function setAttributes(
  context: ProviderContext,
  SubnetId: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const changed = settings.filter(
    (name) => after[name] !== undefined && !sameValue(before[name], after[name]),
  );
  for (const name of changed) {
    for (const input of inputsOf(name, before, after)) {
      await eventually(context, () => ec2.modifySubnetAttribute({ SubnetId, ...input }));
    }
  }
}

function inputsOf(
  name: (typeof settings)[number],
  before: Properties,
  after: Properties,
): Omit<ModifySubnetAttributeCommandInput, 'SubnetId'>[] {
  if (name === 'EnableLniAtDeviceIndex') return [{ EnableLniAtDeviceIndex: integer(after[name]) }];
  if (name !== 'PrivateDnsNameOptionsOnLaunch') return [{ [name]: { Value: flag(after[name]) } }];
  const [was, wanted] = [structure<NameOptions>(before[name]), structure<NameOptions>(after[name])];
  const {
    HostnameType,
    EnableResourceNameDnsARecord: a,
    EnableResourceNameDnsAAAARecord: aaaa,
  } = wanted ?? {};
  return [
    ...(HostnameType === undefined || HostnameType === was?.HostnameType
      ? []
      : [{ PrivateDnsHostnameTypeOnLaunch: HostnameType }]),
    ...(a === undefined || a === was?.EnableResourceNameDnsARecord
      ? []
      : [{ EnableResourceNameDnsARecordOnLaunch: { Value: a } }]),
    ...(aaaa === undefined || aaaa === was?.EnableResourceNameDnsAAAARecord
      ? []
      : [{ EnableResourceNameDnsAAAARecordOnLaunch: { Value: aaaa } }]),
  ];
}

type NameOptions = NonNullable<Subnet['PrivateDnsNameOptionsOnLaunch']>;

async function setIpv6Block(
  context: ProviderContext,
  one: Subnet,
  before: Properties,
  after: Properties,
): Promise<void> {
  const wanted = text(after.Ipv6CidrBlock);
  if (wanted === undefined && before.Ipv6CidrBlock === undefined) return;
  const ec2 = await context.aws.ec2();
  const isWanted = (block: string | undefined) => canonicalCidr(block) === wanted;
  const blocks = (one.Ipv6CidrBlockAssociationSet ?? []).filter((block) =>
    isThere(block.Ipv6CidrBlockState?.State),
  );
  for (const { AssociationId } of blocks.filter((block) => !isWanted(block.Ipv6CidrBlock))) {
    await ec2.disassociateSubnetCidrBlock({ AssociationId });
  }
  if (wanted === undefined || blocks.some((block) => isWanted(block.Ipv6CidrBlock))) return;
  await ec2.associateSubnetCidrBlock({ SubnetId: one.SubnetId, Ipv6CidrBlock: wanted });
  await until(context, `${wanted} associated with subnet ${one.SubnetId}`, 2 * 60_000, async () => {
    const now = await describeOne(context, subnets, one.SubnetId!);
    return now?.Ipv6CidrBlockAssociationSet?.some(
      (block) => isWanted(block.Ipv6CidrBlock) && isAssociated(block.Ipv6CidrBlockState?.State),
    )
      ? true
      : undefined;
  });
}

function available(context: ProviderContext, id: string): Promise<Subnet> {
  return until(context, `subnet ${id} ready`, 5 * 60_000, async () => {
    const one = await describeOne(context, subnets, id);
    return one?.State === 'available' ? one : undefined;
  });
}
