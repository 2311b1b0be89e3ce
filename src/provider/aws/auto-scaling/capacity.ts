/** Waiting until a group has in service what it was asked for. */
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { SlipwayError } from '../../../base/error.ts';
import type { ProviderContext } from '../../provider.ts';
import { untilOrNot } from '../eventually.ts';
import { groupNamed } from './describe.ts';

/** An instance takes a minute or two; one that AWS finds no room for is tried again by the group meanwhile. */
const withinMs = 15 * 60_000;

/**
 * Returns the group once as much as it desires is in service and healthy. What a group whose launches somebody
 * suspended has is enough.
 *
 * @throws SlipwayError `cloud-slow` with what AWS says of the last launch
 */
export async function capacityReached(context: ProviderContext, name: string): Promise<AutoScalingGroup> {
  const reached = await untilOrNot(context, withinMs, async () => {
    const group = await groupNamed(context, name);
    return group !== undefined && hasCapacity(group) ? group : undefined;
  });
  if (reached !== undefined) return reached;
  const reason = await lastFailure(context, name);
  throw new SlipwayError('cloud-slow', {
    summary: `Auto Scaling group ${name} did not get its capacity in service within ${withinMs / 60_000} minutes`,
    ...(reason === undefined ? {} : { detail: reason }),
    remedy:
      "Look at the group's activity in AWS's console, then apply again: Slipway goes on where it stopped.",
  });
}

function hasCapacity(group: AutoScalingGroup): boolean {
  const { DesiredCapacity = 0, MinSize = 0, Instances = [], SuspendedProcesses = [] } = group;
  if (SuspendedProcesses.some(({ ProcessName }) => ProcessName === 'Launch')) return true;
  // In units that only AWS can count, the instances say nothing of the sum.
  const isCountable = group.DesiredCapacityType === undefined || group.DesiredCapacityType === 'units';
  const inService = Instances.filter(
    ({ LifecycleState, HealthStatus }) =>
      LifecycleState === 'InService' && /^healthy$/i.test(HealthStatus ?? ''),
  );
  const weight = (weighted: string | undefined) => Number(weighted ?? 1) || 1;
  const capacity = inService.reduce((sum, one) => sum + weight(one.WeightedCapacity), 0);
  return capacity >= (isCountable ? Math.max(DesiredCapacity, MinSize) : Math.min(1, DesiredCapacity));
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
