import { type Example, exampleVpc } from './example.ts';

export const eipAssociation: Example = {
  type: 'AWS::EC2::EIPAssociation',
  creates: 'AssociateAddress',
  needs: {
    ...exampleVpc,
    Subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24' } },
    Host: {
      type: 'AWS::EC2::Instance',
      properties: { ImageId: 'ami-12c6146b', InstanceType: 't3.micro', SubnetId: { Ref: 'Subnet' } },
    },
    Address: { type: 'AWS::EC2::EIP', properties: {} },
  },
  properties: {
    AllocationId: { 'Fn::GetAtt': ['Address', 'AllocationId'] },
    InstanceId: { Ref: 'Host' },
  },
  edits: {},
  sameAs: {
    'the address and not its allocation': {
      EIP: { 'Fn::GetAtt': ['Address', 'PublicIp'] },
      InstanceId: { Ref: 'Host' },
    },
  },
  async count(aws, made) {
    const { Addresses = [] } = await (await aws.ec2()).describeAddresses({
      Filters: [{ Name: 'allocation-id', Values: [String(made.properties.AllocationId)] }],
    });
    return Addresses.filter((one) => one.AssociationId !== undefined && one.AssociationId !== '').length;
  },
};
