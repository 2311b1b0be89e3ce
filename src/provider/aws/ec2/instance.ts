import type { Instance } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import { isList, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { objects, sortedSet, text } from '../../plain-value.ts';
import { defineResourceType, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { errorCode, errorMessage, isNotFound } from '../aws-error.ts';
import { eventually, until } from '../eventually.ts';
import { canonicalTags } from '../tags.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, instances, readBulk, untilShown } from './describe.ts';
import { attachmentsAround } from './gateway-dependency.ts';
import { isThere, liveInstance, readCredits, untilRunning } from './instance-live.ts';
import { runInput } from './instance-run.ts';
import { bringAboutState } from './instance-state.ts';
import { changeInPlace } from './instance-update.ts';
import { attachVolumes } from './instance-volumes.ts';
import { updateTags } from './tagging.ts';

const type = 'AWS::EC2::Instance';

export const instance = defineResourceType({
  type,
  adoption: byTaggedId('i'),
  attributes: [
    'InstanceId',
    'AvailabilityZone',
    'PrivateDnsName',
    'PrivateIp',
    'PublicDnsName',
    'PublicIp',
    'VpcId',
  ],
  states: ['running', 'stopped'],
  // An address that is not an elastic one comes and goes with the start.
  attributesChangedBy: { PublicIp: ['State'], PublicDnsName: ['State'] },
  // The first is for a partner programme, the next two are out of service, the last is a resource of SSM's own.
  unsupported: [
    'AdditionalInfo',
    'ElasticGpuSpecifications',
    'ElasticInferenceAccelerators',
    'SsmAssociations',
  ],
  // DescribeInstances has none of these as they were given. The first three can be asked for, one instance a call,
  // which a bulk read does not do: they are compared with the record.
  writeOnly: [
    'UserData',
    'DisableApiTermination',
    'InstanceInitiatedShutdownBehavior',
    'BlockDeviceMappings',
    'NetworkInterfaces',
    'LaunchTemplate',
    'SecurityGroups',
    'Ipv6AddressCount',
    'Ipv6Addresses',
    'PropagateTagsToVolumeOnCreation',
    'HostResourceGroupArn',
    'Volumes',
  ],

  // A fixed address, a network interface and a volume belong to one instance at a time.
  order: (before, after) =>
    claims(before).some((one) => claims(after).includes(one))
      ? 'delete-before-create'
      : 'create-before-delete',

  /**
   * What the schema leaves open is done in place for an instance that boots from EBS, stopped and started where AWS
   * asks for it. (One that boots from an instance store cannot stop; the update then says so.)
   */
  replaces(property, before, after) {
    if (property === 'Tenancy')
      return ![before.Tenancy, after.Tenancy].every((t) => t === 'dedicated' || t === 'host');
    if (property === 'BlockDeviceMappings') {
      return !sameValue(
        withoutDeletion(before.BlockDeviceMappings),
        withoutDeletion(after.BlockDeviceMappings),
      );
    }
    return false;
  },

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return {
      // A launch template may say these too, so that its defaults are not ours to fill in.
      ...(given.LaunchTemplate === undefined
        ? { Monitoring: false, SourceDestCheck: true, DisableApiTermination: false }
        : {}),
      ...given,
      ...(given.SecurityGroupIds === undefined
        ? {}
        : { SecurityGroupIds: sortedSet(given.SecurityGroupIds)! }),
      ...(given.BlockDeviceMappings === undefined
        ? {}
        : { BlockDeviceMappings: sortedSet(given.BlockDeviceMappings)! }),
      ...(given.Volumes === undefined ? {} : { Volumes: sortedSet(given.Volumes)! }),
      Tags: canonicalTags(given.Tags),
    };
  },

  async read(context, wanted) {
    const ids = new Map(wanted.map((one) => [one.physicalId, one]));
    const all = await readBulk(context, instances, [...ids.keys()]);
    const found = all.filter((one) => isThere(one) && ids.has(one.InstanceId ?? ''));
    const burstable = found.filter(
      (one) => ids.get(one.InstanceId!)!.properties.CreditSpecification !== undefined,
    );
    const credits = await readCredits(context, burstable);
    return new Map(
      found.map((one) => [ids.get(one.InstanceId!)!.logicalId, liveInstance(one, credits)] as const),
    );
  },

  async find(context, pending) {
    const found = await describeByIntent(context, instances, pending.intent);
    return found && isThere(found) ? liveInstance(found) : undefined;
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const input = runInput(request);
    const { Instances = [] } = await eventually(context, () => ec2.runInstances(input), isNotYetUsable);
    const id = Instances[0]!.InstanceId!;
    const one = await untilRunning(context, id);
    const { SourceDestCheck, State, Volumes } = request.properties;
    if (SourceDestCheck === false) {
      await ec2.modifyInstanceAttribute({ InstanceId: id, SourceDestCheck: { Value: false } });
    }
    await attachVolumes(context, id, [], Volumes);
    if (State !== 'stopped') return madeAs(one, request.properties);
    // An instance is born running.
    await bringAboutState(context, id, State);
    return madeAs(await untilShown(context, instances, id), request.properties);
  },

  async update(context, request) {
    const { before, after, physicalId } = request;
    await untilRunningOrStopped(context, physicalId);
    await changeInPlace(context, physicalId, before, after);
    await attachVolumes(context, physicalId, before.Volumes, after.Volumes);
    await bringAboutState(context, physicalId, after.State);
    await updateTags(context, request);
    const one = await untilShown(context, instances, physicalId);
    return madeAs(one, after);
  },

  async delete(context, { physicalId }) {
    const ec2 = await context.aws.ec2();
    try {
      await ec2.terminateInstances({ InstanceIds: [physicalId] });
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    await until(context, `instance ${physicalId} terminated`, 10 * 60_000, async () => {
      const one = await describeOne(context, instances, physicalId);
      return one === undefined || one.State?.Name === 'terminated' ? true : undefined;
    });
  },

  hiddenDependencies(self, others) {
    const subnets = [self.SubnetId, ...objects(self.NetworkInterfaces).map((one) => one.SubnetId)];
    return attachmentsAround(
      subnets.filter((one) => one !== undefined),
      others,
    );
  },
});

/** What only one instance at a time can have. */
function claims(properties: Properties): string[] {
  const interfaces = objects(properties.NetworkInterfaces);
  const place = (subnet: Value | undefined, address: Value | undefined) =>
    typeof address === 'string' ? [`${JSON.stringify(subnet)} ${address}`] : [];
  return [
    ...place(properties.SubnetId, properties.PrivateIpAddress),
    ...interfaces.flatMap((one) => place(one.SubnetId, one.PrivateIpAddress)),
    ...interfaces.flatMap((one) => text(one.NetworkInterfaceId) ?? []),
    ...objects(properties.Volumes).flatMap((one) => text(one.VolumeId) ?? []),
  ];
}

function withoutDeletion(mappings: Value | undefined): Value {
  if (!isList(mappings)) return mappings ?? [];
  return objects(mappings).map((mapping) => {
    const { DeleteOnTermination: _, ...ebs } = (mapping.Ebs ?? {}) as Properties;
    return { ...mapping, Ebs: ebs };
  });
}

/**
 * A role's instance profile is known to EC2 some seconds after IAM has it. AWS then says that the parameter is
 * invalid; it is the one meaning of that code that passes.
 */
function isNotYetUsable(error: unknown): boolean {
  if (/IAM instance profile|iamInstanceProfile/i.test(errorMessage(error))) return true;
  return isNotFound(error) || errorCode(error) === 'InvalidIamInstanceProfile';
}

/** After a crash it may still be on its way up. One that somebody stopped stays stopped. */
async function untilRunningOrStopped(context: ProviderContext, id: string): Promise<void> {
  const one = await untilShown(context, instances, id);
  if (one.State?.Name === 'pending') await untilRunning(context, id);
}

/** What was set a moment ago, over a description that may be older than it. */
function madeAs(one: Instance, properties: Properties) {
  const now = liveInstance(one);
  const settled = [
    'SourceDestCheck',
    'Monitoring',
    'SecurityGroupIds',
    'IamInstanceProfile',
    'CreditSpecification',
    'Tags',
  ];
  const said = settled.flatMap((name) =>
    properties[name] === undefined ? [] : [[name, properties[name]] as const],
  );
  return { ...now, properties: { ...now.properties, ...Object.fromEntries(said) } };
}
