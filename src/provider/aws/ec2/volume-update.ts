/** Changes of a volume in place. */
import type { ModifyVolumeCommandInput, VolumeModification } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../../base/error.ts';
import type { Properties } from '../../../base/value.ts';
import { flag, integer, text } from '../../plain-value.ts';
import type { ProviderContext } from '../../provider.ts';
import { eventually, until } from '../eventually.ts';
import { describeOne } from './describe.ts';
import { volumes } from './describe-storage.ts';

type Target = Omit<ModifyVolumeCommandInput, 'VolumeId' | 'DryRun'>;

/**
 * Brings size, type and performance about, unless the volume has them already or is on its way: AWS takes one
 * modification of a volume in six hours, so that none may be wasted. Returns once the volume has its new size; that
 * AWS goes on moving data behind it, for hours perhaps, keeps nobody waiting.
 */
export async function modifyVolume(
  context: ProviderContext,
  VolumeId: string,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const now = await describeOne(context, volumes, VolumeId);
  const latest = await latestModification(context, VolumeId);
  const isUnderWay = latest?.ModificationState === 'modifying';
  const current: Target = {
    Size: isUnderWay ? latest.TargetSize : now?.Size,
    VolumeType: isUnderWay ? latest.TargetVolumeType : now?.VolumeType,
    Iops: isUnderWay ? latest.TargetIops : now?.Iops,
    Throughput: isUnderWay ? latest.TargetThroughput : now?.Throughput,
    MultiAttachEnabled: isUnderWay ? latest.TargetMultiAttachEnabled : now?.MultiAttachEnabled,
  };
  const wanted: Target = {
    Size: integer(after.Size),
    VolumeType: text(after.VolumeType) as Target['VolumeType'],
    Iops: integer(after.Iops),
    Throughput: integer(after.Throughput),
    MultiAttachEnabled: flag(after.MultiAttachEnabled),
  };
  const changes = changedIn(current, wanted);
  if (Object.keys(changes).length > 0)
    await eventually(context, () => ec2.modifyVolume({ VolumeId, ...changes }));
  else if (!isUnderWay) return;
  await until(context, `volume ${VolumeId} modified`, 15 * 60_000, async () => {
    const modification = await latestModification(context, VolumeId);
    if (modification?.ModificationState === 'failed') throw failed(VolumeId, modification);
    return modification?.ModificationState === 'modifying' ? undefined : true;
  });
}

/** A new type takes its performance with it, said or not: AWS would keep the old figures. */
function changedIn(current: Target, wanted: Target): Target {
  const isNewType = wanted.VolumeType !== undefined && wanted.VolumeType !== current.VolumeType;
  const differs = (name: keyof Target) =>
    wanted[name] !== undefined &&
    wanted[name] !== (current[name] ?? (wanted[name] === false ? false : undefined));
  const names = (['Size', 'VolumeType', 'Iops', 'Throughput', 'MultiAttachEnabled'] as const).filter(
    (name) =>
      differs(name) ||
      (isNewType && (name === 'Iops' || name === 'Throughput') && wanted[name] !== undefined),
  );
  return Object.fromEntries(names.map((name) => [name, wanted[name]])) as Target;
}

async function latestModification(
  context: ProviderContext,
  VolumeId: string,
): Promise<VolumeModification | undefined> {
  const ec2 = await context.aws.ec2();
  const { VolumesModifications = [] } = await ec2.describeVolumesModifications({
    Filters: [{ Name: 'volume-id', Values: [VolumeId] }],
  });
  return VolumesModifications.at(-1);
}

function failed(id: string, { StatusMessage }: VolumeModification): SlipwayError {
  return new SlipwayError('cloud-refused', {
    summary: `AWS could not modify volume ${id}${StatusMessage === undefined ? '' : `: ${StatusMessage}`}`,
  });
}

/** Whether the volume goes on with I/O when its data may have been damaged. */
export async function setAutoEnableIO(
  context: ProviderContext,
  VolumeId: string,
  Value: boolean,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  await eventually(context, () => ec2.modifyVolumeAttribute({ VolumeId, AutoEnableIO: { Value } }));
}
