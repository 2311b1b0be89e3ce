import { expect, test } from 'vitest';
import { type Properties, unknown } from '../../../src/base/value.ts';
import type { Neighbour } from '../../../src/provider/provider.ts';
import { resourceType } from '../../../src/provider/registry.ts';

const ref = (Ref: string) => ({ Ref });
const network = (name: string): Neighbour[] => [
  { logicalId: `${name}Vpc`, type: 'AWS::EC2::VPC', physicalId: `vpc-${name}`, properties: {} },
  { logicalId: `${name}Igw`, type: 'AWS::EC2::InternetGateway', physicalId: `igw-${name}`, properties: {} },
  {
    logicalId: `${name}Attachment`,
    type: 'AWS::EC2::VPCGatewayAttachment',
    properties: { VpcId: ref(`${name}Vpc`), InternetGatewayId: ref(`${name}Igw`) },
  },
  {
    logicalId: `${name}Subnet`,
    type: 'AWS::EC2::Subnet',
    physicalId: `subnet-${name}`,
    properties: { VpcId: ref(`${name}Vpc`) },
  },
];
const logs: Neighbour[] = [
  { logicalId: 'Logs', type: 'AWS::S3::Bucket', physicalId: 'logs', properties: {} },
  { logicalId: 'LogsPolicy', type: 'AWS::S3::BucketPolicy', properties: { Bucket: ref('Logs') } },
];
const others = [...network('A'), ...network('B'), ...logs];

test.each<[string, string, Properties, readonly string[]]>([
  ['an instance', 'AWS::EC2::Instance', { SubnetId: ref('ASubnet') }, ['AAttachment']],
  ['an instance, its subnet by id', 'AWS::EC2::Instance', { SubnetId: 'subnet-B' }, ['BAttachment']],
  [
    'an instance, its subnet by attribute',
    'AWS::EC2::Instance',
    { SubnetId: { 'Fn::GetAtt': ['ASubnet', 'SubnetId'] } },
    ['AAttachment'],
  ],
  [
    'an instance with an interface',
    'AWS::EC2::Instance',
    { NetworkInterfaces: [{ SubnetId: ref('BSubnet') }] },
    ['BAttachment'],
  ],
  [
    'a load balancer that faces the internet',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    { Subnets: [ref('ASubnet')] },
    ['AAttachment'],
  ],
  [
    'a load balancer with mapped subnets',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    { SubnetMappings: [{ SubnetId: ref('BSubnet') }] },
    ['BAttachment'],
  ],
  [
    'an internal load balancer',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    { Subnets: [ref('ASubnet')], Scheme: 'internal' },
    [],
  ],
  [
    'a load balancer that logs into a bucket',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    { Scheme: 'internal', LoadBalancerAttributes: [{ Key: 'access_logs.s3.bucket', Value: ref('Logs') }] },
    ['LogsPolicy'],
  ],
  ['an instance in no subnet that is named', 'AWS::EC2::Instance', {}, []],
  [
    'an instance, its subnet not known',
    'AWS::EC2::Instance',
    { SubnetId: unknown },
    ['AAttachment', 'BAttachment'],
  ],
  [
    "an instance in somebody else's subnet",
    'AWS::EC2::Instance',
    { SubnetId: 'subnet-9' },
    ['AAttachment', 'BAttachment'],
  ],
  ['a route to a gateway', 'AWS::EC2::Route', { GatewayId: ref('AIgw') }, ['AAttachment']],
  ['a route to a gateway by id', 'AWS::EC2::Route', { GatewayId: 'igw-B' }, ['BAttachment']],
  ['a route to a NAT gateway', 'AWS::EC2::Route', { NatGatewayId: 'nat-1' }, []],
])('%s waits for the attachment of its network', (_name, type, self, wanted) => {
  expect(resourceType(type).hiddenDependencies?.(self, others)).toEqual(wanted);
});

test('without an attachment in the stack there is nothing to wait for', () => {
  const instance = resourceType('AWS::EC2::Instance');
  expect(instance.hiddenDependencies?.({ SubnetId: unknown }, [])).toEqual([]);
});
