/**
 * A rolling update: a group's instances are replaced in batches. What is still to be done is read from the cloud, so
 * that whoever comes after a crash goes on where it stopped: the instances of before have a tag, and so has the group
 * for as long as it lasts.
 */
import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import { SlipwayError } from '../../../base/error.ts';
import type { ProviderContext } from '../../provider.ts';
import { errorCode } from '../aws-error.ts';
import { eventually } from '../eventually.ts';
import { capacityReached, inService } from './capacity.ts';
import { groupNamed, isUnknownName } from './describe.ts';
import type { RollingUpdate } from './update-policy.ts';

/** On each instance that is to go, with the group's name. */
const outdatedTag = 'slipway:outdated';
/** On the group: `suspended=AZRebalance+HealthCheck keep=2`. */
const rollingTag = 'slipway:rolling-update';

/** One that is under way. */
export interface Rolling {
  /** Processes that run otherwise. */
  readonly suspended: readonly string[];
  /** The capacity of before, where it was raised so that enough stays in service. */
  readonly keep?: number;
  /** What this process has marked: the cloud may show it later. */
  readonly marked?: readonly string[];
}

/** What an update of the group's instances that has not come to its end has left to do. */
export function rollingOf({ Tags = [] }: AutoScalingGroup): Rolling | undefined {
  const value = Tags.find(({ Key }) => Key === rollingTag)?.Value;
  if (value === undefined) return undefined;
  const said = new Map(value.split(' ').map((part) => part.split('=', 2) as [string, string]));
  const keep = said.get('keep');
  return {
    suspended: (said.get('suspended') ?? '').split('+').filter((process) => process !== ''),
    ...(keep === undefined ? {} : { keep: Number(keep) }),
  };
}

/** Marks all that is there now as what is to go. Said before the group itself is changed. */
export async function beginRolling(
  context: ProviderContext,
  group: AutoScalingGroup,
  { suspend, minInService }: RollingUpdate,
  maxSize: number,
): Promise<Rolling | undefined> {
  const name = group.AutoScalingGroupName!;
  const marked = (group.Instances ?? []).filter(isStaying).map((one) => one.InstanceId!);
  const earlier = rollingOf(group);
  if (marked.length === 0) return earlier;
  refuseImpossible(group, minInService, maxSize);
  const ec2 = await context.aws.ec2();
  await ec2.createTags({ Resources: marked, Tags: [{ Key: outdatedTag, Value: name }] });
  const already = (group.SuspendedProcesses ?? []).map((one) => one.ProcessName);
  const suspended = earlier?.suspended ?? suspend.filter((process) => !already.includes(process));
  const rolling = { ...earlier, suspended };
  await putRolling(context, name, rolling);
  return { ...rolling, marked };
}

/** Nothing is begun that could not be ended. */
function refuseImpossible(group: AutoScalingGroup, minInService: number, maxSize: number): void {
  const name = group.AutoScalingGroupName;
  if (minInService >= maxSize) {
    throw new SlipwayError('cloud-refused', {
      summary: `The instances of Auto Scaling group ${name} cannot be replaced: MinInstancesInService is ${minInService}, and MaxSize ${maxSize}`,
      remedy: 'Make MinInstancesInService of AutoScalingRollingUpdate less than MaxSize.',
    });
  }
  if ((group.SuspendedProcesses ?? []).some((one) => one.ProcessName === 'Launch')) {
    throw new SlipwayError('cloud-refused', {
      summary: `The instances of Auto Scaling group ${name} cannot be replaced: somebody has suspended its process Launch`,
      remedy: 'Resume the process, then apply again.',
    });
  }
}

/** Replaces what is marked, batch by batch. */
export async function replaceOutdated(
  context: ProviderContext,
  name: string,
  update: RollingUpdate,
  rolling: Rolling,
): Promise<void> {
  await setSuspended(context, name, 'suspend', rolling.suspended);
  let kept: Rolling;
  try {
    kept = await replaceInBatches(context, name, update, rolling);
  } catch (error) {
    // Who goes on suspends them again; until then the group is to live.
    if (!context.signal?.aborted) await setSuspended(context, name, 'resume', rolling.suspended);
    throw error;
  }
  await endRolling(context, name, kept);
}

/** Puts back what was changed for it, whether or not all of it was done. */
export async function endRolling(
  context: ProviderContext,
  name: string,
  { suspended, keep }: Rolling,
): Promise<void> {
  const autoScaling = await context.aws.autoScaling();
  const { DesiredCapacity = 0 } = (await groupNamed(context, name)) ?? {};
  if (keep !== undefined && keep < DesiredCapacity) {
    await autoScaling.setDesiredCapacity({ AutoScalingGroupName: name, DesiredCapacity: keep });
  }
  await setSuspended(context, name, 'resume', suspended);
  await autoScaling.deleteTags({ Tags: [{ ...groupResource(name), Key: rollingTag }] });
}

/** Returns what is to be put back. */
async function replaceInBatches(
  context: ProviderContext,
  name: string,
  { maxBatchSize, minInService, minActivePercent, pauseMs }: RollingUpdate,
  begun: Rolling,
): Promise<Rolling> {
  const autoScaling = await context.aws.autoScaling();
  const gone = new Set<string>();
  let rolling = begun;
  for (;;) {
    const group = await capacityReached(context, name, { percent: minActivePercent, without: gone });
    const { DesiredCapacity: desired = 0, MaxSize: max = 0, Instances = [] } = group;
    const outdated = (await outdatedOf(context, group, begun)).filter((one) => !gone.has(one.InstanceId!));
    // Those that are new get their time. Of a batch of before a crash nobody knows how long ago it was.
    if (outdated.length < Instances.length && pauseMs > 0) await context.clock.sleep(pauseMs, context.signal);
    if (outdated.length === 0) return rolling;
    const room = inService(group, gone).length - minInService;
    if (room < 1) {
      // As many more are launched first as then can go.
      const more = Math.min(desired + Math.min(maxBatchSize, outdated.length), max);
      if (more <= desired) throw noRoom(name);
      rolling = { ...rolling, keep: rolling.keep ?? desired };
      await putRolling(context, name, rolling);
      await autoScaling.setDesiredCapacity({ AutoScalingGroupName: name, DesiredCapacity: more });
      continue;
    }
    const surplus = desired - (rolling.keep ?? desired);
    for (const [index, one] of outdated.slice(0, Math.min(maxBatchSize, room)).entries()) {
      await terminate(context, one.InstanceId!, index < surplus);
      gone.add(one.InstanceId!);
    }
  }
}

function noRoom(name: string): SlipwayError {
  return new SlipwayError('cloud-slow', {
    summary: `Too few instances of Auto Scaling group ${name} are in service for others to be replaced`,
    remedy: 'Raise MaxSize, or lower MinInstancesInService of AutoScalingRollingUpdate, then apply again.',
  });
}

/** Where fewer are wanted afterwards, nothing comes in its place. */
async function terminate(context: ProviderContext, id: string, isSurplus: boolean): Promise<void> {
  const autoScaling = await context.aws.autoScaling();
  const send = () =>
    autoScaling.terminateInstanceInAutoScalingGroup({
      InstanceId: id,
      ShouldDecrementDesiredCapacity: isSurplus,
    });
  try {
    await eventually(context, send, (error) => errorCode(error) === 'ScalingActivityInProgress');
  } catch (error) {
    if (!isUnknownName(error)) throw error;
  }
}

/** The instances of the group that are still as they were. */
async function outdatedOf(
  context: ProviderContext,
  group: AutoScalingGroup,
  { marked = [] }: Rolling,
): Promise<readonly Instance[]> {
  const ec2 = await context.aws.ec2();
  const Filters = [{ Name: `tag:${outdatedTag}`, Values: [group.AutoScalingGroupName!] }];
  const ids = new Set<string | undefined>(marked);
  for await (const page of ec2.paginateDescribeInstances({ Filters })) {
    for (const one of (page.Reservations ?? []).flatMap((r) => r.Instances ?? [])) ids.add(one.InstanceId);
  }
  return (group.Instances ?? []).filter((one) => isStaying(one) && ids.has(one.InstanceId));
}

function isStaying({ LifecycleState }: Instance): boolean {
  return !/^(Terminat|Detach)/.test(LifecycleState ?? '');
}

async function setSuspended(
  context: ProviderContext,
  AutoScalingGroupName: string,
  how: 'suspend' | 'resume',
  processes: readonly string[],
): Promise<void> {
  // None named would be all of them.
  if (processes.length === 0) return;
  const autoScaling = await context.aws.autoScaling();
  const which = { AutoScalingGroupName, ScalingProcesses: [...processes] };
  await (how === 'suspend' ? autoScaling.suspendProcesses(which) : autoScaling.resumeProcesses(which));
}

function groupResource(name: string) {
  return { ResourceId: name, ResourceType: 'auto-scaling-group' };
}

async function putRolling(context: ProviderContext, name: string, { suspended, keep }: Rolling) {
  const autoScaling = await context.aws.autoScaling();
  const Value = [`suspended=${suspended.join('+')}`, ...(keep === undefined ? [] : [`keep=${keep}`])].join(
    ' ',
  );
  const tag = { ...groupResource(name), Key: rollingTag, Value, PropagateAtLaunch: false };
  await autoScaling.createOrUpdateTags({ Tags: [tag] });
}
