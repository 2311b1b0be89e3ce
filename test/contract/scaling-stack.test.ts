import { afterAll, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { stackOnMoto } from './stack-on-moto.ts';

await describeWithServices('stacks with scaling groups', ['moto'], async ({ moto }) => {
  const config = awsClientConfig(moto);
  const aws = openAws(config);
  afterAll(() => aws.destroy());
  const groups = async () =>
    (await (await aws.autoScaling()).describeAutoScalingGroups({})).AutoScalingGroups ?? [];
  const running = async () => {
    const { Reservations = [] } = await (await aws.ec2()).describeInstances({
      Filters: [{ Name: 'instance-state-name', Values: ['running'] }],
    });
    return Reservations.flatMap((one) => one.Instances ?? []);
  };
  const actionsOf = async (stack: ReturnType<typeof stackOnMoto>, resources: object) => {
    const { plan, diagnostics } = await stack.plan(resources);
    expect(diagnostics).toEqual([]);
    return Object.fromEntries((plan?.changes ?? []).map(({ logicalId, action }) => [logicalId, action]));
  };
  const group = (more: object) => ({
    Type: 'AWS::AutoScaling::AutoScalingGroup',
    Properties: { MinSize: '1', MaxSize: '2', AvailabilityZones: ['eu-west-1a'], ...more },
  });

  test('another launch configuration comes before the group lets go of the old one', async () => {
    const stack = stackOnMoto('configured', config);
    const resources = (type: string) => ({
      Configuration: {
        Type: 'AWS::AutoScaling::LaunchConfiguration',
        Properties: { ImageId: 'ami-12c6146b', InstanceType: type },
      },
      Group: group({ LaunchConfigurationName: { Ref: 'Configuration' } }),
      Policy: {
        Type: 'AWS::AutoScaling::ScalingPolicy',
        Properties: {
          AutoScalingGroupName: { Ref: 'Group' },
          AdjustmentType: 'ChangeInCapacity',
          ScalingAdjustment: '1',
        },
      },
    });
    expect((await stack.apply(resources('t3.micro'))).status).toBe('succeeded');
    const none = { Configuration: 'none', Group: 'none', Policy: 'none' };
    expect(await actionsOf(stack, resources('t3.micro'))).toEqual(none);
    expect(await running()).toHaveLength(1);

    const edited = { Configuration: 'replace', Group: 'update', Policy: 'none' };
    expect(await actionsOf(stack, resources('t3.small'))).toEqual(edited);
    expect((await stack.apply(resources('t3.small'))).status).toBe('succeeded');
    expect(await actionsOf(stack, resources('t3.small'))).toEqual(none);
    const autoScaling = await aws.autoScaling();
    const { LaunchConfigurations = [] } = await autoScaling.describeLaunchConfigurations({});
    expect(LaunchConfigurations.map((one) => one.InstanceType)).toEqual(['t3.small']);

    expect((await stack.apply(undefined)).status).toBe('succeeded');
    expect(await groups()).toEqual([]);
    expect(await running()).toEqual([]);
  });

  test('a group of mixed instances follows its launch template', async () => {
    const stack = stackOnMoto('mixed', config);
    const resources = (type: string) => ({
      Template: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: { LaunchTemplateData: { ImageId: 'ami-12c6146b', InstanceType: type } },
      },
      Group: group({
        MixedInstancesPolicy: {
          InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 100 },
          LaunchTemplate: {
            LaunchTemplateSpecification: {
              LaunchTemplateId: { Ref: 'Template' },
              Version: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] },
            },
            Overrides: [{ InstanceType: 't3.micro', WeightedCapacity: '1' }, { InstanceType: 't3.small' }],
          },
        },
      }),
    });
    expect((await stack.apply(resources('t3.micro'))).status).toBe('succeeded');
    expect(await actionsOf(stack, resources('t3.micro'))).toEqual({ Group: 'none', Template: 'none' });
    expect(await actionsOf(stack, resources('t3.small'))).toEqual({ Group: 'update', Template: 'update' });
    expect((await stack.apply(resources('t3.small'))).status).toBe('succeeded');
    expect(await actionsOf(stack, resources('t3.small'))).toEqual({ Group: 'none', Template: 'none' });
    const [only] = await groups();
    expect(only?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification?.Version).toBe('2');
    expect((await stack.apply(undefined)).status).toBe('succeeded');
    expect(await groups()).toEqual([]);
  });
});
