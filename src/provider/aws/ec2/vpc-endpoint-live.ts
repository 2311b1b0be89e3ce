/** A VPC endpoint as the cloud has it now. */
import type { VpcEndpoint } from '@aws-sdk/client-ec2';
import { present, sortedSet } from '../../plain-value.ts';
import type { Live, ProviderContext } from '../../provider.ts';
import { until } from '../eventually.ts';
import { canonicalPolicy } from '../iam/policy-document.ts';
import { refused } from '../refused.ts';
import { liveTags } from '../tags.ts';
import { describeOne } from './describe.ts';
import { vpcEndpoints } from './describe-network.ts';

export function liveVpcEndpoint(one: VpcEndpoint): Live {
  const Id = one.VpcEndpointId!;
  return {
    physicalId: Id,
    properties: present({
      VpcId: one.VpcId,
      ServiceName: one.ServiceName,
      VpcEndpointType: one.VpcEndpointType,
      PolicyDocument: one.PolicyDocument === undefined ? undefined : canonicalPolicy(one.PolicyDocument),
      RouteTableIds: sortedSet(one.RouteTableIds ?? []),
      SubnetIds: sortedSet(one.SubnetIds ?? []),
      SecurityGroupIds: sortedSet((one.Groups ?? []).map(({ GroupId = '' }) => GroupId)),
      PrivateDnsEnabled: one.PrivateDnsEnabled,
      IpAddressType: one.IpAddressType,
      DnsOptions: one.DnsOptions,
      ServiceRegion: one.ServiceRegion,
      ResourceConfigurationArn: one.ResourceConfigurationArn,
      ServiceNetworkArn: one.ServiceNetworkArn,
      Tags: liveTags(one.Tags),
    }),
    attributes: present({
      Id,
      CreationTimestamp: one.CreationTimestamp,
      NetworkInterfaceIds: one.NetworkInterfaceIds ?? [],
      DnsEntries: (one.DnsEntries ?? []).map(
        ({ HostedZoneId = '', DnsName = '' }) => `${HostedZoneId}:${DnsName}`,
      ),
    }),
  };
}

/**
 * Available, or waiting for the owner of its service to accept it, which may take days: CloudFormation goes on then.
 *
 * @throws SlipwayError `cloud-refused` when it never will be
 */
export function untilUsable(context: ProviderContext, id: string): Promise<VpcEndpoint> {
  return until(context, `VPC endpoint ${id} available`, 15 * 60_000, async () => {
    const one = await describeOne(context, vpcEndpoints, id);
    const state = one?.State?.toLowerCase() ?? '';
    if (['failed', 'rejected', 'expired', 'partial'].includes(state)) {
      throw refused(
        `make VPC endpoint ${id}`,
        one?.LastError?.Message ?? one?.FailureReason ?? `it is ${state}`,
      );
    }
    return state === 'available' || state === 'pendingacceptance' ? one : undefined;
  });
}
