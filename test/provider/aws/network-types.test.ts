import { expect, test } from 'vitest';
import { type Properties, unknown } from '../../../src/base/value.ts';
import { changesOfEntries } from '../../../src/provider/aws/ec2/prefix-list-entries.ts';
import type { Neighbour, ReplaceOrder } from '../../../src/provider/provider.ts';
import { resourceType } from '../../../src/provider/registry.ts';

const newFirst = 'create-before-delete';
const oldFirst = 'delete-before-create';

test.each<[string, string, Properties, Properties, ReplaceOrder]>([
  [
    'a NAT gateway that keeps its address',
    'NatGateway',
    { AllocationId: 'a', SubnetId: 's' },
    { AllocationId: 'a', SubnetId: 't' },
    oldFirst,
  ],
  [
    'a NAT gateway with a new address',
    'NatGateway',
    { AllocationId: 'a' },
    { AllocationId: unknown },
    newFirst,
  ],
  [
    'a NAT gateway that keeps an address beside its first',
    'NatGateway',
    { AllocationId: 'a', SecondaryAllocationIds: ['b'] },
    { AllocationId: 'b' },
    oldFirst,
  ],
  [
    'a private NAT gateway with a fixed address',
    'NatGateway',
    { SubnetId: 's', PrivateIpAddress: '10.0.0.9' },
    { SubnetId: 's', PrivateIpAddress: '10.0.0.9' },
    oldFirst,
  ],
  ['an address that is asked for by name', 'EIP', { Address: '1.2.3.4' }, { Address: '1.2.3.4' }, oldFirst],
  ['any address', 'EIP', { Domain: 'vpc' }, { Domain: 'vpc' }, newFirst],
  [
    'an association of the same address',
    'EIPAssociation',
    { AllocationId: 'a', InstanceId: 'i' },
    { AllocationId: 'a', InstanceId: 'j' },
    oldFirst,
  ],
  [
    'an association with the same instance',
    'EIPAssociation',
    { AllocationId: 'a', InstanceId: 'i' },
    { AllocationId: 'b', InstanceId: 'i' },
    oldFirst,
  ],
  [
    'an association of another address with another instance',
    'EIPAssociation',
    { AllocationId: 'a', InstanceId: 'i' },
    { AllocationId: 'b', InstanceId: 'j' },
    newFirst,
  ],
  [
    'an overlapping block',
    'VPCCidrBlock',
    { VpcId: 'v', CidrBlock: '10.1.0.0/16' },
    { VpcId: 'v', CidrBlock: '10.1.0.0/20' },
    oldFirst,
  ],
  [
    'a block elsewhere',
    'VPCCidrBlock',
    { VpcId: 'v', CidrBlock: '10.1.0.0/16' },
    { VpcId: 'v', CidrBlock: '10.2.0.0/16' },
    newFirst,
  ],
  [
    'a block of a subnet',
    'SubnetCidrBlock',
    { SubnetId: 's', Ipv6CidrBlock: '2001:db8::/64' },
    { SubnetId: 's', Ipv6CidrBlock: '2001:db8:0:1::/64' },
    oldFirst,
  ],
  [
    'an ACL of a subnet, which is never without one',
    'SubnetNetworkAclAssociation',
    { SubnetId: 's', NetworkAclId: 'a' },
    { SubnetId: 's', NetworkAclId: 'b' },
    newFirst,
  ],
  [
    'DHCP options of a VPC, which is never without some',
    'VPCDHCPOptionsAssociation',
    { VpcId: 'v', DhcpOptionsId: 'a' },
    { VpcId: 'v', DhcpOptionsId: 'b' },
    newFirst,
  ],
  [
    'an entry of another number',
    'NetworkAclEntry',
    { NetworkAclId: 'a', RuleNumber: 1, Egress: false },
    { NetworkAclId: 'a', RuleNumber: 2, Egress: false },
    newFirst,
  ],
  [
    'an endpoint of the same service',
    'VPCEndpoint',
    { VpcId: 'v', ServiceName: 's' },
    { VpcId: 'v', ServiceName: 's' },
    oldFirst,
  ],
  [
    'a connection of the same two',
    'VPCPeeringConnection',
    { VpcId: 'v', PeerVpcId: 'p' },
    { VpcId: 'v', PeerVpcId: 'p' },
    oldFirst,
  ],
])('%s (%s) is replaced in its order', (_name, type, before, after, wanted) => {
  expect(resourceType(`AWS::EC2::${type}`).order(before, after)).toBe(wanted);
});

const ref = (Ref: string) => ({ Ref });
const others: Neighbour[] = [
  { logicalId: 'Vpc', type: 'AWS::EC2::VPC', properties: { CidrBlock: '10.0.0.0/16' } },
  {
    logicalId: 'Six',
    type: 'AWS::EC2::VPCCidrBlock',
    properties: { VpcId: ref('Vpc'), AmazonProvidedIpv6CidrBlock: true },
  },
  {
    logicalId: 'More',
    type: 'AWS::EC2::VPCCidrBlock',
    properties: { VpcId: ref('Vpc'), CidrBlock: '10.1.0.0/16' },
  },
  {
    logicalId: 'Elsewhere',
    type: 'AWS::EC2::VPCCidrBlock',
    properties: { VpcId: ref('Other'), CidrBlock: '10.1.0.0/16' },
  },
  {
    logicalId: 'Attachment',
    type: 'AWS::EC2::VPCGatewayAttachment',
    properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('Gateway') },
  },
  {
    logicalId: 'Subnet',
    type: 'AWS::EC2::Subnet',
    properties: { VpcId: ref('Vpc'), CidrBlock: '10.0.1.0/24' },
  },
  { logicalId: 'Card', type: 'AWS::EC2::NetworkInterface', properties: { SubnetId: ref('Subnet') } },
  { logicalId: 'Gateway', type: 'AWS::EC2::InternetGateway', properties: {} },
  { logicalId: 'Other', type: 'AWS::EC2::VPC', properties: {} },
];

test.each<[string, string, Properties, readonly string[]]>([
  [
    'a public NAT gateway',
    'NatGateway',
    { SubnetId: ref('Subnet'), ConnectivityType: 'public' },
    ['Attachment'],
  ],
  ['a private NAT gateway', 'NatGateway', { SubnetId: ref('Subnet'), ConnectivityType: 'private' }, []],
  [
    'an address on a network interface',
    'EIPAssociation',
    { NetworkInterfaceId: ref('Card') },
    ['Attachment'],
  ],
  [
    'a route table of a gateway',
    'GatewayRouteTableAssociation',
    { GatewayId: ref('Gateway') },
    ['Attachment'],
  ],
  ["a subnet in its VPC's first block", 'Subnet', { VpcId: ref('Vpc'), CidrBlock: '10.0.2.0/24' }, []],
  ['a subnet in a further block', 'Subnet', { VpcId: ref('Vpc'), CidrBlock: '10.1.2.0/24' }, ['More']],
  [
    'a subnet with a part of the IPv6 block that AWS gives',
    'Subnet',
    { VpcId: ref('Vpc'), CidrBlock: '10.0.2.0/24', Ipv6CidrBlock: { 'Fn::Select': [0, []] } },
    ['Six'],
  ],
  ['an IPv6 block of a subnet', 'SubnetCidrBlock', { SubnetId: ref('Subnet') }, ['Six', 'More']],
])('%s (%s) waits for what references do not show', (_name, type, self, wanted) => {
  expect(resourceType(`AWS::EC2::${type}`).hiddenDependencies?.(self, others)).toEqual(wanted);
});

test.each<[string, string, Properties, Properties]>([
  [
    'ports of what has none',
    'NetworkAclEntry',
    { Protocol: -1, PortRange: { From: 1, To: 2 } },
    { Protocol: -1, Egress: false },
  ],
  [
    'one half of an ICMP type',
    'NetworkAclEntry',
    { Protocol: 1, Icmp: { Type: 8 } },
    { Protocol: 1, Egress: false, Icmp: { Code: -1, Type: 8 } },
  ],
  [
    'a log group with a star',
    'FlowLog',
    { LogDestination: 'arn:aws:logs:x:1:log-group:g:*' },
    { LogDestination: 'arn:aws:logs:x:1:log-group:g', LogDestinationType: 'cloud-watch-logs', Tags: [] },
  ],
  ['an endpoint of which nothing is said', 'VPCEndpoint', {}, { VpcEndpointType: 'Gateway', Tags: [] }],
  [
    'an interface endpoint',
    'VPCEndpoint',
    { VpcEndpointType: 'Interface' },
    { VpcEndpointType: 'Interface', PrivateDnsEnabled: false, Tags: [] },
  ],
  [
    'a rule of ICMP',
    'SecurityGroupIngress',
    { GroupId: 'g', IpProtocol: 1 },
    { GroupId: 'g', IpProtocol: 'icmp', FromPort: -1, ToPort: -1 },
  ],
])('%s (%s) has one form', (_name, type, properties, wanted) => {
  expect(resourceType(`AWS::EC2::${type}`).canonicalise(properties)).toEqual(wanted);
});

const entries = (count: number, Description?: string) =>
  Array.from({ length: count }, (_, i) => ({
    Cidr: `10.${i}.0.0/16`,
    ...(Description ? { Description } : {}),
  }));

test.each<[string, readonly Properties[], readonly Properties[], readonly [number, number][]]>([
  ['nothing', entries(3), entries(3), []],
  ['some more', entries(3), entries(5), [[2, 0]]],
  ['some for others', [{ Cidr: '192.168.0.0/16' }], entries(2), [[2, 1]]],
  [
    'another description, which a call cannot both take away and add',
    entries(2),
    entries(2, 'new'),
    [
      [0, 2],
      [2, 0],
    ],
  ],
  [
    'more than a call takes',
    [],
    entries(250),
    [
      [100, 0],
      [100, 0],
      [50, 0],
    ],
  ],
])('a prefix list is changed by %s in as few calls as AWS takes', (_name, before, after, wanted) => {
  const steps = changesOfEntries(before, after);
  expect(steps.map(({ add, remove }) => [add.length, remove.length])).toEqual(wanted);
});
