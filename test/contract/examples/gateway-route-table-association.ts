import { type Example, exampleVpc } from './example.ts';

const table = { type: 'AWS::EC2::RouteTable', properties: { VpcId: { Ref: 'Vpc' } } };

export const gatewayRouteTableAssociation: Example = {
  type: 'AWS::EC2::GatewayRouteTableAssociation',
  creates: 'AssociateRouteTable',
  needs: {
    ...exampleVpc,
    Gateway: { type: 'AWS::EC2::InternetGateway', properties: {} },
    Attachment: {
      type: 'AWS::EC2::VPCGatewayAttachment',
      properties: { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: 'Gateway' } },
    },
    Table: table,
    OtherTable: table,
  },
  properties: { GatewayId: { Ref: 'Gateway' }, RouteTableId: { Ref: 'Table' } },
  edits: { 'another table': { RouteTableId: { Ref: 'OtherTable' } } },
  async count(aws, made) {
    const { RouteTables = [] } = await (await aws.ec2()).describeRouteTables({});
    return RouteTables.flatMap((one) => one.Associations ?? []).filter(
      (one) => one.GatewayId === made.physicalId,
    ).length;
  },
};
