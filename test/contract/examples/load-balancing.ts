/** The network and the load balancer that the examples of load balancing share. */
import { exampleVpc } from './example.ts';

const subnet = (CidrBlock: string, AvailabilityZone: string) =>
  ({
    type: 'AWS::EC2::Subnet',
    properties: { VpcId: { Ref: 'Vpc' }, CidrBlock, AvailabilityZone },
  }) as const;

const group = {
  type: 'AWS::EC2::SecurityGroup',
  properties: { GroupDescription: 'example', VpcId: { Ref: 'Vpc' } },
} as const;

export const twoZones = {
  ...exampleVpc,
  SubnetA: subnet('10.20.1.0/24', 'eu-west-1a'),
  SubnetB: subnet('10.20.2.0/24', 'eu-west-1b'),
} as const;

export const balancerNeeds = {
  ...twoZones,
  SubnetC: subnet('10.20.3.0/24', 'eu-west-1c'),
  Group: group,
  OtherGroup: group,
} as const;

const target = {
  type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  properties: { VpcId: { Ref: 'Vpc' }, Protocol: 'HTTP', Port: 80 },
} as const;

export const listenerNeeds = {
  ...twoZones,
  Balancer: {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    properties: { Subnets: [{ Ref: 'SubnetA' }, { Ref: 'SubnetB' }], Scheme: 'internal' },
  },
  Target: target,
  OtherTarget: target,
} as const;

export const notFound = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'nothing here' },
};

export const toHttps = {
  Type: 'redirect',
  RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
};

/** A canary: most to the one, some to the other, and the same people always to the same. */
export const toBoth = {
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: { Ref: 'OtherTarget' }, Weight: 10 },
      { TargetGroupArn: { Ref: 'Target' }, Weight: 90 },
    ],
    TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 3600 },
  },
};

export const toTarget = { Type: 'forward', TargetGroupArn: { Ref: 'Target' } };

export const toTargetInOtherWords = {
  Type: 'forward',
  Order: '1',
  ForwardConfig: {
    TargetGroups: [{ TargetGroupArn: { Ref: 'Target' }, Weight: '1' }],
    TargetGroupStickinessConfig: { Enabled: false },
  },
};
