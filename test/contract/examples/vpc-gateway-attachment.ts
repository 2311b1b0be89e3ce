import { type Example, exampleVpc } from './example.ts';

export const vpcGatewayAttachment: Example = {
  type: 'AWS::EC2::VPCGatewayAttachment',
  creates: 'AttachInternetGateway',
  needs: {
    ...exampleVpc,
    Gateway: { type: 'AWS::EC2::InternetGateway', properties: {} },
    OtherGateway: { type: 'AWS::EC2::InternetGateway', properties: {} },
  },
  properties: { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: 'Gateway' } },
  edits: { 'another gateway': { InternetGatewayId: { Ref: 'OtherGateway' } } },
  notHere: { VpnGatewayId: 'AWS::EC2::VPNGateway is not a type of Slipway yet' },
  async count(aws, made) {
    const vpc = String(made.properties.VpcId);
    const { InternetGateways = [] } = await (await aws.ec2()).describeInternetGateways({
      Filters: [{ Name: 'attachment.vpc-id', Values: [vpc] }],
    });
    return InternetGateways.length;
  },
};
