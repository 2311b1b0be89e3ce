import type { BlockDeviceMapping, LaunchConfiguration } from '@aws-sdk/client-auto-scaling';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { flag, objects, present, sortedBy, sortedSet, structure, text, texts } from '../../plain-value.ts';
import { type CreateRequest, defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { asRecorded } from '../as-recorded.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { untagged } from '../ec2/adoption.ts';
import { createOnce, until } from '../eventually.ts';
import { generatedName } from '../generated-name.ts';
import { isNotYetUsable, isUnknownName, readLaunchConfigurations } from './describe.ts';

const type = 'AWS::AutoScaling::LaunchConfiguration';
const longestName = 255;

/** It takes no tags: its name, which comes from the intent or the template, finds it. */
export const launchConfiguration = defineResourceType({
  type,
  adoption: untagged,
  attributes: [],
  // EC2-Classic is no more.
  unsupported: ['ClassicLinkVPCId', 'ClassicLinkVPCSecurityGroups'],
  // Where its other properties were taken from, which the answer does not say.
  writeOnly: ['InstanceId'],

  order: (before, after) =>
    after.LaunchConfigurationName !== undefined &&
    sameValue(before.LaunchConfigurationName, after.LaunchConfigurationName)
      ? 'delete-before-create'
      : 'create-before-delete',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      ...given,
      ...(given.SecurityGroups === undefined ? {} : { SecurityGroups: sortedSet(given.SecurityGroups)! }),
      ...(given.BlockDeviceMappings === undefined
        ? {}
        : { BlockDeviceMappings: sortedBy('DeviceName', given.BlockDeviceMappings)! }),
    };
  },

  async read(context, wanted) {
    const byName = new Map(wanted.map((one) => [one.physicalId, one]));
    const found = await readLaunchConfigurations(context, [...byName.keys()]);
    return new Map(
      found.flatMap((one) => {
        const want = byName.get(one.LaunchConfigurationName!);
        return want === undefined ? [] : [[want.logicalId, live(one, want.properties)] as const];
      }),
    );
  },

  async find(context, pending) {
    const [found] = await readLaunchConfigurations(context, [nameOf(context, pending)]);
    return found && ours(found, pending.properties);
  },

  async create(context, request) {
    const autoScaling = await context.aws.autoScaling();
    const { properties: p } = request;
    const LaunchConfigurationName = nameOf(context, request);
    await createOnce<unknown>(
      context,
      () =>
        autoScaling.createLaunchConfiguration({
          LaunchConfigurationName,
          ImageId: text(p.ImageId),
          InstanceType: text(p.InstanceType),
          InstanceId: text(p.InstanceId),
          KeyName: text(p.KeyName),
          SecurityGroups: texts(p.SecurityGroups),
          UserData: text(p.UserData),
          KernelId: text(p.KernelId),
          RamdiskId: text(p.RamDiskId),
          BlockDeviceMappings:
            p.BlockDeviceMappings === undefined
              ? undefined
              : (objects(p.BlockDeviceMappings) as unknown as BlockDeviceMapping[]),
          InstanceMonitoring:
            p.InstanceMonitoring === undefined ? undefined : { Enabled: flag(p.InstanceMonitoring) },
          SpotPrice: text(p.SpotPrice),
          IamInstanceProfile: text(p.IamInstanceProfile),
          EbsOptimized: flag(p.EbsOptimized),
          AssociatePublicIpAddress: flag(p.AssociatePublicIpAddress),
          PlacementTenancy: text(p.PlacementTenancy),
          MetadataOptions: structure(p.MetadataOptions),
        }),
      async () => {
        const [found] = await readLaunchConfigurations(context, [LaunchConfigurationName]);
        return found && ours(found, p);
      },
      isNotYetUsable,
    );
    return until(context, `launch configuration ${LaunchConfigurationName} to show`, 60_000, async () => {
      const [found] = await readLaunchConfigurations(context, [LaunchConfigurationName]);
      return found && live(found, p);
    });
  },

  /** Every property replaces: there is nothing to bring about. */
  async update(context, { physicalId, after }) {
    const [found] = await readLaunchConfigurations(context, [physicalId]);
    return found === undefined ? { physicalId, properties: after, attributes: {} } : live(found, after);
  },

  async delete(context, { physicalId: LaunchConfigurationName }) {
    const autoScaling = await context.aws.autoScaling();
    await deleteWhenFree(context, {
      what: `launch configuration ${LaunchConfigurationName}`,
      send: async () => {
        try {
          await autoScaling.deleteLaunchConfiguration({ LaunchConfigurationName });
        } catch (error) {
          if (!isUnknownName(error)) throw error;
        }
      },
      holders: async () => ['an Auto Scaling group'],
    });
  },
});

function nameOf(
  context: ProviderContext,
  create: Pick<CreateRequest, 'logicalId' | 'intent' | 'properties'>,
): string {
  const given = text(create.properties.LaunchConfigurationName);
  return given ?? generatedName({ ...create, stack: context.stack }, longestName);
}

/** A name of the template's may be somebody else's configuration: then it says something else. */
function ours(found: LaunchConfiguration, properties: Properties): Live | undefined {
  const now = live(found, properties);
  const isSame = Object.entries(now.properties).every(
    ([name, value]) => properties[name] === undefined || isWithin(properties[name], value),
  );
  return isSame ? now : undefined;
}

function isWithin(wanted: Properties[string], now: Properties[string]): boolean {
  const [want, have] = [structure<Properties>(wanted), structure<Properties>(now)];
  if (want === undefined || have === undefined) return sameValue(wanted, now);
  return Object.entries(want).every(([key, value]) => sameValue(value, have[key]));
}

function live(one: LaunchConfiguration, recorded: Properties): Live {
  const properties = present({
    LaunchConfigurationName: one.LaunchConfigurationName,
    ImageId: one.ImageId,
    InstanceType: one.InstanceType,
    KeyName: one.KeyName || undefined,
    SecurityGroups: sortedSet(one.SecurityGroups),
    UserData: one.UserData || undefined,
    KernelId: one.KernelId || undefined,
    RamDiskId: one.RamdiskId || undefined,
    BlockDeviceMappings: sortedBy('DeviceName', present({ list: one.BlockDeviceMappings ?? [] }).list),
    InstanceMonitoring: one.InstanceMonitoring?.Enabled,
    SpotPrice: one.SpotPrice,
    IamInstanceProfile: one.IamInstanceProfile,
    EbsOptimized: one.EbsOptimized,
    AssociatePublicIpAddress: one.AssociatePublicIpAddress,
    PlacementTenancy: one.PlacementTenancy,
    MetadataOptions: one.MetadataOptions,
  });
  return {
    physicalId: one.LaunchConfigurationName!,
    properties: asRecorded(properties, recorded) as Properties,
    attributes: {},
  };
}
