/** Deleting a group: its instances first, in order, then the group. */
import { SlipwayError } from '../../../base/error.ts';
import type { ProviderContext } from '../../provider.ts';
import { errorCode } from '../aws-error.ts';
import { until, untilOrNot } from '../eventually.ts';
import { groupNamed, isUnknownName } from './describe.ts';

/** Instances drain, and lifecycle hooks have their say. */
const scaleInMs = 15 * 60_000;
const deletedMs = 15 * 60_000;

/**
 * As CloudFormation: scales in to nothing, so that load balancers drain and hooks run, and deletes then. What does
 * not go by itself (an instance that is protected, a hook that nobody answers) goes with the group.
 */
export async function deleteGroup(context: ProviderContext, name: string): Promise<void> {
  const autoScaling = await context.aws.autoScaling();
  const now = await groupNamed(context, name);
  if (now === undefined) return;
  if (now.Status === undefined) {
    await ignoringGone(() =>
      autoScaling.updateAutoScalingGroup({
        AutoScalingGroupName: name,
        MinSize: 0,
        MaxSize: 0,
        DesiredCapacity: 0,
      }),
    );
    const isEmpty = await scaledIn(context, name);
    await ignoringGone(() =>
      autoScaling.deleteAutoScalingGroup({
        AutoScalingGroupName: name,
        ...(isEmpty ? {} : { ForceDelete: true }),
      }),
    );
  }
  await until(context, `Auto Scaling group ${name} deleted`, deletedMs, async () =>
    (await groupNamed(context, name)) === undefined ? true : undefined,
  );
}

async function scaledIn(context: ProviderContext, name: string): Promise<boolean> {
  const left = await untilOrNot(context, `the instances of ${name} to go`, scaleInMs, async () => {
    const { Instances = [], SuspendedProcesses = [] } = (await groupNamed(context, name)) ?? {};
    if (Instances.length === 0) return 'none';
    const isStuck =
      Instances.every((one) => one.ProtectedFromScaleIn) ||
      SuspendedProcesses.some(({ ProcessName }) => ProcessName === 'Terminate');
    return isStuck ? 'stuck' : undefined;
  });
  return left === 'none';
}

async function ignoringGone(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    // Another delete of the same group is at work already.
    const isUnderWay = error instanceof SlipwayError && errorCode(error) === 'ScalingActivityInProgress';
    if (!isUnknownName(error) && !isUnderWay) throw error;
  }
}
