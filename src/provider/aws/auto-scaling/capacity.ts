/** Waiting until a group has in service what it was asked for. */
import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import { SlipwayError } from '../../../base/error.ts';
import type { ProviderContext } from '../../provider.ts';
import { untilOrNot } from '../eventually.ts';
import { groupNamed } from './describe.ts';

/** An instance takes a minute or two; one that AWS finds no room for is tried again by the group meanwhile. */
const withinMs = 15 * 60_000;

/** How much of it is enough. */
interface Enough {
  /** Of what it desires; all of it where absent. */
  readonly percent?: number;
  /** Instances that are about to go and count no more. */
  readonly without?: ReadonlySet<string>;
}

/**
 * Returns the group once as much as it desires is in service and healthy. What a group whose launches somebody
 * suspended has is enough.
 *
 * @throws SlipwayError `cloud-slow` with what AWS says of the last launch
 */
export async function capacityReached(
  context: ProviderContext,
  name: string,
  enough: Enough = {},
): Promise<AutoScalingGroup> {
  const reached = await untilOrNot(
    context,
    `the capacity of ${name} to be in service`,
    withinMs,
    async () => {
      const group = await groupNamed(context, name);
      return group !== undefined && hasCapacity(group, enough) ? group : undefined;
    },
  );
  if (reached !== undefined) return reached;
  const reason = await lastFailure(context, name);
  throw new SlipwayError('cloud-slow', {
    summary: `Auto Scaling group ${name} did not get its capacity in service within ${withinMs / 60_000} minutes`,
    ...(reason === undefined ? {} : { detail: reason }),
    remedy:
      "Look at the group's activity in AWS's console, then apply again: Slipway goes on where it stopped.",
  });
}

/** The instances that serve, without those that are about to go. */
export function inService({ Instances = [] }: AutoScalingGroup, without?: ReadonlySet<string>): Instance[] {
  return Instances.filter(
    ({ InstanceId = '', LifecycleState, HealthStatus }) =>
      LifecycleState === 'InService' && /^healthy$/i.test(HealthStatus ?? '') && !without?.has(InstanceId),
  );
}

function hasCapacity(group: AutoScalingGroup, { percent = 100, without }: Enough): boolean {
  const { DesiredCapacity = 0, MinSize = 0, SuspendedProcesses = [] } = group;
  if (SuspendedProcesses.some(({ ProcessName }) => ProcessName === 'Launch')) return true;
  // In units that only AWS can count, the instances say nothing of the sum.
  const isCountable = group.DesiredCapacityType === undefined || group.DesiredCapacityType === 'units';
  const weight = (weighted: string | undefined) => Number(weighted ?? 1) || 1;
  const capacity = inService(group, without).reduce((sum, one) => sum + weight(one.WeightedCapacity), 0);
  const wanted = isCountable ? Math.max(DesiredCapacity, MinSize) : Math.min(1, DesiredCapacity);
  return capacity >= Math.ceil((wanted * percent) / 100);
}

async function lastFailure(
  context: ProviderContext,
  AutoScalingGroupName: string,
): Promise<string | undefined> {
  const autoScaling = await context.aws.autoScaling();
  const { Activities = [] } = await autoScaling.describeScalingActivities({
    AutoScalingGroupName,
    MaxRecords: 20,
  });
  return Activities.find(({ StatusCode }) => StatusCode === 'Failed' || StatusCode === 'Cancelled')
    ?.StatusMessage;
}
