import type { Example } from './example.ts';

const tracking = (TargetValue: number) => ({
  TargetValue,
  PredefinedMetricSpecification: { PredefinedMetricType: 'ASGAverageCPUUtilization' },
});

export const scalingPolicy: Example = {
  type: 'AWS::AutoScaling::ScalingPolicy',
  creates: 'PutScalingPolicy',
  needs: {
    Configuration: {
      type: 'AWS::AutoScaling::LaunchConfiguration',
      properties: { ImageId: 'ami-12c6146b', InstanceType: 't3.micro' },
    },
    Group: {
      type: 'AWS::AutoScaling::AutoScalingGroup',
      properties: {
        MinSize: '0',
        MaxSize: '2',
        AvailabilityZones: ['eu-west-1a'],
        LaunchConfigurationName: { Ref: 'Configuration' },
      },
    },
  },
  properties: {
    AutoScalingGroupName: { Ref: 'Group' },
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingConfiguration: tracking(50),
    EstimatedInstanceWarmup: 120,
  },
  edits: {
    'another target': { TargetTrackingConfiguration: tracking(60) },
    'a metric of our own': {
      TargetTrackingConfiguration: {
        TargetValue: 10,
        CustomizedMetricSpecification: {
          Namespace: 'shop',
          MetricName: 'orders',
          Statistic: 'Average',
          Dimensions: [{ Name: 'part', Value: 'till' }],
        },
      },
    },
    'another warmup': { EstimatedInstanceWarmup: 60 },
    'by steps': {
      PolicyType: 'StepScaling',
      TargetTrackingConfiguration: undefined,
      AdjustmentType: 'PercentChangeInCapacity',
      MinAdjustmentMagnitude: 1,
      MetricAggregationType: 'Maximum',
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 15.5, ScalingAdjustment: 10 },
        { MetricIntervalLowerBound: 15.5, ScalingAdjustment: 30 },
      ],
    },
    'as foreseen': {
      PolicyType: 'PredictiveScaling',
      TargetTrackingConfiguration: undefined,
      EstimatedInstanceWarmup: undefined,
      PredictiveScalingConfiguration: {
        Mode: 'ForecastOnly',
        MetricSpecifications: [
          {
            TargetValue: 40,
            PredefinedMetricPairSpecification: { PredefinedMetricType: 'ASGCPUUtilization' },
          },
        ],
      },
    },
    'simply, which is the default': {
      PolicyType: undefined,
      TargetTrackingConfiguration: undefined,
      EstimatedInstanceWarmup: undefined,
      AdjustmentType: 'ChangeInCapacity',
      ScalingAdjustment: -1,
      Cooldown: 60,
    },
  },
  async count(aws, made) {
    const autoScaling = await aws.autoScaling();
    const PolicyNames = [String(made.attributes.PolicyName)];
    return (await autoScaling.describePolicies({ PolicyNames })).ScalingPolicies?.length ?? 0;
  },
};
