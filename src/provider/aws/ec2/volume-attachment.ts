import type { Volume, VolumeAttachment } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, present, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, isNotFound } from '../aws-error.ts';
import { eventually, until } from '../eventually.ts';
import { untagged } from './adoption.ts';
import { describeOne, instances, readBulk } from './describe.ts';
import { volumes } from './describe-storage.ts';

const type = 'AWS::EC2::VolumeAttachment';
const withinMs = 5 * 60_000;
/** Detaching waits for the instance's operating system. */
const detachWithinMs = 15 * 60_000;
/** The names that AWS recommends for volumes beside the root one. */
const deviceNames = [...'fghijklmnop'].map((letter) => `/dev/sd${letter}`);

/** It carries no tag: the volume and the instance find it. */
export const volumeAttachment = defineResourceType({
  type,
  adoption: untagged,
  attributes: [],
  // Which of an instance's EBS cards it went to is not told for every instance type.
  writeOnly: ['EbsCardIndex'],

  // A volume is attached to one place, a device name taken once.
  order: (before, after) =>
    sameValue(before.VolumeId, after.VolumeId) ||
    (sameValue(before.InstanceId, after.InstanceId) && sameValue(before.Device, after.Device))
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise: (properties) => coerce(typeSchema(type), properties),

  async read(context, wanted) {
    const byVolume = Map.groupBy(wanted, ({ physicalId }) => idsOf(physicalId).VolumeId);
    const all = await readBulk(context, volumes, [...byVolume.keys()]);
    return new Map(
      all.flatMap((volume) =>
        (byVolume.get(volume.VolumeId!) ?? []).flatMap(({ logicalId, physicalId }) => {
          const found = attachmentTo(volume, idsOf(physicalId).InstanceId);
          return found === undefined ? [] : [[logicalId, live(found)] as const];
        }),
      ),
    );
  },

  find: (context, { properties }) => findAttachment(context, properties),

  async create(context, { properties }) {
    const ec2 = await context.aws.ec2();
    const { VolumeId, InstanceId } = placeOf(properties);
    const Device = text(properties.Device) ?? (await freeDevice(context, InstanceId));
    try {
      // The instance may still be on its way up, and the volume may not be seen yet.
      await eventually(
        context,
        () =>
          ec2.attachVolume({ VolumeId, InstanceId, Device, EbsCardIndex: integer(properties.EbsCardIndex) }),
        (error) => isNotFound(error) || errorCode(error) === 'IncorrectState',
      );
    } catch (error) {
      // Perhaps by an earlier call of ours whose answer was lost: the wait below finds out where to.
      if (errorCode(error) !== 'VolumeInUse') throw error;
      if ((await findAttachment(context, properties)) === undefined) throw error;
    }
    return live(await attached(context, VolumeId, InstanceId));
  },

  /** All properties replace: there is nothing to bring about, except that it may still be on its way. */
  update: async (context, { physicalId }) => {
    const { VolumeId, InstanceId } = idsOf(physicalId);
    return live(await attached(context, VolumeId, InstanceId));
  },

  async delete(context, { physicalId }) {
    const ec2 = await context.aws.ec2();
    const { VolumeId, InstanceId } = idsOf(physicalId);
    try {
      await ec2.detachVolume({ VolumeId, InstanceId });
    } catch (error) {
      // Detached already, being detached, or gone with its volume or its instance.
      const isDone = /^(IncorrectState|InvalidAttachment\.NotFound|InvalidInstanceID\.Malformed)$/;
      if (!isNotFound(error) && !isDone.test(errorCode(error) ?? '')) throw error;
    }
    await until(context, `volume ${VolumeId} detached from ${InstanceId}`, detachWithinMs, async () => {
      const volume = await describeOne(context, volumes, VolumeId);
      const still = volume?.Attachments?.some(
        (one) => one.InstanceId === InstanceId && one.State !== 'detached',
      );
      return still ? undefined : true;
    });
  },
});

/** `vol-1|i-1`, as CloudFormation has it. */
function idsOf(physicalId: string): { readonly VolumeId: string; readonly InstanceId: string } {
  const [VolumeId = '', InstanceId = ''] = physicalId.split('|');
  return { VolumeId, InstanceId };
}

function placeOf(properties: Properties) {
  return { VolumeId: text(properties.VolumeId)!, InstanceId: text(properties.InstanceId)! };
}

function attachmentTo(volume: Volume, instanceId: string): VolumeAttachment | undefined {
  return volume.Attachments?.find(
    ({ InstanceId, State }) => InstanceId === instanceId && State !== 'detaching' && State !== 'detached',
  );
}

function live({ VolumeId, InstanceId, Device }: VolumeAttachment): Live {
  return {
    physicalId: `${VolumeId}|${InstanceId}`,
    properties: present({ VolumeId, InstanceId, Device }),
    attributes: {},
  };
}

/** This volume on this instance, under this name where one is given: there can be no second. */
async function findAttachment(context: ProviderContext, properties: Properties): Promise<Live | undefined> {
  const { VolumeId, InstanceId } = placeOf(properties);
  const volume = await describeOne(context, volumes, VolumeId);
  const found = volume && attachmentTo(volume, InstanceId);
  const Device = text(properties.Device) ?? found?.Device;
  return found?.Device === Device ? found && live(found) : undefined;
}

function attached(context: ProviderContext, VolumeId: string, InstanceId: string): Promise<VolumeAttachment> {
  return until(context, `volume ${VolumeId} attached to ${InstanceId}`, withinMs, async () => {
    const volume = await describeOne(context, volumes, VolumeId);
    const found = volume && attachmentTo(volume, InstanceId);
    return found?.State === 'attached' || found?.State === 'busy' ? found : undefined;
  });
}

/** EC2 wants a name; where the template has none it is the first that the instance does not use. */
async function freeDevice(context: ProviderContext, id: string): Promise<string> {
  const instance = await describeOne(context, instances, id);
  const taken = new Set((instance?.BlockDeviceMappings ?? []).map(({ DeviceName }) => DeviceName));
  return deviceNames.find((name) => !taken.has(name)) ?? deviceNames[0]!;
}
