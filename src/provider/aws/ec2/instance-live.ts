/** An instance as the cloud has it now. */
import type { Instance } from '@aws-sdk/client-ec2';
import { SlipwayError } from '../../../base/error.ts';
import { present, sortedSet } from '../../plain-value.ts';
import type { Live, ProviderContext, ReadContext } from '../../provider.ts';
import { until } from '../eventually.ts';
import { liveTags } from '../tags.ts';
import { describeOne, instances, type Listing, listByFilter } from './describe.ts';

/** AWS shows a terminated instance for about an hour. */
export function isThere(one: Instance): boolean {
  return one.State?.Name !== 'terminated' && one.State?.Name !== 'shutting-down';
}

/** @param credits of burstable instances, by instance id */
export function liveInstance(one: Instance, credits: ReadonlyMap<string, string> = new Map()): Live {
  const CPUCredits = credits.get(one.InstanceId!);
  return {
    physicalId: one.InstanceId!,
    properties: present({
      ImageId: one.ImageId,
      InstanceType: one.InstanceType,
      KeyName: one.KeyName,
      SubnetId: one.SubnetId,
      SecurityGroupIds: sortedSet((one.SecurityGroups ?? []).map((group) => group.GroupId ?? '')),
      IamInstanceProfile: one.IamInstanceProfile?.Arn?.split('/').at(-1),
      AvailabilityZone: one.Placement?.AvailabilityZone,
      Tenancy: one.Placement?.Tenancy,
      Affinity: one.Placement?.Affinity,
      HostId: one.Placement?.HostId,
      PlacementGroupName: one.Placement?.GroupName || undefined,
      PrivateIpAddress: one.PrivateIpAddress,
      EbsOptimized: one.EbsOptimized,
      Monitoring: one.Monitoring?.State === 'enabled' || one.Monitoring?.State === 'pending',
      SourceDestCheck: one.SourceDestCheck,
      MetadataOptions: metadataOptions(one),
      CpuOptions: one.CpuOptions && {
        CoreCount: one.CpuOptions.CoreCount,
        ThreadsPerCore: one.CpuOptions.ThreadsPerCore,
      },
      CreditSpecification: CPUCredits === undefined ? undefined : { CPUCredits },
      EnclaveOptions: one.EnclaveOptions && { Enabled: one.EnclaveOptions.Enabled },
      HibernationOptions: one.HibernationOptions && { Configured: one.HibernationOptions.Configured },
      KernelId: one.KernelId,
      RamdiskId: one.RamdiskId,
      LicenseSpecifications: one.Licenses?.map(({ LicenseConfigurationArn }) => ({
        LicenseConfigurationArn,
      })),
      PrivateDnsNameOptions: one.PrivateDnsNameOptions,
      State: one.State?.Name?.startsWith('stop') ? 'stopped' : 'running',
      Tags: liveTags(one.Tags),
    }),
    // Without a public address AWS leaves these out; `Fn::GetAtt` gives an empty text then.
    attributes: {
      InstanceId: one.InstanceId!,
      AvailabilityZone: one.Placement?.AvailabilityZone ?? '',
      PrivateDnsName: one.PrivateDnsName ?? '',
      PrivateIp: one.PrivateIpAddress ?? '',
      PublicDnsName: one.PublicDnsName ?? '',
      PublicIp: one.PublicIpAddress ?? '',
      VpcId: one.VpcId ?? '',
    },
  };
}

function metadataOptions({ MetadataOptions: now }: Instance) {
  return (
    now && {
      HttpEndpoint: now.HttpEndpoint,
      HttpTokens: now.HttpTokens,
      HttpPutResponseHopLimit: now.HttpPutResponseHopLimit,
      HttpProtocolIpv6: now.HttpProtocolIpv6,
      InstanceMetadataTags: now.InstanceMetadataTags,
    }
  );
}

interface Credits {
  readonly InstanceId?: string | undefined;
  readonly CpuCredits?: string | undefined;
}

const creditSpecifications: Listing<Credits> = {
  call: 'DescribeInstanceCreditSpecifications',
  idFilter: 'instance-id',
  async list(ec2, Filters) {
    const found: Credits[] = [];
    for await (const page of ec2.paginateDescribeInstanceCreditSpecifications(
      { Filters },
      { pageSize: 1000 },
    )) {
      found.push(...(page.InstanceCreditSpecifications ?? []));
    }
    return found;
  },
};

/** One bulk call, and none where no template speaks of credits. */
export async function readCredits(
  context: ReadContext,
  burstable: readonly Instance[],
): Promise<ReadonlyMap<string, string>> {
  if (burstable.length === 0) return new Map();
  const ids = burstable.map((one) => one.InstanceId!);
  const found = await listByFilter(context, creditSpecifications, 'instance-id', ids);
  return new Map(found.map(({ InstanceId = '', CpuCredits = '' }) => [InstanceId, CpuCredits] as const));
}

/** @throws SlipwayError `cloud-refused` with AWS's reason when it ends instead of running */
export function untilRunning(context: ProviderContext, id: string): Promise<Instance> {
  return until(context, `instance ${id} running`, 10 * 60_000, async () => {
    const one = await describeOne(context, instances, id);
    if (one !== undefined && !isThere(one)) {
      throw new SlipwayError('cloud-refused', {
        summary: `Instance ${id} ended while it started: ${one.StateReason?.Message ?? one.StateTransitionReason ?? 'AWS does not say why'}`,
        remedy:
          'Often it is a key that the instance may not use for its volumes, or an image that is not complete.',
      });
    }
    return one?.State?.Name === 'running' ? one : undefined;
  });
}
