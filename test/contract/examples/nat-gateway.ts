import { countAllByIntent, type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

const needs = {
  ...exampleVpc,
  Gateway: { type: 'AWS::EC2::InternetGateway', properties: {} },
  Attachment: {
    type: 'AWS::EC2::VPCGatewayAttachment',
    properties: { VpcId: { Ref: 'Vpc' }, InternetGatewayId: { Ref: 'Gateway' } },
  },
  Subnet: { type: 'AWS::EC2::Subnet', properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24' } },
  Address: { type: 'AWS::EC2::EIP', properties: {} },
};
const notInMoto = 'moto has one address a gateway, and none of the calls that change them';
const regional = 'moto has no regional gateways';

export const natGateway: Example = {
  type: 'AWS::EC2::NatGateway',
  creates: 'CreateNatGateway',
  needs,
  properties: {
    SubnetId: { Ref: 'Subnet' },
    AllocationId: { 'Fn::GetAtt': ['Address', 'AllocationId'] },
    Tags: exampleTags,
  },
  edits: tagEdits,
  replacing: { 'to a private one': { ConnectivityType: 'private', AllocationId: undefined } },
  notHere: {
    MaxDrainDurationSeconds: notInMoto,
    SecondaryAllocationIds: notInMoto,
    SecondaryPrivateIpAddresses: notInMoto,
    SecondaryPrivateIpAddressCount: notInMoto,
    AvailabilityZoneAddresses: regional,
  },
  attributesNotHere: {
    AutoProvisionZones: regional,
    AutoScalingIps: regional,
    RouteTableId: regional,
  },
  sameAs: {
    'defaults said': {
      SubnetId: { Ref: 'Subnet' },
      AllocationId: { 'Fn::GetAtt': ['Address', 'AllocationId'] },
      ConnectivityType: 'public',
      AvailabilityMode: 'zonal',
      Tags: exampleTags,
    },
  },
  count: countAllByIntent(
    (ec2) => ec2.paginateDescribeNatGateways({}, {}),
    ({ NatGateways = [] }) => NatGateways.filter((one) => one.State !== 'deleted'),
  ),
};
