import type { VpcEndpoint } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties, Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { flag, sortedSet, structure, text, texts } from '../../plain-value.ts';
import { defineResourceType, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, isNotFound } from '../aws-error.ts';
import { clientToken } from '../client-token.ts';
import { eventually, until } from '../eventually.ts';
import { canonicalPolicy, policyText } from '../iam/policy-document.ts';
import { refused } from '../refused.ts';
import { canonicalTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, readBulk } from './describe.ts';
import { allVpcEndpoints, vpcEndpoints } from './describe-network.ts';
import { tagSpecifications, updateTags } from './tagging.ts';
import { liveVpcEndpoint, untilUsable } from './vpc-endpoint-live.ts';

const type = 'AWS::EC2::VPCEndpoint';

/** Lists whose order means nothing, and the words for adding to and taking from each. */
const sets = [
  ['RouteTableIds', 'AddRouteTableIds', 'RemoveRouteTableIds'],
  ['SubnetIds', 'AddSubnetIds', 'RemoveSubnetIds'],
  ['SecurityGroupIds', 'AddSecurityGroupIds', 'RemoveSecurityGroupIds'],
] as const;

export const vpcEndpoint = defineResourceType({
  type,
  adoption: byTaggedId('vpce'),
  attributes: ['CreationTimestamp', 'DnsEntries', 'Id', 'NetworkInterfaceIds'],

  /**
   * In one VPC, a route table has one gateway endpoint of a service, and a service's private name is one
   * endpoint's.
   */
  order: (before, after) =>
    sameValue(before.VpcId, after.VpcId) && sameValue(before.ServiceName, after.ServiceName)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    const kind = given.VpcEndpointType ?? impliedType(given);
    return {
      ...given,
      VpcEndpointType: kind,
      // EC2's own default is true. CloudFormation's is false.
      ...(kind === 'Interface' ? { PrivateDnsEnabled: given.PrivateDnsEnabled ?? false } : {}),
      ...(given.PolicyDocument === undefined
        ? {}
        : { PolicyDocument: canonicalPolicy(given.PolicyDocument) }),
      ...Object.fromEntries(
        sets.flatMap(([name]) => (given[name] === undefined ? [] : [[name, sortedSet(given[name])!]])),
      ),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    const all = await readBulk(context, vpcEndpoints, ids);
    return wantedAmong(wanted, all.map(liveVpcEndpoint));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, vpcEndpoints, pending.intent);
    return found && liveVpcEndpoint(found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { properties: p } = request;
    const { VpcEndpoint: made } = await eventually(context, () =>
      ec2.createVpcEndpoint({
        VpcId: text(p.VpcId),
        ServiceName: text(p.ServiceName),
        VpcEndpointType: text(p.VpcEndpointType) as VpcEndpoint['VpcEndpointType'],
        PolicyDocument: p.PolicyDocument === undefined ? undefined : policyText(p.PolicyDocument),
        RouteTableIds: texts(p.RouteTableIds),
        SubnetIds: texts(p.SubnetIds),
        SecurityGroupIds: texts(p.SecurityGroupIds),
        PrivateDnsEnabled: flag(p.PrivateDnsEnabled),
        IpAddressType: text(p.IpAddressType) as VpcEndpoint['IpAddressType'],
        DnsOptions: structure<NonNullable<VpcEndpoint['DnsOptions']>>(p.DnsOptions),
        ServiceRegion: text(p.ServiceRegion),
        ResourceConfigurationArn: text(p.ResourceConfigurationArn),
        ServiceNetworkArn: text(p.ServiceNetworkArn),
        ClientToken: clientToken(request.intent),
        TagSpecifications: tagSpecifications(request, 'vpc-endpoint'),
      }),
    );
    return madeAs(await untilUsable(context, made!.VpcEndpointId!), p);
  },

  async update(context, request) {
    const { before, after, physicalId } = request;
    await updateTags(context, request);
    await change(context, physicalId, before, after);
    return madeAs(await untilUsable(context, physicalId), after);
  },

  /** Until then its network interfaces hold its subnets and groups. */
  async delete(context, { physicalId }) {
    const ec2 = await context.aws.ec2();
    try {
      const { Unsuccessful = [] } = await ec2.deleteVpcEndpoints({ VpcEndpointIds: [physicalId] });
      const [failure] = Unsuccessful;
      if (failure?.Error?.Code?.endsWith('.NotFound')) return;
      if (failure !== undefined) throw refused(`delete VPC endpoint ${physicalId}`, failure.Error?.Message);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    await until(context, `VPC endpoint ${physicalId} deleted`, 15 * 60_000, async () =>
      (await describeDeleting(context, physicalId)) ? undefined : true,
    );
  },
});

function impliedType({ ResourceConfigurationArn, ServiceNetworkArn }: Properties): string {
  if (ResourceConfigurationArn !== undefined) return 'Resource';
  return ServiceNetworkArn === undefined ? 'Gateway' : 'ServiceNetwork';
}

/** What was set a moment ago, over a description that may be older than it. */
function madeAs(one: VpcEndpoint, properties: Properties) {
  const now = liveVpcEndpoint(one);
  return { ...now, properties: { ...now.properties, Tags: properties.Tags ?? [] } };
}

async function change(
  context: ProviderContext,
  VpcEndpointId: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const differs = (name: string) => !sameValue(before[name], after[name]);
  const moved = sets.flatMap(([name, add, remove]) => [
    ...entry(add, without(after[name], before[name])),
    // One that the template does not speak of is AWS's choice, and stays.
    ...(before[name] === undefined ? [] : entry(remove, without(before[name], after[name]))),
  ]);
  const policy = after.PolicyDocument;
  const input = {
    ...Object.fromEntries(moved),
    ...(differs('PolicyDocument')
      ? policy === undefined
        ? { ResetPolicy: true }
        : { PolicyDocument: policyText(policy) }
      : {}),
    ...(differs('PrivateDnsEnabled') && after.PrivateDnsEnabled !== undefined
      ? { PrivateDnsEnabled: flag(after.PrivateDnsEnabled) }
      : {}),
    ...(differs('IpAddressType') && after.IpAddressType !== undefined
      ? { IpAddressType: text(after.IpAddressType) as VpcEndpoint['IpAddressType'] }
      : {}),
    ...(differs('DnsOptions') && after.DnsOptions !== undefined
      ? { DnsOptions: structure<NonNullable<VpcEndpoint['DnsOptions']>>(after.DnsOptions) }
      : {}),
  };
  if (Object.keys(input).length === 0) return;
  // One change at a time: AWS refuses a second while the first is on its way.
  await eventually(
    context,
    () => ec2.modifyVpcEndpoint({ VpcEndpointId, ...input }),
    (error) => isNotFound(error) || errorCode(error) === 'OperationInProgress',
  );
}

function entry(name: string, ids: readonly string[]): [string, readonly string[]][] {
  return ids.length === 0 ? [] : [[name, ids]];
}

function without(some: Value | undefined, others: Value | undefined): string[] {
  const kept = texts(others) ?? [];
  return (texts(some) ?? []).filter((one) => !kept.includes(one));
}

/** Whether it is still there, in whatever state but gone. */
async function describeDeleting(context: ProviderContext, id: string): Promise<boolean> {
  const one = await describeOne(context, allVpcEndpoints, id);
  return one !== undefined && one.State?.toLowerCase() !== 'deleted';
}
