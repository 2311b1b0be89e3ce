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

  /** A group whose instances follow a launch template. */
  const following = (type: string, policy: object, more: object = {}) => ({
    Template: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: { LaunchTemplateData: { ImageId: 'ami-12c6146b', InstanceType: type } },
    },
    Group: {
      ...group({
        LaunchTemplate: {
          LaunchTemplateId: { Ref: 'Template' },
          Version: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] },
        },
        ...more,
      }),
      UpdatePolicy: policy,
    },
  });
  const typesRunning = async () => (await running()).map((one) => one.InstanceType).sort();
  const nothing = { Group: 'none', Template: 'none' };

  test('a replacing update makes another group before the old one goes', async () => {
    const stack = stackOnMoto('replacing', config);
    const resources = (type: string, more: object = {}) =>
      following(type, { AutoScalingReplacingUpdate: { WillReplace: 'true' } }, more);
    expect((await stack.apply(resources('t3.micro'))).status).toBe('succeeded');
    expect(await actionsOf(stack, resources('t3.micro'))).toEqual(nothing);
    const [old] = await groups();
    expect(await actionsOf(stack, resources('t3.micro', { MaxSize: '3' }))).toEqual({
      ...nothing,
      Group: 'update',
    });

    const { plan } = await stack.plan(resources('t3.small'));
    expect(plan?.changes.find((c) => c.logicalId === 'Group')).toMatchObject({
      action: 'replace',
      order: 'create-before-delete',
      replaceBecause: ['LaunchTemplate.Version'],
    });
    expect((await stack.apply(resources('t3.small'))).status).toBe('succeeded');
    expect(await actionsOf(stack, resources('t3.small'))).toEqual(nothing);
    const now = await groups();
    expect(now).toHaveLength(1);
    expect(now[0]?.AutoScalingGroupName).not.toBe(old?.AutoScalingGroupName);
    expect(await typesRunning()).toEqual(['t3.small']);
    expect((await stack.apply(undefined)).status).toBe('succeeded');
    expect(await running()).toEqual([]);
  });

  test('sizes that scheduled actions have changed stay, until the template changes them', async () => {
    const stack = stackOnMoto('scheduled', config);
    const left = { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } };
    const resources = (more: object, policy: object = left) =>
      following('t3.micro', policy, { MinSize: '1', MaxSize: '4', DesiredCapacity: '1', ...more });
    const sizes = async () =>
      (await groups()).map((one) => [one.MinSize, one.DesiredCapacity, one.MaxSize].join(' '));
    expect((await stack.apply(resources({}))).status).toBe('succeeded');
    const [{ AutoScalingGroupName } = {}] = await groups();
    const autoScaling = await aws.autoScaling();
    await autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, MinSize: 2, DesiredCapacity: 3 });

    const { plan } = await stack.plan(resources({}));
    expect(plan?.changes.map((c) => [c.logicalId, c.action, c.drift])).toEqual([
      ['Group', 'none', []],
      ['Template', 'none', []],
    ]);
    expect((await stack.apply(resources({}))).status).toBe('succeeded');
    expect((await stack.apply(resources({ HealthCheckGracePeriod: 60 }))).status).toBe('succeeded');
    expect(await sizes()).toEqual(['2 3 4']);
    expect((await stack.apply(resources({ HealthCheckGracePeriod: 60, MaxSize: '5' }))).status).toBe(
      'succeeded',
    );
    expect(await sizes()).toEqual(['2 3 5']);

    const strict = resources({ HealthCheckGracePeriod: 60, MaxSize: '5' }, {});
    const bound = (await stack.plan(strict)).plan?.changes.find((c) => c.logicalId === 'Group');
    expect(bound?.differences.map((d) => d.path)).toEqual([
      'DesiredCapacity',
      'MinSize',
      'UpdatePolicy.AutoScalingScheduledAction',
    ]);
    expect((await stack.apply(strict)).status).toBe('succeeded');
    expect(await sizes()).toEqual(['1 1 5']);
    expect((await stack.apply(undefined)).status).toBe('succeeded');
  });
});
