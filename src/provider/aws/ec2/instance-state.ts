/** Running and stopped: what an instance is in between for, and what a template may ask for in its metadata. */
import type { Instance } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../../base/error.ts';
import type { Value } from '../../../base/value.ts';
import type { ProviderContext } from '../../provider.ts';
import { until } from '../eventually.ts';
import { describeOne, instances } from './describe.ts';
import { untilRunning } from './instance-live.ts';

/** Waits until it is stopped; one that is already is left as it is. */
export async function stopInstance(context: ProviderContext, id: string): Promise<void> {
  const ec2 = await context.aws.ec2();
  const one = await describeOne(context, instances, id);
  if (one?.RootDeviceType === 'instance-store') throw cannotStop(id);
  if (one?.State?.Name === 'stopped') return;
  await ec2.stopInstances({ InstanceIds: [id] });
  await until(context, `instance ${id} stopped`, 10 * 60_000, async () => {
    const now: Instance | undefined = await describeOne(context, instances, id);
    return now?.State?.Name === 'stopped' ? true : undefined;
  });
}

/** Waits until it runs. */
export async function startInstance(context: ProviderContext, id: string): Promise<void> {
  const ec2 = await context.aws.ec2();
  await ec2.startInstances({ InstanceIds: [id] });
  await untilRunning(context, id);
}

/** Starts or stops it as the template says. A template that says nothing leaves it as somebody left it. */
export async function bringAboutState(
  context: ProviderContext,
  id: string,
  wanted: Value | undefined,
): Promise<void> {
  if (wanted === 'stopped') return stopInstance(context, id);
  if (wanted === 'running' && !(await isRunning(context, id))) await startInstance(context, id);
}

export async function isRunning(context: ProviderContext, id: string): Promise<boolean> {
  const one = await describeOne(context, instances, id);
  return one?.State?.Name === 'running' || one?.State?.Name === 'pending';
}

function cannotStop(id: string): SlipwayError {
  return new SlipwayError('cloud-refused', {
    summary: `Instance ${id} boots from an instance store and cannot be stopped, which this change needs`,
    remedy:
      'Use an image that boots from EBS (a new ImageId replaces the instance), or leave the property as it is.',
  });
}
