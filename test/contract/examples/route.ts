import { type Example, exampleVpc } from './example.ts';

const untried = 'tried in network-beyond-examples.test.ts, or differs from those in the name of one argument';

export const route: Example = {
  type: 'AWS::EC2::Route',
  creates: 'CreateRoute',
  needs: {
    ...exampleVpc,
    Table: { type: 'AWS::EC2::RouteTable', properties: { VpcId: { Ref: 'Vpc' } } },
    Gateway: { type: 'AWS::EC2::InternetGateway', properties: {} },
    Attachment: {
      type: 'AWS::EC2::VPCGatewayAttachment',
      properties: { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: 'Gateway' } },
    },
    OtherGateway: { type: 'AWS::EC2::InternetGateway', properties: {} },
  },
  properties: {
    RouteTableId: { Ref: 'Table' },
    DestinationCidrBlock: '0.0.0.0/0',
    GatewayId: { Ref: 'Gateway' },
  },
  // On AWS the other gateway would have to be attached to the VPC too.
  edits: { 'another gateway': { GatewayId: { Ref: 'OtherGateway' } } },
  notHere: {
    NatGatewayId: untried,
    InstanceId: untried,
    NetworkInterfaceId: untried,
    TransitGatewayId: untried,
    VpcPeeringConnectionId: untried,
    VpcEndpointId: untried,
    EgressOnlyInternetGatewayId: untried,
    LocalGatewayId: untried,
    CarrierGatewayId: untried,
    CoreNetworkArn: untried,
    OdbNetworkArn: untried,
  },
  sameAs: {
    'the network with a host in it': {
      RouteTableId: { Ref: 'Table' },
      DestinationCidrBlock: '0.0.0.7/0',
      GatewayId: { Ref: 'Gateway' },
    },
  },
  async count(aws, made) {
    const [table, destination] = made.physicalId.split('|');
    const { RouteTables = [] } = await (await aws.ec2())
      .describeRouteTables({ RouteTableIds: [table!] })
      .catch(() => ({}) as { RouteTables?: never[] });
    return RouteTables.flatMap((one) => one.Routes ?? []).filter(
      (one) => one.DestinationCidrBlock === destination,
    ).length;
  },
};
