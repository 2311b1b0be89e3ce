import { countByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

export const subnet: Example = {
  type: 'AWS::EC2::Subnet',
  creates: 'CreateSubnet',
  needs: exampleVpc,
  properties: {
    VpcId: { Ref: 'Vpc' },
    CidrBlock: '10.20.1.0/24',
    AvailabilityZone: 'eu-west-1b',
    MapPublicIpOnLaunch: true,
    Tags: exampleTags,
  },
  edits: {
    'no public addresses': { MapPublicIpOnLaunch: false },
    ...tagEdits,
  },
  notHere: {
    AssignIpv6AddressOnCreation:
      'moto wants an IPv6 block of the VPC, which AWS::EC2::VPCCidrBlock would give',
    Ipv6CidrBlock: 'the same',
    EnableDns64: 'moto ignores it',
    EnableLniAtDeviceIndex: 'moto ignores it, and AWS wants an Outpost',
    PrivateDnsNameOptionsOnLaunch: 'moto ignores it',
  },
  attributesNotHere: { OutpostArn: 'only on an Outpost' },
  sameAs: {
    'the network with a host in it': {
      VpcId: { Ref: 'Vpc' },
      CidrBlock: '10.20.1.77/24',
      AvailabilityZone: 'eu-west-1b',
      MapPublicIpOnLaunch: 'true',
      Tags: exampleTags,
    },
    'no word on the zone': {
      VpcId: { Ref: 'Vpc' },
      CidrBlock: '10.20.1.0/24',
      MapPublicIpOnLaunch: true,
      Tags: exampleTags,
    },
  },
  count: countByIntent(async (ec2, Filters) => (await ec2.describeSubnets({ Filters })).Subnets),
};
