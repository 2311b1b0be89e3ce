/**
 * An edge that references do not show: an address range of a VPC must be there before a subnet takes a part of it,
 * and stays until the subnet is gone.
 */
import { isObject, type Properties, type Value } from '../../../base/value.ts';
import type { Neighbour } from '../../provider.ts';
import { overlap } from '../cidr.ts';
import { isSame, neighbourOf, neighboursOf } from './neighbours.ts';

/** Blocks that the VPC of one of the subnets is given in this stack. */
export function blocksAround(
  subnets: readonly (Value | undefined)[],
  others: readonly Neighbour[],
): readonly string[] {
  return blocks(others)
    .filter(({ properties }) =>
      subnets.some((subnet) => {
        const own = subnet === undefined ? undefined : neighbourOf(subnet, others);
        return isSame(own?.properties.VpcId, properties.VpcId, others);
      }),
    )
    .map(({ logicalId }) => logicalId);
}

/** Blocks that a subnet may take its addresses from: by what is known of both, and not of a pool's choice. */
export function blocksOfSubnet(subnet: Properties, others: readonly Neighbour[]): readonly string[] {
  return blocks(others)
    .filter(
      ({ properties }) =>
        isSame(subnet.VpcId, properties.VpcId, others) &&
        (mayHold(properties.CidrBlock, subnet.CidrBlock, properties.Ipv4IpamPoolId) ||
          mayHold(
            properties.Ipv6CidrBlock,
            subnet.Ipv6CidrBlock,
            properties.AmazonProvidedIpv6CidrBlock ?? properties.Ipv6IpamPoolId,
          )),
    )
    .map(({ logicalId }) => logicalId);
}

/** @param chosen said where AWS chooses the block: then nobody knows it before */
function mayHold(block: Value | undefined, part: Value | undefined, chosen: Value | undefined): boolean {
  if (part === undefined) return false;
  if (block === undefined) return chosen !== undefined;
  return isObject(block) || isObject(part) || overlap(String(block), String(part));
}

function blocks(others: readonly Neighbour[]): readonly Neighbour[] {
  return neighboursOf('AWS::EC2::VPCCidrBlock', others);
}
