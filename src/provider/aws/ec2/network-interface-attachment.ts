import type { NetworkInterface } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { flag, integer, present, structure, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, isNotFound } from '../aws-error.ts';
import { eventually, until } from '../eventually.ts';
import { wantedAmong } from '../wanted-among.ts';
import { untagged } from './adoption.ts';
import { describeOne, networkInterfaces, readBulk } from './describe.ts';

const type = 'AWS::EC2::NetworkInterfaceAttachment';
const withinMs = 5 * 60_000;

/** It carries no tag: the interface, which has at most one attachment, finds it. */
export const networkInterfaceAttachment = defineResourceType({
  type,
  adoption: untagged,
  attributes: ['AttachmentId'],

  // An interface is in one place, an instance's device index taken once.
  order: (before, after) =>
    sameValue(before.NetworkInterfaceId, after.NetworkInterfaceId) ||
    (sameValue(before.InstanceId, after.InstanceId) && sameValue(before.DeviceIndex, after.DeviceIndex))
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise: (properties) => coerce(typeSchema(type), properties),

  async read(context, wanted) {
    const ids = wanted.map((one) => one.physicalId);
    const all = await readBulk(context, networkInterfaces, ids, 'attachment.attachment-id');
    return wantedAmong(
      wanted,
      all.flatMap((one) => live(one) ?? []),
    );
  },

  find: (context, { properties }) => findAttachment(context, properties),

  async create(context, { properties: p }) {
    const ec2 = await context.aws.ec2();
    const NetworkInterfaceId = text(p.NetworkInterfaceId)!;
    try {
      await eventually(
        context,
        () =>
          ec2.attachNetworkInterface({
            NetworkInterfaceId,
            InstanceId: text(p.InstanceId),
            DeviceIndex: Number(p.DeviceIndex),
            EnaQueueCount: integer(p.EnaQueueCount),
            EnaSrdSpecification: structure(p.EnaSrdSpecification),
          }),
        (error) => isNotFound(error) || errorCode(error) === 'IncorrectState',
      );
    } catch (error) {
      // Perhaps by an earlier call of ours, whose answer was lost.
      const made = await findAttachment(context, p);
      if (made === undefined) throw error;
    }
    const made = await attached(context, NetworkInterfaceId);
    await setDeletion(context, NetworkInterfaceId, made.physicalId, p);
    return { ...made, properties: { ...made.properties, ...said(p) } };
  },

  async update(context, { physicalId, before, after }) {
    const ec2 = await context.aws.ec2();
    const NetworkInterfaceId = text(after.NetworkInterfaceId)!;
    await attached(context, NetworkInterfaceId);
    if (!sameValue(before.DeleteOnTermination, after.DeleteOnTermination)) {
      await setDeletion(context, NetworkInterfaceId, physicalId, after);
    }
    if (!sameValue(before.EnaSrdSpecification, after.EnaSrdSpecification)) {
      const EnaSrdSpecification = structure(after.EnaSrdSpecification) ?? { EnaSrdEnabled: false };
      await ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId, EnaSrdSpecification });
    }
    if (!sameValue(before.EnaQueueCount, after.EnaQueueCount)) {
      const EnaQueueCount = integer(after.EnaQueueCount);
      await ec2.modifyNetworkInterfaceAttribute({
        NetworkInterfaceId,
        Attachment: {
          AttachmentId: physicalId,
          ...(EnaQueueCount === undefined ? { DefaultEnaQueueCount: true } : { EnaQueueCount }),
        },
      });
    }
    const now = await attached(context, NetworkInterfaceId);
    return { ...now, properties: { ...now.properties, ...said(after) } };
  },

  async delete(context, { physicalId: AttachmentId }) {
    const ec2 = await context.aws.ec2();
    try {
      await ec2.detachNetworkInterface({ AttachmentId });
    } catch (error) {
      // Detached already, being detached, or gone with its instance.
      if (!isNotFound(error) && errorCode(error) !== 'IncorrectState') throw error;
    }
    await until(context, `${AttachmentId} detached`, 10 * 60_000, async () => {
      const found = await networkInterfaces.list(ec2, [
        { Name: 'attachment.attachment-id', Values: [AttachmentId] },
      ]);
      return found.length === 0 ? true : undefined;
    });
  },
});

/** CloudFormation's default is that the interface goes with the instance; EC2's is that it stays. */
async function setDeletion(
  context: ProviderContext,
  NetworkInterfaceId: string,
  AttachmentId: string,
  p: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const DeleteOnTermination = flag(p.DeleteOnTermination) ?? true;
  await eventually(context, () =>
    ec2.modifyNetworkInterfaceAttribute({
      NetworkInterfaceId,
      Attachment: { AttachmentId, DeleteOnTermination },
    }),
  );
}

/** What was set a moment ago, over a description that may be older than it. */
function said(p: Properties): Properties {
  return p.DeleteOnTermination === undefined ? {} : { DeleteOnTermination: p.DeleteOnTermination };
}

function live(one: NetworkInterface): Live | undefined {
  const { AttachmentId, InstanceId, DeviceIndex, Status, ...rest } = one.Attachment ?? {};
  if (AttachmentId === undefined || Status === 'detaching' || Status === 'detached') return undefined;
  return {
    physicalId: AttachmentId,
    properties: present({
      NetworkInterfaceId: one.NetworkInterfaceId,
      InstanceId,
      DeviceIndex: String(DeviceIndex),
      DeleteOnTermination: rest.DeleteOnTermination,
      EnaSrdSpecification: rest.EnaSrdSpecification,
      EnaQueueCount: rest.EnaQueueCount,
    }),
    attributes: { AttachmentId },
  };
}

/** This interface on this instance, at this index: there can be no second. */
async function findAttachment(context: ProviderContext, p: Properties): Promise<Live | undefined> {
  const one = await describeOne(context, networkInterfaces, text(p.NetworkInterfaceId)!);
  const found = one && live(one);
  const isIt = (name: string) => sameValue(found?.properties[name], p[name]);
  return isIt('InstanceId') && isIt('DeviceIndex') ? found : undefined;
}

function attached(context: ProviderContext, id: string): Promise<Live> {
  return until(context, `network interface ${id} attached`, withinMs, async () => {
    const one = await describeOne(context, networkInterfaces, id);
    return one?.Attachment?.Status === 'attached' ? live(one) : undefined;
  });
}
