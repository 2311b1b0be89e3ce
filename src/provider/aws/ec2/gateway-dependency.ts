/**
 * An edge that references do not show: what reaches the internet needs the VPC's gateway attached before it is made,
 * and the gateway stays attached until it is gone.
 */
import type { Value } from '../../../base/value.ts';
import type { Neighbour } from '../../provider.ts';
import { isSame, neighbourOf, neighboursOf } from './neighbours.ts';

const attachmentType = 'AWS::EC2::VPCGatewayAttachment';

/** Attachments of this gateway, for a route to it. */
export function attachmentsOfGateway(
  gateway: Value | undefined,
  others: readonly Neighbour[],
): readonly string[] {
  if (gateway === undefined) return [];
  return attachments(others)
    .filter(({ properties: p }) =>
      [p.InternetGatewayId, p.VpnGatewayId].some((id) => isSame(id, gateway, others)),
    )
    .map(({ logicalId }) => logicalId);
}

/**
 * Attachments of the VPC that holds one of the subnets. A subnet that is not of this stack, or that only the cloud
 * can name, may be in any of the stack's VPCs: then it is all of them.
 */
export function attachmentsAround(
  subnets: readonly Value[],
  others: readonly Neighbour[],
): readonly string[] {
  if (subnets.length === 0) return [];
  const vpcs = subnets.map((subnet) => {
    const own = neighbourOf(subnet, others);
    return own?.type === 'AWS::EC2::Subnet' ? own.properties.VpcId : undefined;
  });
  return attachments(others)
    .filter(({ properties }) =>
      vpcs.some((vpc) => vpc === undefined || isSame(vpc, properties.VpcId, others)),
    )
    .map(({ logicalId }) => logicalId);
}

/** Attachments of the VPC that holds one of the instances or network interfaces, as `attachmentsAround` has them. */
export function attachmentsAroundUsers(
  users: readonly (Value | undefined)[],
  others: readonly Neighbour[],
): readonly string[] {
  const subnets = users
    .filter((user) => user !== undefined)
    .map((user) => neighbourOf(user, others)?.properties.SubnetId ?? user);
  return attachmentsAround(subnets, others);
}

function attachments(others: readonly Neighbour[]): readonly Neighbour[] {
  return neighboursOf(attachmentType, others);
}
