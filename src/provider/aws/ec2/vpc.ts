import type { NetworkAcl, RouteTable, SecurityGroup, Vpc } from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { flag, integer, present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext, type ReadContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { canonicalCidr } from '../cidr.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { createOnce, eventually, until } from '../eventually.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { byTaggedId } from './adoption.ts';
import {
  describeByIntent,
  describeOne,
  internetGateways,
  listByFilter,
  networkAcls,
  readBulk,
  readingIds,
  routeTables,
  securityGroups,
  subnets,
  vpcs,
} from './describe.ts';
import { interfacesIn } from './holders.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::VPC';

export const vpc = defineResourceType({
  type,
  adoption: byTaggedId('vpc'),
  attributes: [
    'VpcId',
    'CidrBlock',
    'CidrBlockAssociations',
    'DefaultNetworkAcl',
    'DefaultSecurityGroup',
    'Ipv6CidrBlocks',
  ],
  unsupported: ['VpcEncryptionControl'],
  // DescribeVpcs does not say which pool a block came from.
  writeOnly: ['Ipv4IpamPoolId', 'Ipv4NetmaskLength'],
  order: () => 'create-before-delete',

  // From dedicated to default is the one change of tenancy that AWS makes in place.
  replaces: (property, before, after) =>
    property === 'InstanceTenancy' &&
    !(before.InstanceTenancy === 'dedicated' && after.InstanceTenancy === 'default'),

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(given.CidrBlock === undefined ? {} : { CidrBlock: canonicalCidr(given.CidrBlock) }),
      InstanceTenancy: given.InstanceTenancy ?? 'default',
      EnableDnsSupport: given.EnableDnsSupport ?? true,
      EnableDnsHostnames: given.EnableDnsHostnames ?? false,
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one.logicalId]));
    const all = await readBulk(context, vpcs, [...ids.keys()]);
    const found = all.filter(({ VpcId = '' }) => ids.has(VpcId));
    const [dns, defaults] = await Promise.all([readDns(context, found), readDefaults(context, found)]);
    return new Map(
      found.map((one) => {
        const id = one.VpcId!;
        return [ids.get(id)!, { ...live(one, dns.get(id)!), attributes: attributes(one, defaults) }] as const;
      }),
    );
  },

  async find(context, pending) {
    const found = await describeByIntent(context, vpcs, pending.intent);
    return found && readOne(context, found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { properties: p } = request;
    const made = await createOnce(
      context,
      async () =>
        (
          await ec2.createVpc({
            CidrBlock: text(p.CidrBlock),
            Ipv4IpamPoolId: text(p.Ipv4IpamPoolId),
            Ipv4NetmaskLength: integer(p.Ipv4NetmaskLength),
            InstanceTenancy: text(p.InstanceTenancy) as Vpc['InstanceTenancy'],
            TagSpecifications: tagSpecifications(request, 'vpc'),
          })
        ).Vpc!,
      () => describeByIntent(context, vpcs, request.intent),
    );
    const one = await available(context, made.VpcId!);
    await setDns(context, made.VpcId!, { EnableDnsSupport: true, EnableDnsHostnames: false }, p);
    const defaults = await readDefaults(readingIds(context), [one]);
    return { ...live(one, dnsOf(p)), attributes: attributes(one, defaults) };
  },

  async update(context, request) {
    const { before, after, physicalId: VpcId } = request;
    const ec2 = await context.aws.ec2();
    await updateTags(context, request);
    if (before.InstanceTenancy === 'dedicated' && after.InstanceTenancy === 'default') {
      await ec2.modifyVpcTenancy({ VpcId, InstanceTenancy: 'default' });
    }
    await setDns(context, VpcId, before, after);
    const one = await available(context, VpcId);
    const defaults = await readDefaults(readingIds(context), [one]);
    return {
      physicalId: VpcId,
      properties: { ...live(one, dnsOf(after)).properties, Tags: after.Tags ?? [] },
      attributes: attributes(one, defaults),
    };
  },

  async delete(context, { physicalId: VpcId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `VPC ${VpcId}`,
      send: () => ec2.deleteVpc({ VpcId }),
      holders: () => holders(context, VpcId),
    });
  },
});

type Dns = { readonly EnableDnsSupport: boolean; readonly EnableDnsHostnames: boolean };

function live(one: Vpc, dns: Dns): Live {
  return {
    physicalId: one.VpcId!,
    properties: present({
      CidrBlock: one.CidrBlock,
      InstanceTenancy: one.InstanceTenancy,
      ...dns,
      Tags: liveTags(one.Tags),
    }),
    attributes: {},
  };
}

interface Defaults {
  readonly acls: ReadonlyMap<string, NetworkAcl>;
  readonly groups: ReadonlyMap<string, SecurityGroup>;
}

function attributes(one: Vpc, defaults: Defaults): Live['attributes'] {
  const id = one.VpcId!;
  return present({
    VpcId: id,
    CidrBlock: one.CidrBlock,
    CidrBlockAssociations: (one.CidrBlockAssociationSet ?? []).map((block) => block.AssociationId),
    Ipv6CidrBlocks: (one.Ipv6CidrBlockAssociationSet ?? []).map((block) => block.Ipv6CidrBlock),
    DefaultNetworkAcl: defaults.acls.get(id)?.NetworkAclId,
    DefaultSecurityGroup: defaults.groups.get(id)?.GroupId,
  });
}

async function readOne(context: ProviderContext, one: Vpc): Promise<Live> {
  const reading = readingIds(context);
  const [dns, defaults] = await Promise.all([readDns(reading, [one]), readDefaults(reading, [one])]);
  return { ...live(one, dns.get(one.VpcId!)!), attributes: attributes(one, defaults) };
}

/**
 * The DNS switches are not in DescribeVpcs, and their API takes one VPC and one switch a call: two calls a VPC. It is
 * the one read that is not in bulk; VPCs are few.
 */
async function readDns(context: ReadContext, found: readonly Vpc[]): Promise<ReadonlyMap<string, Dns>> {
  const ec2 = await context.aws.ec2();
  const limit = pLimit(8);
  const answers = found.map(async ({ VpcId }) => {
    const [support, hostnames] = await Promise.all([
      limit(() => ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsSupport' })),
      limit(() => ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsHostnames' })),
    ]);
    const dns = {
      EnableDnsSupport: support.EnableDnsSupport?.Value ?? false,
      EnableDnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
    };
    return [VpcId!, dns] as const;
  });
  return new Map(await Promise.all(answers));
}

async function readDefaults(context: ReadContext, found: readonly Vpc[]): Promise<Defaults> {
  const ids = found.map((one) => one.VpcId!);
  const [acls, groups] = await Promise.all([
    listByFilter(context, networkAcls, 'vpc-id', ids),
    listByFilter(context, securityGroups, 'vpc-id', ids, [{ Name: 'group-name', Values: ['default'] }]),
  ]);
  return {
    acls: new Map(acls.filter((acl) => acl.IsDefault).map((acl) => [acl.VpcId!, acl])),
    groups: new Map(groups.map((group) => [group.VpcId!, group])),
  };
}

function dnsOf(properties: Properties): Dns {
  return {
    EnableDnsSupport: flag(properties.EnableDnsSupport) ?? true,
    EnableDnsHostnames: flag(properties.EnableDnsHostnames) ?? false,
  };
}

/** One switch a call. Host names need DNS support: it goes on before them and off after them. */
async function setDns(
  context: ProviderContext,
  VpcId: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const [was, wanted] = [dnsOf(before), dnsOf(after)];
  const support = async () => {
    if (was.EnableDnsSupport === wanted.EnableDnsSupport) return;
    const EnableDnsSupport = { Value: wanted.EnableDnsSupport };
    await eventually(context, () => ec2.modifyVpcAttribute({ VpcId, EnableDnsSupport }));
  };
  const hostnames = async () => {
    if (was.EnableDnsHostnames === wanted.EnableDnsHostnames) return;
    const EnableDnsHostnames = { Value: wanted.EnableDnsHostnames };
    await eventually(context, () => ec2.modifyVpcAttribute({ VpcId, EnableDnsHostnames }));
  };
  for (const step of wanted.EnableDnsSupport ? [support, hostnames] : [hostnames, support]) await step();
}

function available(context: ProviderContext, id: string): Promise<Vpc> {
  return until(context, `VPC ${id} ready`, 5 * 60_000, async () => {
    const one = await describeOne(context, vpcs, id);
    return one?.State === 'available' ? one : undefined;
  });
}

async function holders(context: ProviderContext, id: string): Promise<readonly string[]> {
  const ec2 = await context.aws.ec2();
  const inVpc = [{ Name: 'vpc-id', Values: [id] }];
  const [interfaces, networks, groups, tables, gateways] = await Promise.all([
    interfacesIn(context, 'vpc-id', id),
    subnets.list(ec2, inVpc),
    securityGroups.list(ec2, inVpc),
    routeTables.list(ec2, inVpc),
    internetGateways.list(ec2, [{ Name: 'attachment.vpc-id', Values: [id] }]),
  ]);
  const isMain = (table: RouteTable) => table.Associations?.some((one) => one.Main) ?? false;
  return [
    ...gateways.map((gateway) => `internet gateway ${gateway.InternetGatewayId}`),
    ...networks.map((subnet) => `subnet ${subnet.SubnetId}`),
    ...groups
      .filter((group) => group.GroupName !== 'default')
      .map((group) => `security group ${group.GroupId}`),
    ...tables.filter((table) => !isMain(table)).map((table) => `route table ${table.RouteTableId}`),
    ...interfaces,
  ];
}
