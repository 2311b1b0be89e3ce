import { type Example, exampleTags, exampleVpc, tagEdits } from './example.ts';

const attributes = (seconds: string) => [
  { Key: 'deregistration_delay.timeout_seconds', Value: seconds },
  { Key: 'stickiness.enabled', Value: 'false' },
];

export const targetGroup: Example = {
  type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  creates: 'CreateTargetGroup',
  needs: exampleVpc,
  properties: {
    VpcId: { Ref: 'Vpc' },
    Protocol: 'HTTP',
    Port: 8080,
    TargetType: 'ip',
    HealthCheckPath: '/health',
    TargetGroupAttributes: attributes('30'),
    Targets: [{ Id: '10.20.1.9' }],
    Tags: exampleTags,
  },
  edits: {
    'another path of the check': { HealthCheckPath: '/ready' },
    'a check over another port and protocol': { HealthCheckPort: '9090', HealthCheckProtocol: 'HTTPS' },
    'a check more often': { HealthCheckIntervalSeconds: 15, HealthCheckTimeoutSeconds: 4 },
    'other thresholds': { HealthyThresholdCount: 3, UnhealthyThresholdCount: 4 },
    'other codes': { Matcher: { HttpCode: '200-299' } },
    'the check said to be on': { HealthCheckEnabled: true, HealthCheckPath: '/on' },
    'another value of an attribute': { TargetGroupAttributes: attributes('60') },
    'no word on attributes': { TargetGroupAttributes: undefined },
    'a target more': { Targets: [{ Id: '10.20.1.9' }, { Id: '10.20.1.7', Port: 9000 }] },
    'one target for another': { Targets: [{ Id: '10.20.1.7' }] },
    'no targets': { Targets: undefined },
    ...tagEdits,
  },
  replacing: { 'a control port': { TargetControlPort: 3000 } },
  sameAs: {
    'defaults said': {
      VpcId: { Ref: 'Vpc' },
      Protocol: 'HTTP',
      Port: '8080',
      TargetType: 'ip',
      HealthCheckPath: '/health',
      HealthCheckEnabled: true,
      Matcher: { HttpCode: 200 },
      TargetGroupAttributes: attributes('30').reverse(),
      Targets: [{ Id: '10.20.1.9', Port: '8080' }],
      Tags: exampleTags,
    },
  },
  async count(aws, made) {
    const { TargetGroups = [] } = await (await aws.elbv2()).describeTargetGroups({});
    return TargetGroups.filter((one) => one.TargetGroupName === made.properties.Name).length;
  },
};
