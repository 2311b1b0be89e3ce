/** The snapshot that a volume leaves behind, for `DeletionPolicy: Snapshot`. */
import { SlipwayError } from '../../../base/error.ts';
import type { ProviderContext, SnapshotRequest } from '../../provider.ts';
import { isNotFound } from '../aws-error.ts';
import { createOnce, until } from '../eventually.ts';
import { liveTags, tagsToCreate } from '../tags.ts';
import { describeByIntent, describeOne } from './describe.ts';
import { snapshots, volumes } from './describe-storage.ts';

/** A first snapshot of a large volume takes its time. */
const withinMs = 6 * 60 * 60_000;

/** Returns the snapshot's id once it is complete; undefined when the volume is gone and there is no snapshot of it. */
export async function snapshotOfVolume(
  context: ProviderContext,
  request: SnapshotRequest,
): Promise<string | undefined> {
  const { intent, logicalId, physicalId: VolumeId } = request;
  const ec2 = await context.aws.ec2();
  const earlier = await describeByIntent(context, snapshots, intent);
  const volume = await describeOne(context, volumes, VolumeId);
  if (earlier === undefined && volume === undefined) return undefined;
  try {
    const made =
      earlier ??
      (await createOnce(
        context,
        () =>
          ec2.createSnapshot({
            VolumeId,
            Description: `${logicalId} of ${context.stack}, before it was deleted`.slice(0, 255),
            TagSpecifications: [
              { ResourceType: 'snapshot', Tags: tagsToCreate(liveTags(volume?.Tags), request.ownership) },
            ],
          }),
        () => describeByIntent(context, snapshots, intent),
        // Not a moment old: what is not found is gone.
        () => false,
      ));
    return await untilComplete(context, made.SnapshotId!, VolumeId);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function untilComplete(context: ProviderContext, id: string, of: string): Promise<string> {
  return until(context, `snapshot ${id} of volume ${of} complete`, withinMs, async () => {
    const one = await describeOne(context, snapshots, id);
    if (one?.State === 'error') {
      throw new SlipwayError('cloud-refused', {
        summary: `AWS could not complete snapshot ${id} of volume ${of}, which is left as it is`,
        ...(one.StateMessage ? { detail: one.StateMessage } : {}),
        remedy: 'Apply again, which takes another snapshot.',
      });
    }
    return one?.State === 'completed' ? id : undefined;
  });
}
