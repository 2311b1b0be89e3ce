/**
 * Rules that neither the published schemas nor those of `cfn-lint` have as data, and that the services' APIs refuse
 * to break. By type and path, like the constraints that they are merged with. Source: the API reference of each
 * service, and what cfn-lint checks in code.
 */
import type { SituationRule } from '../../src/template/type-schema.ts';
import type { Constraints } from './constraints.ts';

const tcpOrUdp = ['tcp', 'udp', '6', '17'];
const icmp = ['icmp', '1'];

const ports: readonly SituationRule[] = [
  {
    where: { IpProtocol: tcpOrUdp },
    needs: ['FromPort', 'ToPort'],
    limits: { FromPort: { minimum: 0, maximum: 65535 }, ToPort: { minimum: 0, maximum: 65535 } },
    ascending: ['FromPort', 'ToPort'],
  },
  { where: { IpProtocol: icmp }, needs: ['FromPort', 'ToPort'] },
];

/** Of one disk; `size` is its property for gibibytes. Not all types have its throughput. */
function disk(size: string, hasThroughput = true): readonly SituationRule[] {
  const throughput = { Throughput: { minimum: 125, maximum: 2000 } };
  const others = ['gp2', 'st1', 'sc1', 'standard', 'io1', 'io2'];
  return [
    {
      where: { VolumeType: ['io1'] },
      needs: ['Iops'],
      limits: { Iops: { minimum: 100, maximum: 64_000 }, [size]: { minimum: 4, maximum: 16_384 } },
    },
    {
      where: { VolumeType: ['io2'] },
      needs: ['Iops'],
      limits: { Iops: { minimum: 100, maximum: 256_000 }, [size]: { minimum: 4, maximum: 65_536 } },
    },
    {
      where: { VolumeType: ['gp3'] },
      limits: { Iops: { minimum: 3000, maximum: 80_000 }, ...(hasThroughput ? throughput : {}) },
    },
    { where: { VolumeType: ['gp2', 'st1', 'sc1', 'standard'] }, excludes: ['Iops'] },
    ...(hasThroughput ? [{ where: { VolumeType: others }, excludes: ['Throughput'] }] : []),
    { where: { VolumeType: ['st1', 'sc1'] }, limits: { [size]: { minimum: 125, maximum: 16_384 } } },
    { where: { VolumeType: ['standard'] }, limits: { [size]: { minimum: 1, maximum: 1024 } } },
  ];
}

/** Of one action of a listener or of a rule. */
const action: readonly SituationRule[] = [
  { where: { Type: ['forward'] }, either: [['TargetGroupArn'], ['ForwardConfig']] },
  { where: { Type: ['redirect'] }, needs: ['RedirectConfig'] },
  { where: { Type: ['fixed-response'] }, needs: ['FixedResponseConfig'] },
  { where: { Type: ['authenticate-cognito'] }, needs: ['AuthenticateCognitoConfig'] },
];

const field = (name: string, config: string): SituationRule => ({
  where: { Field: [name] },
  either: [['Values'], [config]],
});

export const addedRules: Readonly<Record<string, Constraints>> = {
  'AWS::AutoScaling::AutoScalingGroup': {
    '': { when: [{ where: {}, ascending: ['MinSize', 'DesiredCapacity', 'MaxSize'] }] },
  },
  'AWS::AutoScaling::LaunchConfiguration': {
    'BlockDeviceMappings[].Ebs': { when: disk('VolumeSize') },
  },
  'AWS::AutoScaling::ScalingPolicy': {
    '': {
      when: [
        { where: { PolicyType: ['TargetTrackingScaling'] }, needs: ['TargetTrackingConfiguration'] },
        { where: { PolicyType: ['StepScaling'] }, needs: ['AdjustmentType', 'StepAdjustments'] },
        { where: { PolicyType: ['SimpleScaling', null] }, needs: ['AdjustmentType', 'ScalingAdjustment'] },
        { where: { PolicyType: ['PredictiveScaling'] }, needs: ['PredictiveScalingConfiguration'] },
      ],
    },
  },
  'AWS::EC2::FlowLog': {
    '': {
      when: [
        { where: { LogDestinationType: ['s3', 'kinesis-data-firehose'] }, needs: ['LogDestination'] },
        { where: { LogDestinationType: ['s3'] }, excludes: ['LogGroupName'] },
        {
          where: { LogDestinationType: ['cloud-watch-logs', null] },
          needs: ['DeliverLogsPermissionArn'],
          either: [['LogGroupName'], ['LogDestination']],
        },
      ],
    },
  },
  'AWS::EC2::Instance': { 'BlockDeviceMappings[].Ebs': { when: disk('VolumeSize', false) } },
  'AWS::EC2::LaunchTemplate': {
    'LaunchTemplateData.BlockDeviceMappings[].Ebs': { when: disk('VolumeSize') },
  },
  'AWS::EC2::NatGateway': {
    '': {
      when: [
        {
          where: { ConnectivityType: ['public', null], AvailabilityMode: ['zonal', null] },
          needs: ['AllocationId', 'SubnetId'],
        },
        { where: { ConnectivityType: ['private'] }, excludes: ['AllocationId'] },
      ],
    },
  },
  'AWS::EC2::NetworkAclEntry': {
    '': {
      when: [
        { where: { Protocol: ['6', '17'] }, needs: ['PortRange'] },
        { where: { Protocol: ['1', '58'] }, needs: ['Icmp'] },
      ],
    },
    PortRange: {
      when: [
        {
          where: {},
          limits: { From: { minimum: 0, maximum: 65535 }, To: { minimum: 0, maximum: 65535 } },
          ascending: ['From', 'To'],
        },
      ],
    },
  },
  'AWS::EC2::PlacementGroup': {
    '': {
      when: [
        { where: { Strategy: ['cluster', 'spread'] }, excludes: ['PartitionCount'] },
        { where: { Strategy: ['cluster', 'partition'] }, excludes: ['SpreadLevel'] },
      ],
    },
  },
  'AWS::EC2::SecurityGroup': {
    'SecurityGroupEgress[]': { when: ports },
    'SecurityGroupIngress[]': { when: ports },
  },
  'AWS::EC2::SecurityGroupEgress': { '': { when: ports } },
  'AWS::EC2::SecurityGroupIngress': { '': { when: ports } },
  'AWS::EC2::VPCEndpoint': {
    '': {
      when: [
        { where: { VpcEndpointType: ['Gateway', null] }, excludes: ['SubnetIds', 'SecurityGroupIds'] },
        { where: { VpcEndpointType: ['Interface', 'GatewayLoadBalancer'] }, excludes: ['RouteTableIds'] },
      ],
    },
  },
  'AWS::EC2::Volume': { '': { when: disk('Size') } },
  'AWS::ElasticLoadBalancingV2::Listener': {
    '': {
      when: [
        { where: { Protocol: ['HTTPS', 'TLS'] }, needs: ['Certificates'] },
        { where: { Protocol: ['HTTP', 'TCP', 'UDP', 'TCP_UDP'] }, excludes: ['Certificates', 'SslPolicy'] },
      ],
    },
    'DefaultActions[]': { when: action },
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    'Actions[]': { when: action },
    'Conditions[]': {
      when: [
        field('host-header', 'HostHeaderConfig'),
        field('path-pattern', 'PathPatternConfig'),
        { where: { Field: ['http-header'] }, needs: ['HttpHeaderConfig'] },
        { where: { Field: ['http-request-method'] }, needs: ['HttpRequestMethodConfig'] },
        { where: { Field: ['query-string'] }, needs: ['QueryStringConfig'] },
        { where: { Field: ['source-ip'] }, needs: ['SourceIpConfig'] },
      ],
    },
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    '': {
      when: [
        {
          where: { Type: ['application', null] },
          limits: { Subnets: { minLength: 2 }, SubnetMappings: { minLength: 2 } },
        },
        { where: { Type: ['gateway'] }, excludes: ['SecurityGroups'] },
      ],
    },
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    '': {
      when: [
        {
          where: { TargetType: ['lambda'] },
          excludes: [
            'Port',
            'Protocol',
            'ProtocolVersion',
            'VpcId',
            'HealthCheckPort',
            'HealthCheckProtocol',
          ],
        },
        { where: { TargetType: ['instance', 'ip', 'alb', null] }, needs: ['Port', 'Protocol', 'VpcId'] },
        { where: { Protocol: ['GENEVE'] }, limits: { Port: { minimum: 6081, maximum: 6081 } } },
        { where: { HealthCheckProtocol: ['TCP'] }, excludes: ['Matcher', 'HealthCheckPath'] },
      ],
    },
  },
  'AWS::IAM::ManagedPolicy': { PolicyDocument: { policy: 'identity' } },
  'AWS::IAM::Policy': { PolicyDocument: { policy: 'identity' } },
  'AWS::IAM::Role': {
    AssumeRolePolicyDocument: { policy: 'trust' },
    'Policies[].PolicyDocument': { policy: 'identity' },
  },
  'AWS::IAM::RolePolicy': { PolicyDocument: { policy: 'identity' } },
  'AWS::S3::Bucket': {
    '': {
      needs: { ReplicationConfiguration: ['VersioningConfiguration'] },
      when: [
        {
          where: {
            AccessControl: [
              'PublicRead',
              'PublicReadWrite',
              'AuthenticatedRead',
              'LogDeliveryWrite',
              'AwsExecRead',
            ],
          },
          needs: ['OwnershipControls'],
        },
      ],
    },
  },
  'AWS::S3::BucketPolicy': { PolicyDocument: { policy: 'resource' } },
};
