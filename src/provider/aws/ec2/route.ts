import type { Route } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, isNotFound } from '../aws-error.ts';
import { canonicalCidr } from '../cidr.ts';
import { eventually } from '../eventually.ts';
import { untagged } from './adoption.ts';
import { describeOne, readBulk, routeTables } from './describe.ts';
import { attachmentsOfGateway } from './gateway-dependency.ts';

const type = 'AWS::EC2::Route';

/** Where the packets go: exactly one of these. */
const targets = [
  'GatewayId',
  'NatGatewayId',
  'InstanceId',
  'NetworkInterfaceId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
  'VpcEndpointId',
  'EgressOnlyInternetGatewayId',
  'LocalGatewayId',
  'CarrierGatewayId',
  'CoreNetworkArn',
  'OdbNetworkArn',
] as const;

/** Its physical id is what CloudFormation gives: `rtb-123|0.0.0.0/0`. It carries no tag: table and destination find it. */
export const route = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['CidrBlock'],

  order: (before, after) =>
    sameValue(before.RouteTableId, after.RouteTableId) &&
    sameValue(destinationOf(before), destinationOf(after))
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    const { DestinationCidrBlock: ipv4, DestinationIpv6CidrBlock: ipv6 } = given;
    return {
      ...given,
      ...(ipv4 === undefined ? {} : { DestinationCidrBlock: canonicalCidr(ipv4) }),
      ...(ipv6 === undefined ? {} : { DestinationIpv6CidrBlock: canonicalCidr(ipv6) }),
    };
  },

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one.logicalId]));
    const tables = await readBulk(
      context,
      routeTables,
      wanted.map(({ physicalId }) => tableOf(physicalId)),
    );
    return new Map(
      tables.flatMap(({ RouteTableId = '', Routes = [] }) =>
        Routes.flatMap((one) => {
          const now = live(RouteTableId, one);
          const logicalId = ids.get(now.physicalId);
          return logicalId === undefined || !isExplicit(one) ? [] : [[logicalId, now] as const];
        }),
      ),
    );
  },

  /** A route that is there and leads to the same target is the one: there can be no second. */
  async find(context, { properties }) {
    const now = await readOne(context, properties);
    return now !== undefined && sameTarget(now.properties, properties) ? now : undefined;
  },

  async create(context, { properties }) {
    const ec2 = await context.aws.ec2();
    try {
      await eventually(context, () => ec2.createRoute(inputOf(properties)));
    } catch (error) {
      if (errorCode(error) !== 'RouteAlreadyExists') throw error;
      const now = await readOne(context, properties);
      if (now === undefined || !sameTarget(now.properties, properties)) throw error;
    }
    return made(properties);
  },

  async update(context, { before, after }) {
    const ec2 = await context.aws.ec2();
    if (!sameTarget(before, after)) await eventually(context, () => ec2.replaceRoute(inputOf(after)));
    return made(after);
  },

  async delete(context, { physicalId }) {
    const ec2 = await context.aws.ec2();
    try {
      await ec2.deleteRoute({ RouteTableId: tableOf(physicalId), ...destinationIn(physicalId) });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },

  hiddenDependencies: (self, others) => attachmentsOfGateway(self.GatewayId, others),
});

function destinationOf(properties: Properties) {
  return (
    properties.DestinationCidrBlock ??
    properties.DestinationIpv6CidrBlock ??
    properties.DestinationPrefixListId
  );
}

function tableOf(physicalId: string): string {
  return physicalId.slice(0, physicalId.indexOf('|'));
}

function destinationIn(physicalId: string) {
  const destination = physicalId.slice(physicalId.indexOf('|') + 1);
  if (destination.startsWith('pl-')) return { DestinationPrefixListId: destination };
  return destination.includes(':')
    ? { DestinationIpv6CidrBlock: destination }
    : { DestinationCidrBlock: destination };
}

/** Not the VPC's own local route, and not one that a virtual private gateway propagates. */
function isExplicit(one: Route): boolean {
  return one.Origin === undefined || one.Origin === 'CreateRoute';
}

function live(RouteTableId: string, one: Route): Live {
  // A gateway load balancer endpoint is given as `VpcEndpointId` and answered as a gateway.
  const isEndpoint = one.GatewayId?.startsWith('vpce-');
  return made(
    present({
      RouteTableId,
      DestinationCidrBlock: one.DestinationCidrBlock,
      DestinationIpv6CidrBlock: canonicalCidr(one.DestinationIpv6CidrBlock),
      DestinationPrefixListId: one.DestinationPrefixListId,
      GatewayId: isEndpoint ? undefined : one.GatewayId,
      VpcEndpointId: isEndpoint ? one.GatewayId : undefined,
      NatGatewayId: one.NatGatewayId,
      InstanceId: one.InstanceId,
      NetworkInterfaceId: one.NetworkInterfaceId,
      TransitGatewayId: one.TransitGatewayId,
      VpcPeeringConnectionId: one.VpcPeeringConnectionId,
      EgressOnlyInternetGatewayId: one.EgressOnlyInternetGatewayId,
      LocalGatewayId: one.LocalGatewayId,
      CarrierGatewayId: one.CarrierGatewayId,
      CoreNetworkArn: one.CoreNetworkArn,
      OdbNetworkArn: one.OdbNetworkArn,
    }),
  );
}

function made(properties: Properties): Live {
  const destination = text(destinationOf(properties)) ?? '';
  return {
    physicalId: `${text(properties.RouteTableId)}|${destination}`,
    properties,
    attributes: { CidrBlock: destination },
  };
}

/** A route to an instance is answered with its network interface too: only what is asked for is compared. */
function sameTarget(now: Properties, wanted: Properties): boolean {
  return targets.every((name) => wanted[name] === undefined || now[name] === wanted[name]);
}

async function readOne(context: ProviderContext, properties: Properties): Promise<Live | undefined> {
  const { physicalId } = made(properties);
  const table = await describeOne(context, routeTables, tableOf(physicalId));
  return table?.Routes?.filter(isExplicit)
    .map((one) => live(table.RouteTableId!, one))
    .find((one) => one.physicalId === physicalId);
}

function inputOf(p: Properties) {
  return {
    RouteTableId: text(p.RouteTableId),
    DestinationCidrBlock: text(p.DestinationCidrBlock),
    DestinationIpv6CidrBlock: text(p.DestinationIpv6CidrBlock),
    DestinationPrefixListId: text(p.DestinationPrefixListId),
    ...Object.fromEntries(targets.flatMap((name) => (p[name] === undefined ? [] : [[name, text(p[name])]]))),
  };
}
