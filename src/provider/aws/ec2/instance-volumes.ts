import type { Volume } from '@aws-sdk/client-ec2';
import type { Value } from '../../../base/value.ts';
import { objects, text } from '../../plain-value.ts';
import type { ProviderContext } from '../../provider.ts';
import { errorCode, isNotFound } from '../aws-error.ts';
import { eventually, until } from '../eventually.ts';

const withinMs = 5 * 60_000;

/** Detaches what is gone from an instance's `Volumes` and attaches what is new. */
export async function attachVolumes(
  context: ProviderContext,
  InstanceId: string,
  before: Value | undefined,
  after: Value | undefined,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const [old, wanted] = [placesOf(before), placesOf(after)];
  for (const [VolumeId, Device] of old) {
    if (wanted.get(VolumeId) === Device) continue;
    await ec2.detachVolume({ VolumeId, InstanceId }).catch((error: unknown) => {
      if (!isNotFound(error) && errorCode(error) !== 'IncorrectState') throw error;
    });
    await untilVolume(context, VolumeId, 'detached', (volume) => volume.State === 'available');
  }
  for (const [VolumeId, Device] of wanted) {
    if (old.get(VolumeId) === Device) continue;
    await eventually(context, () => ec2.attachVolume({ VolumeId, InstanceId, Device })).catch(
      (error: unknown) => {
        // By an earlier call of ours: where to, the wait below finds out.
        if (errorCode(error) !== 'VolumeInUse') throw error;
      },
    );
    await untilVolume(context, VolumeId, `attached to ${InstanceId}`, (volume) =>
      Boolean(volume.Attachments?.some((one) => one.InstanceId === InstanceId && one.State === 'attached')),
    );
  }
}

function placesOf(volumes: Value | undefined): ReadonlyMap<string, string> {
  return new Map(objects(volumes).map((one) => [text(one.VolumeId) ?? '', text(one.Device) ?? ''] as const));
}

async function untilVolume(
  context: ProviderContext,
  id: string,
  state: string,
  isSo: (volume: Volume) => boolean,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  await until(context, `volume ${id} ${state}`, withinMs, async () => {
    const { Volumes = [] } = await ec2.describeVolumes({ Filters: [{ Name: 'volume-id', Values: [id] }] });
    return Volumes[0] !== undefined && isSo(Volumes[0]) ? true : undefined;
  });
}
