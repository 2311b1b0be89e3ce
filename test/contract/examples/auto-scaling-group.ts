import type { Example } from './example.ts';

const template = (name: string, type: string) => ({
  type: 'AWS::EC2::LaunchTemplate',
  properties: {
    LaunchTemplateName: name,
    LaunchTemplateData: { ImageId: 'ami-12c6146b', InstanceType: type },
  },
});
const launched = (by: string) => ({
  LaunchTemplateId: { Ref: by },
  Version: { 'Fn::GetAtt': [by, 'LatestVersionNumber'] },
});
const tag = (Key: string, Value: string, PropagateAtLaunch: boolean) => ({ Key, Value, PropagateAtLaunch });
const lacks = 'moto lacks it or does not give it back';
const ignoredByUpdate = "moto's UpdateAutoScalingGroup ignores it";

export const autoScalingGroup: Example = {
  type: 'AWS::AutoScaling::AutoScalingGroup',
  creates: 'CreateAutoScalingGroup',
  needs: {
    Vpc: { type: 'AWS::EC2::VPC', properties: { CidrBlock: '10.20.0.0/16' } },
    Subnet: {
      type: 'AWS::EC2::Subnet',
      properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.1.0/24', AvailabilityZone: 'eu-west-1a' },
    },
    OtherSubnet: {
      type: 'AWS::EC2::Subnet',
      properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.20.2.0/24', AvailabilityZone: 'eu-west-1b' },
    },
    Targets: {
      type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      properties: { VpcId: { Ref: 'Vpc' }, Protocol: 'HTTP', Port: 80 },
    },
    Template: template('group-example', 't3.micro'),
    OtherTemplate: template('group-example-other', 't3.small'),
  },
  properties: {
    MinSize: 1,
    MaxSize: '3',
    VPCZoneIdentifier: [{ Ref: 'Subnet' }],
    LaunchTemplate: launched('Template'),
    HealthCheckGracePeriod: 60,
    Tags: [tag('team', 'shop', true), tag('Name', 'example', false)],
  },
  edits: {
    'more instances': { MinSize: 2, DesiredCapacity: 3 },
    'fewer at most': { MaxSize: 2 },
    'another template': { LaunchTemplate: launched('OtherTemplate') },
    'another subnet too': { VPCZoneIdentifier: [{ Ref: 'OtherSubnet' }, { Ref: 'Subnet' }] },
    'another grace period': { HealthCheckGracePeriod: 120 },
    'health as load balancers see it': { HealthCheckType: 'ELB' },
    'new instances protected': { NewInstancesProtectedFromScaleIn: true },
    'traffic from a target group': { TargetGroupARNs: [{ Ref: 'Targets' }] },
    'a hook': {
      LifecycleHookSpecificationList: [
        { LifecycleHookName: 'drain', LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' },
      ],
    },
    'another value of a tag': { Tags: [tag('team', 'other', true), tag('Name', 'example', false)] },
    'a tag that instances get now': { Tags: [tag('team', 'shop', true), tag('Name', 'example', true)] },
    'no tags': { Tags: undefined },
  },
  notHere: {
    AvailabilityZoneDistribution: lacks,
    AvailabilityZoneIds: lacks,
    AvailabilityZoneImpairmentPolicy: lacks,
    AvailabilityZones: 'goes with subnets, which are tried',
    CapacityRebalance: ignoredByUpdate,
    CapacityReservationSpecification: lacks,
    Context: lacks,
    Cooldown: ignoredByUpdate,
    DefaultInstanceWarmup: lacks,
    DeletionProtection: lacks,
    DesiredCapacityType: lacks,
    InstanceLifecyclePolicy: lacks,
    InstanceMaintenancePolicy: lacks,
    LaunchConfigurationName: 'tried with a group of its own in test/contract/scaling-stack.test.ts',
    LoadBalancerNames: 'Classic Load Balancers are no type of Slipway',
    MaxInstanceLifetime: lacks,
    MetricsCollection: 'moto has no DisableMetricsCollection',
    MixedInstancesPolicy: 'tried with a group of its own in test/contract/scaling-stack.test.ts',
    NotificationConfiguration: 'moto has no PutNotificationConfiguration',
    NotificationConfigurations: 'moto has no PutNotificationConfiguration',
    PlacementGroup: ignoredByUpdate,
    ServiceLinkedRoleARN: lacks,
    SkipZonalShiftValidation: lacks,
    TerminationPolicies: ignoredByUpdate,
    TrafficSources: lacks,
  },
  sameAs: {
    'numbers as texts and texts as numbers': {
      MinSize: '1',
      MaxSize: 3,
      VPCZoneIdentifier: [{ Ref: 'Subnet' }],
      LaunchTemplate: launched('Template'),
      HealthCheckGracePeriod: '60',
      Tags: [
        { Key: 'Name', Value: 'example', PropagateAtLaunch: 'false' },
        { Key: 'team', Value: 'shop', PropagateAtLaunch: 'true' },
      ],
    },
  },
  async count(aws, _made, intent) {
    const autoScaling = await aws.autoScaling();
    const Filters = [{ Name: 'tag:slipway:intent', Values: [intent] }];
    return (await autoScaling.describeAutoScalingGroups({ Filters })).AutoScalingGroups?.length ?? 0;
  },
};
