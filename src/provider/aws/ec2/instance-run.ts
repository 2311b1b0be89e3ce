import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { Properties, Value } from '../../../base/value.ts';
import { flag, integer, objects, structure, text, texts } from '../../plain-value.ts';
import type { CreateRequest } from '../../provider.ts';
import { clientToken } from '../client-token.ts';
import { tagSpecifications } from './tagging.ts';

/** The RunInstances call that makes one instance with these properties. */
export function runInput(request: CreateRequest): RunInstancesCommandInput {
  const { properties: p } = request;
  const taggedTypes =
    p.PropagateTagsToVolumeOnCreation === true ? (['instance', 'volume'] as const) : (['instance'] as const);
  return withoutUndefined({
    MinCount: 1,
    MaxCount: 1,
    ClientToken: clientToken(request.intent),
    TagSpecifications: tagSpecifications(request, ...taggedTypes),
    ImageId: text(p.ImageId),
    InstanceType: text(p.InstanceType) as RunInstancesCommandInput['InstanceType'],
    KeyName: text(p.KeyName),
    SubnetId: text(p.SubnetId),
    SecurityGroupIds: texts(p.SecurityGroupIds),
    SecurityGroups: texts(p.SecurityGroups),
    PrivateIpAddress: text(p.PrivateIpAddress),
    Ipv6AddressCount: integer(p.Ipv6AddressCount),
    Ipv6Addresses: structures(p.Ipv6Addresses),
    NetworkInterfaces:
      p.NetworkInterfaces === undefined ? undefined : objects(p.NetworkInterfaces).map(networkInterface),
    IamInstanceProfile: instanceProfile(p.IamInstanceProfile),
    UserData: text(p.UserData),
    LaunchTemplate: structure(p.LaunchTemplate),
    BlockDeviceMappings:
      p.BlockDeviceMappings === undefined ? undefined : objects(p.BlockDeviceMappings).map(blockDevice),
    MetadataOptions: structure(p.MetadataOptions),
    Monitoring: p.Monitoring === undefined ? undefined : { Enabled: flag(p.Monitoring) },
    EbsOptimized: flag(p.EbsOptimized),
    DisableApiTermination: flag(p.DisableApiTermination),
    InstanceInitiatedShutdownBehavior: text(
      p.InstanceInitiatedShutdownBehavior,
    ) as RunInstancesCommandInput['InstanceInitiatedShutdownBehavior'],
    CreditSpecification: credits(p.CreditSpecification),
    CpuOptions: structure(p.CpuOptions),
    EnclaveOptions: structure(p.EnclaveOptions),
    HibernationOptions: structure(p.HibernationOptions),
    LicenseSpecifications: structures(p.LicenseSpecifications),
    PrivateDnsNameOptions: structure(p.PrivateDnsNameOptions),
    KernelId: text(p.KernelId),
    RamdiskId: text(p.RamdiskId),
    Placement: placement(p),
  });
}

/** CloudFormation takes the name; an ARN is what people paste. */
export function instanceProfile(value: Value | undefined): { Arn: string } | { Name: string } | undefined {
  const profile = text(value);
  if (profile === undefined) return undefined;
  return profile.startsWith('arn:') ? { Arn: profile } : { Name: profile };
}

/** CloudFormation and EC2 spell it differently. */
export function credits(value: Value | undefined): { CpuCredits: string | undefined } | undefined {
  const given = structure<Properties>(value);
  return given && { CpuCredits: text(given.CPUCredits) };
}

function placement(p: Properties): RunInstancesCommandInput['Placement'] {
  const given = withoutUndefined({
    AvailabilityZone: text(p.AvailabilityZone),
    GroupName: text(p.PlacementGroupName),
    Tenancy: text(p.Tenancy) as 'default' | undefined,
    HostId: text(p.HostId),
    Affinity: text(p.Affinity),
    HostResourceGroupArn: text(p.HostResourceGroupArn),
  });
  return Object.keys(given).length === 0 ? undefined : given;
}

function networkInterface(given: Properties) {
  const { GroupSet, DeviceIndex, ...rest } = given;
  return withoutUndefined({ ...rest, DeviceIndex: Number(DeviceIndex), Groups: texts(GroupSet) });
}

function blockDevice(given: Properties) {
  // In a template `NoDevice: {}` says it; EC2 takes an empty text.
  return given.NoDevice === undefined ? given : { ...given, NoDevice: '' };
}

function structures<T>(value: Value | undefined): T[] | undefined {
  return value === undefined ? undefined : (objects(value) as unknown as T[]);
}

function withoutUndefined<T extends object>(input: T): T {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as T;
}
