import { countByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

const group = {
  type: 'AWS::EC2::SecurityGroup',
  properties: { GroupDescription: 'example', VpcId: { Ref: 'Vpc' } },
};
const address = (last: number, Primary: boolean) => ({ PrivateIpAddress: `10.20.1.${last}`, Primary });
const noIpv6 = "needs an IPv6 block of the subnet, which moto's subnets do not take";
const ignored = 'moto ignores it or does not give it back';

export const networkInterface: Example = {
  type: 'AWS::EC2::NetworkInterface',
  creates: 'CreateNetworkInterface',
  needs: {
    ...exampleVpc,
    Subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24' } },
    Group: group,
    OtherGroup: group,
  },
  properties: {
    SubnetId: { Ref: 'Subnet' },
    Description: 'example',
    GroupSet: [{ Ref: 'Group' }],
    PrivateIpAddresses: [address(20, false), address(10, true)],
    Tags: exampleTags,
  },
  edits: {
    'another description': { Description: 'other' },
    groups: { GroupSet: [{ Ref: 'OtherGroup' }, { Ref: 'Group' }] },
    'the default group': { GroupSet: undefined },
    'packets for others': { SourceDestCheck: false },
    'another secondary address': { PrivateIpAddresses: [address(10, true), address(21, false)] },
    'secondary addresses of choice': { PrivateIpAddresses: undefined, SecondaryPrivateIpAddressCount: 2 },
    ...tagEdits,
  },
  replacing: {
    'another primary address': { PrivateIpAddresses: [address(11, true), address(20, false)] },
  },
  notHere: {
    Ipv6Addresses: noIpv6,
    Ipv6AddressCount: noIpv6,
    EnablePrimaryIpv6: noIpv6,
    Ipv4Prefixes: ignored,
    Ipv4PrefixCount: ignored,
    Ipv6Prefixes: ignored,
    Ipv6PrefixCount: ignored,
    ConnectionTrackingSpecification: ignored,
    PublicIpDnsHostnameTypeSpecification: 'moto has no ModifyPublicIpDnsNameOptions',
  },
  sameAs: {
    'only the secondary address': {
      SubnetId: { Ref: 'Subnet' },
      Description: 'example',
      GroupSet: [{ Ref: 'Group' }],
      PrivateIpAddresses: [address(20, false)],
      SourceDestCheck: 'true',
      Tags: exampleTags,
    },
  },
  count: countByIntent(
    async (ec2, Filters) => (await ec2.describeNetworkInterfaces({ Filters })).NetworkInterfaces,
  ),
};
