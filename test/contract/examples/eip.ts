import { countByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

const host = {
  type: 'AWS::EC2::Instance',
  properties: { ImageId: 'ami-12c6146b', InstanceType: 't3.micro', SubnetId: { Ref: 'Subnet' } },
};

export const eip: Example = {
  type: 'AWS::EC2::EIP',
  creates: 'AllocateAddress',
  needs: {
    ...exampleVpc,
    Subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24' } },
    Host: host,
    OtherHost: host,
  },
  properties: { Domain: 'vpc', InstanceId: { Ref: 'Host' }, Tags: exampleTags },
  edits: {
    'another instance': { InstanceId: { Ref: 'OtherHost' } },
    'no instance': { InstanceId: undefined },
    ...tagEdits,
  },
  replacing: { 'another pool': { PublicIpv4Pool: 'ipv4pool-ec2-1' } },
  sameAs: {
    'no word on the domain': { InstanceId: { Ref: 'Host' }, Tags: exampleTags },
  },
  count: countByIntent(async (ec2, Filters) => (await ec2.describeAddresses({ Filters })).Addresses),
};
