import { expect, test } from 'vitest';
import { type Properties, unknown } from '../../../src/base/value.ts';
import type { ReplaceOrder } from '../../../src/provider/provider.ts';
import { resourceType } from '../../../src/provider/registry.ts';

const newFirst = 'create-before-delete';
const oldFirst = 'delete-before-create';

test.each<[string, string, Properties, Properties, ReplaceOrder]>([
  [
    'a subnet in another block',
    'AWS::EC2::Subnet',
    { VpcId: 'v', CidrBlock: '10.0.0.0/24' },
    { VpcId: 'v', CidrBlock: '10.0.1.0/24' },
    newFirst,
  ],
  [
    'a subnet in a larger block',
    'AWS::EC2::Subnet',
    { VpcId: 'v', CidrBlock: '10.0.0.0/24' },
    { VpcId: 'v', CidrBlock: '10.0.0.0/16' },
    oldFirst,
  ],
  [
    'a subnet in another zone',
    'AWS::EC2::Subnet',
    { VpcId: 'v', CidrBlock: '10.0.0.0/24', AvailabilityZone: 'a' },
    { VpcId: 'v', CidrBlock: '10.0.0.0/24', AvailabilityZone: 'b' },
    oldFirst,
  ],
  [
    'a subnet in a block not known yet',
    'AWS::EC2::Subnet',
    { VpcId: 'v', CidrBlock: '10.0.0.0/24' },
    { VpcId: 'v', CidrBlock: unknown },
    oldFirst,
  ],
  [
    'a subnet in a new VPC',
    'AWS::EC2::Subnet',
    { VpcId: 'v', CidrBlock: '10.0.0.0/24' },
    { VpcId: unknown, CidrBlock: '10.0.0.0/24' },
    newFirst,
  ],
  [
    'a group with a name of its own',
    'AWS::EC2::SecurityGroup',
    { VpcId: 'v', GroupName: 'web' },
    { VpcId: 'v', GroupName: 'web' },
    oldFirst,
  ],
  [
    'a group with another name',
    'AWS::EC2::SecurityGroup',
    { VpcId: 'v', GroupName: 'web' },
    { VpcId: 'v', GroupName: 'www' },
    newFirst,
  ],
  [
    'a group whose name was made up',
    'AWS::EC2::SecurityGroup',
    { VpcId: 'v', GroupName: 'shop-prod-Web-1' },
    { VpcId: 'v' },
    newFirst,
  ],
  [
    'a group in a new VPC',
    'AWS::EC2::SecurityGroup',
    { VpcId: 'v', GroupName: 'web' },
    { VpcId: unknown, GroupName: 'web' },
    newFirst,
  ],
  [
    'a role with a name of its own',
    'AWS::IAM::Role',
    { RoleName: 'web', Path: '/a/' },
    { RoleName: 'web', Path: '/b/' },
    oldFirst,
  ],
  [
    'a role whose name was made up',
    'AWS::IAM::Role',
    { RoleName: 'shop-prod-Web-1' },
    { Path: '/b/' },
    newFirst,
  ],
  [
    'a profile with a name of its own',
    'AWS::IAM::InstanceProfile',
    { InstanceProfileName: 'web' },
    { InstanceProfileName: 'web' },
    oldFirst,
  ],
  [
    'a managed policy with a name of its own',
    'AWS::IAM::ManagedPolicy',
    { ManagedPolicyName: 'web', Path: '/', Description: 'a' },
    { ManagedPolicyName: 'web', Path: '/', Description: 'b' },
    oldFirst,
  ],
  [
    'a managed policy that moves to another path',
    'AWS::IAM::ManagedPolicy',
    { ManagedPolicyName: 'web', Path: '/' },
    { ManagedPolicyName: 'web', Path: '/b/' },
    oldFirst,
  ],
  [
    'a bucket with a name of its own',
    'AWS::S3::Bucket',
    { BucketName: 'acme-photos' },
    { BucketName: 'acme-photos' },
    oldFirst,
  ],
  [
    'a bucket whose name was made up',
    'AWS::S3::Bucket',
    { BucketName: 'shop-photos-a1' },
    { ObjectLockEnabled: true },
    newFirst,
  ],
  [
    'a bucket policy that moves to a new bucket',
    'AWS::S3::BucketPolicy',
    { Bucket: 'a' },
    { Bucket: unknown },
    newFirst,
  ],
  [
    'a log group with a name of its own',
    'AWS::Logs::LogGroup',
    { LogGroupName: '/shop' },
    { LogGroupName: '/shop', LogGroupClass: 'INFREQUENT_ACCESS' },
    oldFirst,
  ],
  [
    'a parameter with a name of its own',
    'AWS::SSM::Parameter',
    { Name: '/shop', Type: 'String' },
    { Name: '/shop', Type: 'StringList' },
    oldFirst,
  ],
  [
    'a load balancer whose name was made up',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    { Name: 'shop-Web-A1', Scheme: 'internal' },
    { Scheme: 'internet-facing' },
    newFirst,
  ],
  [
    'a target group with a name of its own',
    'AWS::ElasticLoadBalancingV2::TargetGroup',
    { Name: 'web', Port: 80 },
    { Name: 'web', Port: 8080 },
    oldFirst,
  ],
  [
    'a listener of a new load balancer',
    'AWS::ElasticLoadBalancingV2::Listener',
    { LoadBalancerArn: 'a', Port: 80 },
    { LoadBalancerArn: unknown, Port: 80 },
    newFirst,
  ],
  [
    'an inline policy of another role',
    'AWS::IAM::RolePolicy',
    { PolicyName: 'web', RoleName: 'a' },
    { PolicyName: 'web', RoleName: unknown },
    newFirst,
  ],
  [
    'an instance',
    'AWS::EC2::Instance',
    { SubnetId: 's', PrivateIpAddress: '10.0.0.9' },
    { SubnetId: 's' },
    newFirst,
  ],
  [
    'an instance with a fixed address',
    'AWS::EC2::Instance',
    { SubnetId: 's', PrivateIpAddress: '10.0.0.9' },
    { SubnetId: 's', PrivateIpAddress: '10.0.0.9' },
    oldFirst,
  ],
  [
    'an instance that moves with its address',
    'AWS::EC2::Instance',
    { SubnetId: 's', PrivateIpAddress: '10.0.0.9' },
    { SubnetId: 't', PrivateIpAddress: '10.0.0.9' },
    newFirst,
  ],
  [
    'an instance with a network interface',
    'AWS::EC2::Instance',
    { NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1' }] },
    { NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1' }] },
    oldFirst,
  ],
  [
    'an instance with a volume',
    'AWS::EC2::Instance',
    { Volumes: [{ VolumeId: 'vol-1' }] },
    { Volumes: [{ VolumeId: 'vol-1' }] },
    oldFirst,
  ],
  [
    'an attachment of the same gateway',
    'AWS::EC2::VPCGatewayAttachment',
    { VpcId: 'v', InternetGatewayId: 'g' },
    { VpcId: unknown, InternetGatewayId: 'g' },
    oldFirst,
  ],
  [
    'an attachment in a new network',
    'AWS::EC2::VPCGatewayAttachment',
    { VpcId: 'v', InternetGatewayId: 'g' },
    { VpcId: unknown, InternetGatewayId: unknown },
    newFirst,
  ],
  [
    'an association of the same subnet',
    'AWS::EC2::SubnetRouteTableAssociation',
    { SubnetId: 's', RouteTableId: 'a' },
    { SubnetId: 's', RouteTableId: 'b' },
    oldFirst,
  ],
  [
    'an association of a new subnet',
    'AWS::EC2::SubnetRouteTableAssociation',
    { SubnetId: 's', RouteTableId: 'a' },
    { SubnetId: unknown, RouteTableId: 'a' },
    newFirst,
  ],
  [
    'a route in a new table',
    'AWS::EC2::Route',
    { RouteTableId: 'a', DestinationCidrBlock: '0.0.0.0/0' },
    { RouteTableId: unknown, DestinationCidrBlock: '0.0.0.0/0' },
    newFirst,
  ],
  ['a VPC', 'AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }, { CidrBlock: '10.0.0.0/16' }, newFirst],
])('%s: %s %j -> %j is replaced %s', (_name, type, before, after, wanted) => {
  expect(resourceType(type).order(before, after)).toBe(wanted);
});

test.each<[string, Properties, Properties, boolean]>([
  ['VPC tenancy to default', { InstanceTenancy: 'dedicated' }, { InstanceTenancy: 'default' }, false],
  ['VPC tenancy to dedicated', { InstanceTenancy: 'default' }, { InstanceTenancy: 'dedicated' }, true],
])('%s replaces: %s', (_name, before, after, wanted) => {
  expect(resourceType('AWS::EC2::VPC').replaces?.('InstanceTenancy', before, after)).toBe(wanted);
});

test.each<[string, string, Properties, Properties, boolean]>([
  ['another type', 'InstanceType', { InstanceType: 'a' }, { InstanceType: 'b' }, false],
  ['tenancy between dedicated and host', 'Tenancy', { Tenancy: 'dedicated' }, { Tenancy: 'host' }, false],
  ['tenancy from default', 'Tenancy', { Tenancy: 'default' }, { Tenancy: 'host' }, true],
  [
    'keeping a volume when the instance ends',
    'BlockDeviceMappings',
    { BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { DeleteOnTermination: true } }] },
    { BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { DeleteOnTermination: false } }] },
    false,
  ],
  [
    'a larger volume',
    'BlockDeviceMappings',
    { BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { VolumeSize: 8 } }] },
    { BlockDeviceMappings: [{ DeviceName: 'a', Ebs: { VolumeSize: 9 } }] },
    true,
  ],
])('of an instance, %s replaces', (_name, property, before, after, wanted) => {
  expect(resourceType('AWS::EC2::Instance').replaces?.(property, before, after)).toBe(wanted);
});

test.each<[string, string, string, Properties, Properties, boolean]>([
  ['another type of value', 'AWS::SSM::Parameter', 'Type', {}, {}, true],
  [
    'back from the advanced tier',
    'AWS::SSM::Parameter',
    'Tier',
    { Tier: 'Advanced' },
    { Tier: 'Standard' },
    true,
  ],
  ['to the advanced tier', 'AWS::SSM::Parameter', 'Tier', { Tier: 'Standard' }, { Tier: 'Advanced' }, false],
  ['policies taken off', 'AWS::SSM::Parameter', 'Policies', { Policies: '[]' }, {}, true],
  ['other policies', 'AWS::SSM::Parameter', 'Policies', { Policies: '[]' }, { Policies: '[{}]' }, false],
  ['another class', 'AWS::Logs::LogGroup', 'LogGroupClass', {}, {}, true],
  ['another retention', 'AWS::Logs::LogGroup', 'RetentionInDays', {}, {}, false],
])('%s of %s replaces by %s', (_name, type, property, before, after, wanted) => {
  expect(resourceType(type).replaces?.(property, before, after)).toBe(wanted);
});
