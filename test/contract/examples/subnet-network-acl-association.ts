import { type Example, exampleVpc } from './example.ts';

export const subnetNetworkAclAssociation: Example = {
  type: 'AWS::EC2::SubnetNetworkAclAssociation',
  creates: 'ReplaceNetworkAclAssociation',
  needs: {
    ...exampleVpc,
    Subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24' } },
    Acl: { type: 'AWS::EC2::NetworkAcl', properties: { VpcId: { Ref: 'Vpc' } } },
  },
  properties: { NetworkAclId: { Ref: 'Acl' }, SubnetId: { Ref: 'Subnet' } },
  edits: {},
  async count(aws, made) {
    const { NetworkAcls = [] } = await (await aws.ec2()).describeNetworkAcls({
      NetworkAclIds: [String(made.properties.NetworkAclId)],
    });
    return NetworkAcls.flatMap((acl) => acl.Associations ?? []).length;
  },
};
