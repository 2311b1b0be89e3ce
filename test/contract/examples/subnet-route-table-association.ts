import { type Example, exampleVpc } from './example.ts';

export const subnetRouteTableAssociation: Example = {
  type: 'AWS::EC2::SubnetRouteTableAssociation',
  creates: 'AssociateRouteTable',
  needs: {
    ...exampleVpc,
    Subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24' } },
    Table: { type: 'AWS::EC2::RouteTable', properties: { VpcId: { Ref: 'Vpc' } } },
  },
  properties: { SubnetId: { Ref: 'Subnet' }, RouteTableId: { Ref: 'Table' } },
  edits: {},
  async count(aws, made) {
    const subnet = String(made.properties.SubnetId);
    const { RouteTables = [] } = await (await aws.ec2()).describeRouteTables({
      Filters: [{ Name: 'association.subnet-id', Values: [subnet] }],
    });
    return RouteTables.flatMap((one) => one.Associations ?? []).filter((one) => one.SubnetId === subnet)
      .length;
  },
};
