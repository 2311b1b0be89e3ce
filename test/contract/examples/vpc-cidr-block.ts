import { type Example, exampleVpc } from './example.ts';

const notInMoto = 'moto does not answer it';

export const vpcCidrBlock: Example = {
  type: 'AWS::EC2::VPCCidrBlock',
  creates: 'AssociateVpcCidrBlock',
  needs: exampleVpc,
  properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.21.0.0/16' },
  edits: {},
  attributesNotHere: { IpSource: 'only of IPv6 blocks', Ipv6AddressAttribute: notInMoto },
  sameAs: {
    'the network with a host in it': { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.21.7.7/16' },
  },
  async count(aws, made) {
    const { Vpcs = [] } = await (await aws.ec2()).describeVpcs({
      Filters: [{ Name: 'vpc-id', Values: [String(made.properties.VpcId)] }],
    });
    return (Vpcs[0]?.CidrBlockAssociationSet ?? []).filter(
      (one) => one.CidrBlock === '10.21.0.0/16' && one.CidrBlockState?.State === 'associated',
    ).length;
  },
};
