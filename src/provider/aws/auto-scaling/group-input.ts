/** What CreateAutoScalingGroup and UpdateAutoScalingGroup take of a group's properties. */
import type {
  CreateAutoScalingGroupCommandInput,
  UpdateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { sameValue } from '../../../base/canonical-json.ts';
import { isList, type Properties, type Value } from '../../../base/value.ts';
import { objects, text } from '../../plain-value.ts';
import type { CreateRequest } from '../../provider.ts';
import { groupTags } from './group-tags.ts';
import { leavesSizes } from './update-policy.ts';

/** As they are, numbers that templates write as texts, and the subnets, which the API takes in one text. */
const asIs = (value: Value): unknown => value;
const asNumber = (value: Value): unknown => Number(value);

interface Setting {
  /** The API's name where it is another one. */
  readonly as?: string;
  readonly convert: (value: Value) => unknown;
  /**
   * What an update says when the template no longer speaks of it; where absent, the group stays as it is. These are
   * the API's documented words for 'back to the default'.
   */
  readonly unset?: unknown;
}

const settings: Readonly<Record<string, Setting>> = {
  AvailabilityZoneDistribution: {
    convert: asIs,
    unset: { CapacityDistributionStrategy: 'balanced-best-effort' },
  },
  AvailabilityZoneIds: { convert: asIs },
  AvailabilityZoneImpairmentPolicy: { convert: asIs, unset: { ZonalShiftEnabled: false } },
  AvailabilityZones: { convert: asIs },
  CapacityRebalance: { convert: asIs, unset: false },
  CapacityReservationSpecification: {
    convert: asIs,
    unset: { CapacityReservationPreference: 'default' },
  },
  Context: { convert: asIs, unset: '' },
  Cooldown: { as: 'DefaultCooldown', convert: asNumber, unset: 300 },
  DefaultInstanceWarmup: { convert: asIs, unset: -1 },
  DeletionProtection: { convert: asIs, unset: 'none' },
  DesiredCapacity: { convert: asNumber },
  DesiredCapacityType: { convert: asIs, unset: 'units' },
  HealthCheckGracePeriod: { convert: asIs, unset: 0 },
  HealthCheckType: { convert: asIs, unset: 'EC2' },
  InstanceLifecyclePolicy: { convert: asIs },
  InstanceMaintenancePolicy: {
    convert: asIs,
    unset: { MinHealthyPercentage: -1, MaxHealthyPercentage: -1 },
  },
  LaunchConfigurationName: { convert: asIs },
  LaunchTemplate: { convert: asIs },
  MaxInstanceLifetime: { convert: asIs, unset: 0 },
  MaxSize: { convert: asNumber },
  MinSize: { convert: asNumber },
  MixedInstancesPolicy: { convert: asIs },
  NewInstancesProtectedFromScaleIn: { convert: asIs, unset: false },
  PlacementGroup: { convert: asIs, unset: '' },
  ServiceLinkedRoleARN: { convert: asIs },
  SkipZonalShiftValidation: { convert: asIs },
  TerminationPolicies: { convert: asIs, unset: ['Default'] },
  VPCZoneIdentifier: { convert: (value) => (isList(value) ? value.map(String).join(',') : text(value)) },
};

/** Settings that are given a new value together: the API refuses one without the others that it must fit. */
export const sizes: readonly string[] = ['MinSize', 'MaxSize', 'DesiredCapacity'];

export function createInput(name: string, request: CreateRequest): CreateAutoScalingGroupCommandInput {
  const { properties: p, ownership } = request;
  const lists = ['LoadBalancerNames', 'TargetGroupARNs', 'TrafficSources'].flatMap((list) =>
    p[list] === undefined ? [] : [[list, p[list]]],
  );
  return {
    ...converted(p, Object.keys(settings)),
    ...Object.fromEntries(lists),
    AutoScalingGroupName: name,
    InstanceId: text(p.InstanceId),
    LifecycleHookSpecificationList:
      p.LifecycleHookSpecificationList === undefined
        ? undefined
        : (objects(
            p.LifecycleHookSpecificationList,
          ) as unknown as CreateAutoScalingGroupCommandInput['LifecycleHookSpecificationList']),
    Tags: groupTags(name, p.Tags, ownership),
  } as CreateAutoScalingGroupCommandInput;
}

/** Undefined when the group's own call has nothing to change. */
export function updateInput(
  before: Properties,
  after: Properties,
): Omit<UpdateAutoScalingGroupCommandInput, 'AutoScalingGroupName'> | undefined {
  const differs = (name: string) => !sameValue(before[name], after[name]);
  const changed = Object.keys(settings).filter(differs);
  if (changed.length === 0) return undefined;
  const isResized = changed.some((name) => sizes.includes(name)) && !leavesSizes(after);
  const names = isResized ? [...new Set([...changed, ...sizes])] : changed;
  const unset = changed.flatMap((name) => {
    const { as = name, unset } = settings[name]!;
    return after[name] === undefined && unset !== undefined ? [[as, unset] as const] : [];
  });
  return { ...Object.fromEntries(unset), ...converted(after, names) };
}

function converted(p: Properties, names: readonly string[]): object {
  return Object.fromEntries(
    names.flatMap((name) => {
      const { as = name, convert } = settings[name]!;
      return p[name] === undefined ? [] : [[as, convert(p[name])]];
    }),
  );
}
