/** A network interface as the cloud has it now. */
import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { Properties } from '../../../base/value.ts';
import { objects, present, sortedSet } from '../../plain-value.ts';
import type { Live } from '../../provider.ts';
import { liveTags } from '../tags.ts';
import { canonicalAddresses } from './network-interface-addresses.ts';

/** @param recorded says whether the list of addresses was given with the primary one in it */
export function liveInterface(one: NetworkInterface, recorded: Properties): Live {
  const Id = one.NetworkInterfaceId!;
  const all = one.PrivateIpAddresses ?? [];
  const secondary = all.filter((address) => address.Primary !== true);
  const given = objects(recorded.PrivateIpAddresses);
  const isWithPrimary = given.length === 0 || given.some((address) => address.Primary === true);
  const ipv6 = one.Ipv6Addresses ?? [];
  return {
    physicalId: Id,
    properties: present({
      SubnetId: one.SubnetId,
      Description: one.Description || undefined,
      PrivateIpAddress: one.PrivateIpAddress,
      ...canonicalAddresses(
        present({
          PrivateIpAddresses: (isWithPrimary ? all : secondary).map(
            ({ PrivateIpAddress, Primary = false }) => ({
              PrivateIpAddress,
              Primary,
            }),
          ),
          Ipv6Addresses: ipv6.map(({ Ipv6Address }) => ({ Ipv6Address })),
          Ipv4Prefixes: (one.Ipv4Prefixes ?? []).map(({ Ipv4Prefix }) => ({ Ipv4Prefix })),
          Ipv6Prefixes: (one.Ipv6Prefixes ?? []).map(({ Ipv6Prefix }) => ({ Ipv6Prefix })),
        }),
      ),
      SecondaryPrivateIpAddressCount: secondary.length,
      Ipv6AddressCount: ipv6.length,
      Ipv4PrefixCount: one.Ipv4Prefixes?.length ?? 0,
      Ipv6PrefixCount: one.Ipv6Prefixes?.length ?? 0,
      GroupSet: sortedSet((one.Groups ?? []).map(({ GroupId = '' }) => GroupId)),
      SourceDestCheck: one.SourceDestCheck ?? true,
      InterfaceType: one.InterfaceType,
      ConnectionTrackingSpecification: one.ConnectionTrackingConfiguration,
      PublicIpDnsHostnameTypeSpecification: one.PublicIpDnsNameOptions?.DnsHostnameType,
      Tags: liveTags(one.TagSet),
    }),
    attributes: {
      Id,
      PrimaryPrivateIpAddress: one.PrivateIpAddress ?? '',
      SecondaryPrivateIpAddresses: secondary.map(({ PrivateIpAddress = '' }) => PrivateIpAddress),
      PrimaryIpv6Address: ipv6.find(({ IsPrimaryIpv6 }) => IsPrimaryIpv6)?.Ipv6Address ?? '',
      VpcId: one.VpcId ?? '',
    },
  };
}
