/** A NAT gateway as the cloud has it now. */
import type { NatGateway, NatGatewayAddress } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../../base/error.ts';
import { present, sortedSet } from '../../plain-value.ts';
import type { Live, ProviderContext } from '../../provider.ts';
import { until } from '../eventually.ts';
import { liveTags } from '../tags.ts';
import { describeOne } from './describe.ts';
import { allNatGateways } from './describe-network.ts';

export function liveNatGateway(one: NatGateway): Live {
  const addresses = addressesOf(one);
  const primary = addresses.find(({ IsPrimary }) => IsPrimary) ?? addresses[0];
  const secondary = addresses.filter((address) => address !== primary);
  const isRegional = one.AvailabilityMode === 'regional';
  return {
    physicalId: one.NatGatewayId!,
    properties: present({
      SubnetId: one.SubnetId,
      VpcId: one.VpcId,
      ConnectivityType: one.ConnectivityType ?? 'public',
      AvailabilityMode: one.AvailabilityMode ?? 'zonal',
      Tags: liveTags(one.Tags),
      ...(isRegional
        ? { AvailabilityZoneAddresses: zonesOf(addresses) }
        : {
            AllocationId: primary?.AllocationId,
            PrivateIpAddress: primary?.PrivateIp,
            SecondaryAllocationIds: namesOf(secondary, 'AllocationId'),
            SecondaryPrivateIpAddresses: namesOf(secondary, 'PrivateIp'),
          }),
    }),
    attributes: present({
      NatGatewayId: one.NatGatewayId,
      EniId: primary?.NetworkInterfaceId,
      AutoProvisionZones: one.AutoProvisionZones,
      AutoScalingIps: one.AutoScalingIps,
      RouteTableId: one.RouteTableId,
    }),
  };
}

/** Without those that are on their way out. */
export function addressesOf({ NatGatewayAddresses = [] }: NatGateway): NatGatewayAddress[] {
  return NatGatewayAddresses.filter(
    ({ Status }) => Status !== 'disassociating' && Status !== 'unassigning' && Status !== 'failed',
  );
}

function namesOf(addresses: readonly NatGatewayAddress[], name: 'AllocationId' | 'PrivateIp') {
  const names = addresses.flatMap((address) => address[name] ?? []);
  return names.length === 0 ? undefined : sortedSet(names);
}

function zonesOf(addresses: readonly NatGatewayAddress[]) {
  const byZone = Map.groupBy(addresses, (one) => one.AvailabilityZone ?? '');
  const zones = [...byZone].map(([AvailabilityZone, some]) => ({
    AvailabilityZone,
    AllocationIds: namesOf(some, 'AllocationId') ?? [],
  }));
  return sortedSet(zones);
}

/**
 * Usable, with every address that it was given.
 *
 * @throws SlipwayError `cloud-refused` with AWS's reason when it never will be
 */
export function untilAvailable(context: ProviderContext, id: string): Promise<NatGateway> {
  return until(context, `NAT gateway ${id} available`, 10 * 60_000, async () => {
    const one = await describeOne(context, allNatGateways, id);
    if (one?.State === 'failed') {
      throw new SlipwayError('cloud-refused', {
        summary: `AWS could not make NAT gateway ${id}: ${one.FailureMessage ?? one.FailureCode ?? 'it does not say why'}`,
        remedy: 'Mend what it names, and apply again: AWS removes the failed gateway by itself.',
      });
    }
    const isSettled = (one?.NatGatewayAddresses ?? []).every(
      ({ Status }) => Status === undefined || Status === 'succeeded' || Status === 'failed',
    );
    return one?.State === 'available' && isSettled ? one : undefined;
  });
}
