/** An Auto Scaling group as the cloud has it now. */
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { isObject, type Properties, type Value } from '../../../base/value.ts';
import { objects, present, sortedBy, sortedSet } from '../../plain-value.ts';
import type { Live } from '../../provider.ts';
import { asRecorded } from '../as-recorded.ts';
import { canonicalTags } from '../tags.ts';
import { rollingOf } from './rolling-update.ts';

export function liveGroup(one: AutoScalingGroup, recorded: Properties): Live {
  const subnets = (one.VPCZoneIdentifier ?? '').split(',').filter((id) => id !== '');
  const properties = present({
    AutoScalingGroupName: one.AutoScalingGroupName,
    AvailabilityZoneDistribution: one.AvailabilityZoneDistribution,
    AvailabilityZoneIds: sortedSet(one.AvailabilityZoneIds),
    AvailabilityZoneImpairmentPolicy: one.AvailabilityZoneImpairmentPolicy,
    AvailabilityZones: sortedSet(one.AvailabilityZones),
    CapacityRebalance: one.CapacityRebalance,
    CapacityReservationSpecification: one.CapacityReservationSpecification,
    Context: one.Context,
    Cooldown: numberText(one.DefaultCooldown),
    DefaultInstanceWarmup: one.DefaultInstanceWarmup,
    DeletionProtection: one.DeletionProtection,
    DesiredCapacity: numberText(one.DesiredCapacity),
    DesiredCapacityType: one.DesiredCapacityType,
    HealthCheckGracePeriod: one.HealthCheckGracePeriod,
    HealthCheckType: one.HealthCheckType,
    InstanceLifecyclePolicy: one.InstanceLifecyclePolicy,
    InstanceMaintenancePolicy: one.InstanceMaintenancePolicy,
    LaunchConfigurationName: one.LaunchConfigurationName,
    LaunchTemplate: one.LaunchTemplate,
    LoadBalancerNames: sortedSet(one.LoadBalancerNames ?? []),
    MaxInstanceLifetime: one.MaxInstanceLifetime,
    MaxSize: numberText(one.MaxSize),
    MetricsCollection: metrics(one, recorded.MetricsCollection),
    MinSize: numberText(one.MinSize),
    MixedInstancesPolicy: one.MixedInstancesPolicy,
    NewInstancesProtectedFromScaleIn: one.NewInstancesProtectedFromScaleIn,
    PlacementGroup: one.PlacementGroup,
    ServiceLinkedRoleARN: one.ServiceLinkedRoleARN,
    TargetGroupARNs: sortedSet(one.TargetGroupARNs ?? []),
    TerminationPolicies: one.TerminationPolicies,
    TrafficSources: sortedBy('Identifier', present({ list: one.TrafficSources ?? [] }).list),
    VPCZoneIdentifier: sortedSet(subnets),
    Tags: canonicalTags(
      (one.Tags ?? []).map(({ Key = '', Value = '', PropagateAtLaunch = false }) => ({
        Key,
        Value,
        PropagateAtLaunch,
      })),
    ),
  });
  const { Tags, ...others } = properties;
  return {
    physicalId: one.AutoScalingGroupName!,
    properties: {
      ...(asRecorded(others, recorded) as Properties),
      Tags: Tags!,
      ...updatePolicy(one, recorded.UpdatePolicy),
    },
    attributes: { AutoScalingGroupARN: one.AutoScalingGroupARN ?? '' },
  };
}

/** The cloud knows no such policy, but whether what it asked for has been done. */
function updatePolicy(one: AutoScalingGroup, recorded: Value | undefined): Properties {
  if (recorded === undefined) return {};
  if (!rollingOf(one) || !isObject(recorded)) return { UpdatePolicy: recorded };
  return { UpdatePolicy: { ...recorded, AutoScalingRollingUpdate: 'unfinished' } };
}

function numberText(number: number | undefined): string | undefined {
  return number === undefined ? undefined : String(number);
}

/** A collection that names no metrics means all of them, which AWS then lists. */
function metrics({ EnabledMetrics = [] }: AutoScalingGroup, recorded: Value | undefined): Value {
  const byGranularity = Map.groupBy(EnabledMetrics, ({ Granularity = '' }) => Granularity);
  return [...byGranularity].map(([Granularity, enabled]) => {
    const given = objects(recorded).find((one) => one.Granularity === Granularity);
    if (given !== undefined && given.Metrics === undefined) return { Granularity };
    const names = enabled.map(({ Metric = '' }) => Metric);
    const isAsGiven = sameSet(given?.Metrics, names);
    return { Granularity, Metrics: isAsGiven ? given!.Metrics! : sortedSet(names)! };
  });
}

function sameSet(given: Value | undefined, names: readonly string[]): boolean {
  return JSON.stringify(sortedSet(given)) === JSON.stringify(sortedSet(names));
}
