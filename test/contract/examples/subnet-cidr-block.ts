import { type Example, exampleVpc } from './example.ts';

const notInMoto = 'moto does not answer it';
const block = '2001:db8:1234:1a00::/64';

export const subnetCidrBlock: Example = {
  type: 'AWS::EC2::SubnetCidrBlock',
  creates: 'AssociateSubnetCidrBlock',
  needs: {
    ...exampleVpc,
    Block: {
      type: 'AWS::EC2::VPCCidrBlock',
      properties: { VpcId: { Ref: 'Vpc' }, AmazonProvidedIpv6CidrBlock: true },
    },
    Subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24' } },
  },
  // moto takes any block. AWS wants one of the VPC's.
  properties: { SubnetId: { Ref: 'Subnet' }, Ipv6CidrBlock: block },
  edits: {},
  attributesNotHere: { IpSource: notInMoto, Ipv6AddressAttribute: notInMoto },
  sameAs: {
    'the block written out': {
      SubnetId: { Ref: 'Subnet' },
      Ipv6CidrBlock: '2001:0DB8:1234:1A00:0:0:0:0/64',
    },
  },
  async count(aws, made) {
    const { Subnets = [] } = await (await aws.ec2()).describeSubnets({
      Filters: [{ Name: 'subnet-id', Values: [String(made.properties.SubnetId)] }],
    });
    return Subnets[0]?.Ipv6CidrBlockAssociationSet?.length ?? 0;
  },
};
