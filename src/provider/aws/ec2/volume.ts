import type { CreateVolumeCommandInput, Volume } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../../base/error.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { flag, integer, present, text } from '../../plain-value.ts';
import { type CreateRequest, defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { clientToken } from '../client-token.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { eventually, until } from '../eventually.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, readBulk } from './describe.ts';
import { volumes } from './describe-storage.ts';
import { tagSpecifications, updateTags } from './tagging.ts';
import { snapshotOfVolume } from './volume-snapshot.ts';
import { modifyVolume, setAutoEnableIO } from './volume-update.ts';

const type = 'AWS::EC2::Volume';

/** What EC2 cannot change of a volume. CloudFormation refuses such an update; here the plan says that it replaces. */
const fixed = [
  'AvailabilityZone',
  'AvailabilityZoneId',
  'Encrypted',
  'KmsKeyId',
  'OutpostArn',
  'SnapshotId',
  'SourceVolumeId',
];

export const volume = defineResourceType({
  type,
  adoption: byTaggedId('vol'),
  attributes: ['VolumeId'],
  // A key is answered as the ARN, whatever it was named by, and never changes. AutoEnableIO can be asked for, one
  // volume a call. The rate is spent once the volume is there.
  writeOnly: ['KmsKeyId', 'AutoEnableIO', 'VolumeInitializationRate'],
  order: () => 'create-before-delete',

  // What is taken out of the template is left as the volume has it.
  replaces: (property, _before, after) => fixed.includes(property) && after[property] !== undefined,

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    const VolumeType = given.VolumeType ?? 'gp2';
    return {
      // The documented defaults of the one type that has both: leaving them out of the template means them again.
      ...(VolumeType === 'gp3' ? { Iops: 3000, Throughput: 125 } : {}),
      ...given,
      ...(isCopy(given) && given.VolumeType === undefined ? {} : { VolumeType }),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const ids = wanted.map((one) => one.physicalId);
    const all = await readBulk(context, volumes, ids);
    return wantedAmong(wanted, all.filter(isThere).map(live));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, volumes, pending.intent);
    return found && isThere(found) ? live(found) : undefined;
  },

  async create(context, request) {
    const { properties: p } = request;
    const id = await eventually(context, () => createOne(context, request));
    const made = await available(context, id);
    if (p.AutoEnableIO !== undefined) await setAutoEnableIO(context, id, flag(p.AutoEnableIO) ?? false);
    return live(made);
  },

  async update(context, request) {
    const { after, before, physicalId } = request;
    await available(context, physicalId);
    await modifyVolume(context, physicalId, after);
    if (before.AutoEnableIO !== after.AutoEnableIO) {
      await setAutoEnableIO(context, physicalId, flag(after.AutoEnableIO) ?? false);
    }
    await updateTags(context, request);
    const now = live(await available(context, physicalId));
    return { ...now, properties: { ...now.properties, Tags: after.Tags ?? [] } };
  },

  snapshot: snapshotOfVolume,

  async delete(context, { physicalId: VolumeId }) {
    const ec2 = await context.aws.ec2();
    await deleteWhenFree(context, {
      what: `volume ${VolumeId}`,
      send: () => ec2.deleteVolume({ VolumeId }),
      holders: async () => {
        const one = await describeOne(context, volumes, VolumeId);
        return (one?.Attachments ?? []).map(({ InstanceId }) => `its attachment to instance ${InstanceId}`);
      },
    });
    await until(context, `volume ${VolumeId} deleted`, 10 * 60_000, async () => {
      const one = await describeOne(context, volumes, VolumeId);
      return one === undefined || one.State === 'deleted' ? true : undefined;
    });
  },
});

function isCopy(p: Properties): boolean {
  return p.SourceVolumeId !== undefined;
}

async function createOne(context: ProviderContext, request: CreateRequest): Promise<string> {
  const ec2 = await context.aws.ec2();
  const { properties: p } = request;
  const common = {
    ClientToken: clientToken(request.intent),
    TagSpecifications: tagSpecifications(request, 'volume'),
    Size: integer(p.Size),
    VolumeType: text(p.VolumeType) as CreateVolumeCommandInput['VolumeType'],
    Iops: integer(p.Iops),
    Throughput: integer(p.Throughput),
    MultiAttachEnabled: flag(p.MultiAttachEnabled),
  };
  if (isCopy(p)) {
    // A copy has its source's zone and key.
    const { Volumes = [] } = await ec2.copyVolumes({ ...common, SourceVolumeId: text(p.SourceVolumeId) });
    return Volumes[0]!.VolumeId!;
  }
  const { VolumeId } = await ec2.createVolume({
    ...common,
    AvailabilityZone: text(p.AvailabilityZone),
    AvailabilityZoneId: text(p.AvailabilityZoneId),
    SnapshotId: text(p.SnapshotId),
    Encrypted: flag(p.Encrypted),
    KmsKeyId: text(p.KmsKeyId),
    OutpostArn: text(p.OutpostArn),
    VolumeInitializationRate: integer(p.VolumeInitializationRate),
  });
  return VolumeId!;
}

function isThere({ State }: Volume): boolean {
  return State !== 'deleting' && State !== 'deleted';
}

function live(one: Volume): Live {
  const VolumeId = one.VolumeId!;
  return {
    physicalId: VolumeId,
    properties: present({
      AvailabilityZone: one.AvailabilityZone,
      AvailabilityZoneId: one.AvailabilityZoneId,
      Size: one.Size,
      VolumeType: one.VolumeType,
      Iops: one.Iops,
      Throughput: one.Throughput,
      Encrypted: one.Encrypted,
      MultiAttachEnabled: one.MultiAttachEnabled,
      OutpostArn: one.OutpostArn,
      SnapshotId: one.SnapshotId || undefined,
      SourceVolumeId: one.SourceVolumeId,
      Tags: liveTags(one.Tags),
    }),
    attributes: { VolumeId },
  };
}

/** @throws SlipwayError `cloud-refused` when AWS could not make it: a key that may not be used is the usual reason */
function available(context: ProviderContext, id: string): Promise<Volume> {
  return until(context, `volume ${id} ready`, 10 * 60_000, async () => {
    const one = await describeOne(context, volumes, id);
    if (one?.State === 'error') {
      throw new SlipwayError('cloud-refused', {
        summary: `AWS could not make volume ${id}`,
        remedy: 'Check that the key that encrypts it may be used, then apply again.',
      });
    }
    return one?.State === 'available' || one?.State === 'in-use' ? one : undefined;
  });
}
