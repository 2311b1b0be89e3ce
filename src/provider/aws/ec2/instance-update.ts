/** Changes of an instance that do not replace it: first what a running one takes, then what needs it stopped. */
import type { EC2 } from '@aws-sdk/client-ec2';
import { sameValue } from '../../../base/canonical-json.ts';
import type { Properties } from '../../../base/value.ts';
import { flag, objects, structure, text, texts } from '../../plain-value.ts';
import type { ProviderContext } from '../../provider.ts';
import { isNotFound } from '../aws-error.ts';
import { eventually } from '../eventually.ts';
import { credits, instanceProfile } from './instance-run.ts';
import { isRunning, startInstance, stopInstance } from './instance-state.ts';

interface Step {
  /** Properties that this step brings about. */
  readonly of: readonly string[];
  run(
    ec2: EC2,
    InstanceId: string,
    after: Properties,
    context: ProviderContext,
    before: Properties,
  ): Promise<unknown>;
}

/** Taken by a running instance, without interruption. */
const running: readonly Step[] = [
  {
    of: ['SecurityGroupIds'],
    run: (ec2, InstanceId, after, context) =>
      eventually(context, () =>
        ec2.modifyInstanceAttribute({ InstanceId, Groups: texts(after.SecurityGroupIds) }),
      ),
  },
  {
    of: ['SourceDestCheck'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceAttribute({
        InstanceId,
        SourceDestCheck: { Value: flag(after.SourceDestCheck) ?? true },
      }),
  },
  {
    of: ['DisableApiTermination'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceAttribute({
        InstanceId,
        DisableApiTermination: { Value: flag(after.DisableApiTermination) ?? false },
      }),
  },
  {
    of: ['InstanceInitiatedShutdownBehavior'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceAttribute({
        InstanceId,
        Attribute: 'instanceInitiatedShutdownBehavior',
        Value: text(after.InstanceInitiatedShutdownBehavior) ?? 'stop',
      }),
  },
  {
    of: ['BlockDeviceMappings'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceAttribute({
        InstanceId,
        BlockDeviceMappings: objects(after.BlockDeviceMappings).flatMap(({ DeviceName, Ebs }) =>
          Ebs === undefined
            ? []
            : [
                {
                  DeviceName: text(DeviceName),
                  Ebs: { DeleteOnTermination: flag(structure<Properties>(Ebs)?.DeleteOnTermination) ?? true },
                },
              ],
        ),
      }),
  },
  {
    of: ['Monitoring'],
    run: (ec2, InstanceId, after) => {
      const InstanceIds = [InstanceId];
      return after.Monitoring === true
        ? ec2.monitorInstances({ InstanceIds })
        : ec2.unmonitorInstances({ InstanceIds });
    },
  },
  {
    of: ['MetadataOptions'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceMetadataOptions({ InstanceId, ...structure<object>(after.MetadataOptions) }),
  },
  {
    of: ['CreditSpecification'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceCreditSpecification({
        InstanceCreditSpecifications: [{ InstanceId, ...credits(after.CreditSpecification) }],
      }),
  },
  { of: ['IamInstanceProfile'], run: setInstanceProfile },
];

/** AWS takes these of a stopped instance only. */
const stopped: readonly Step[] = [
  {
    of: ['InstanceType'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceAttribute({ InstanceId, InstanceType: { Value: text(after.InstanceType) } }),
  },
  {
    of: ['UserData'],
    run: (ec2, InstanceId, after) => {
      const Value = text(after.UserData);
      // An empty attribute can only be said in the other of the API's two notations.
      return Value === undefined
        ? ec2.modifyInstanceAttribute({ InstanceId, UserData: { Value: new Uint8Array() } })
        : ec2.modifyInstanceAttribute({ InstanceId, Attribute: 'userData', Value });
    },
  },
  {
    of: ['EbsOptimized'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceAttribute({ InstanceId, EbsOptimized: { Value: flag(after.EbsOptimized) ?? false } }),
  },
  {
    of: ['KernelId'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceAttribute({ InstanceId, Kernel: { Value: text(after.KernelId) } }),
  },
  {
    of: ['RamdiskId'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstanceAttribute({ InstanceId, Ramdisk: { Value: text(after.RamdiskId) } }),
  },
  {
    of: ['Tenancy', 'Affinity', 'HostId'],
    run: (ec2, InstanceId, after) =>
      ec2.modifyInstancePlacement({
        InstanceId,
        Tenancy: text(after.Tenancy) as 'host' | undefined,
        Affinity: text(after.Affinity) as 'default' | undefined,
        HostId: text(after.HostId),
      }),
  },
  {
    of: ['PrivateDnsNameOptions'],
    run: (ec2, InstanceId, after) => {
      const { HostnameType, ...records } = structure<Properties>(after.PrivateDnsNameOptions) ?? {};
      return ec2.modifyPrivateDnsNameOptions({
        InstanceId,
        ...records,
        PrivateDnsHostnameType: text(HostnameType) as 'ip-name' | undefined,
      });
    },
  },
];

/** Properties without a default to go back to: taking one out of the template leaves the instance as it is. */
const stays = new Set([
  'SecurityGroupIds',
  'BlockDeviceMappings',
  'MetadataOptions',
  'CreditSpecification',
  'InstanceType',
  'KernelId',
  'RamdiskId',
  'Tenancy',
  'Affinity',
  'HostId',
  'PrivateDnsNameOptions',
]);

/** Brings `after` about, as far as it differs from `before`. */
export async function changeInPlace(
  context: ProviderContext,
  id: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const ec2 = await context.aws.ec2();
  const differs = (name: string) =>
    !isWithin(after[name], before[name]) && !(after[name] === undefined && stays.has(name));
  const needed = (steps: readonly Step[]) => steps.filter((step) => step.of.some(differs));

  for (const step of needed(running)) await step.run(ec2, id, after, context, before);
  const whileStopped = needed(stopped).filter((step) => !step.of.includes('UserData'));
  const newUserData = differs('UserData') && !(await hasUserData(ec2, id, text(after.UserData) ?? ''));
  const steps = newUserData
    ? [...whileStopped, ...stopped.filter((step) => step.of.includes('UserData'))]
    : whileStopped;
  if (steps.length === 0) return;

  // One that is stopped, or is to be, does not run in between.
  const runs = after.State === undefined ? await isRunning(context, id) : after.State === 'running';
  await stopInstance(context, id);
  for (const step of steps) await step.run(ec2, id, after, context, before);
  if (runs) await startInstance(context, id);
}

/** Whether everything that `wanted` says is so: the cloud fills in the keys that it does not name. */
function isWithin(wanted: Properties[string] | undefined, now: Properties[string] | undefined): boolean {
  const [want, have] = [structure<Properties>(wanted), structure<Properties>(now)];
  if (want === undefined || have === undefined) return sameValue(wanted, now);
  return Object.entries(want).every(([key, value]) => sameValue(value, have[key]));
}

/**
 * UserData is not in a bulk read, so that after a crash nobody knows whether an instance has it already. One call
 * saves it a needless stop.
 */
async function hasUserData(ec2: EC2, InstanceId: string, wanted: string): Promise<boolean> {
  const { UserData } = await ec2.describeInstanceAttribute({ InstanceId, Attribute: 'userData' });
  return (UserData?.Value ?? '') === wanted;
}

async function setInstanceProfile(
  ec2: EC2,
  InstanceId: string,
  after: Properties,
  context: ProviderContext,
): Promise<void> {
  const { IamInstanceProfileAssociations = [] } = await ec2.describeIamInstanceProfileAssociations({
    Filters: [
      { Name: 'instance-id', Values: [InstanceId] },
      { Name: 'state', Values: ['associating', 'associated'] },
    ],
  });
  const AssociationId = IamInstanceProfileAssociations[0]?.AssociationId;
  const IamInstanceProfile = instanceProfile(after.IamInstanceProfile);
  if (IamInstanceProfile === undefined) {
    if (AssociationId !== undefined) await ec2.disassociateIamInstanceProfile({ AssociationId });
    return;
  }
  await eventually(
    context,
    async () => {
      if (AssociationId === undefined)
        await ec2.associateIamInstanceProfile({ InstanceId, IamInstanceProfile });
      else await ec2.replaceIamInstanceProfileAssociation({ AssociationId, IamInstanceProfile });
    },
    (error) => isNotFound(error) || /iamInstanceProfile|IAM instance profile/i.test(String(error)),
  );
}
