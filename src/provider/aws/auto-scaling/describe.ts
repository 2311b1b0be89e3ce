/** Auto Scaling's Describe calls: by names in as many calls as the names need, groups by our tags too. */
import type {
  AutoScaling,
  AutoScalingGroup,
  Filter,
  LaunchConfiguration,
  ScalingPolicy,
} from '@aws-sdk/client-auto-scaling';
import type { ProviderContext, ReadContext } from '../../provider.ts';
import { errorCode, errorMessage } from '../aws-error.ts';
import { intentTag, stackTag } from '../tags.ts';

/** As many as one call takes. */
const namesOfOneCall = 50;
const pageSize = 100;

/** A group that is being deleted counts as gone: it takes no more changes. */
const isThere = ({ Status }: AutoScalingGroup) => Status === undefined;

/** The stack's groups, or those with the names. */
export async function readGroups(
  context: ReadContext,
  names: readonly string[],
): Promise<readonly AutoScalingGroup[]> {
  if (context.by === 'id') {
    const found = await inChunks(names, (AutoScalingGroupNames) =>
      groupsNamed(context, AutoScalingGroupNames),
    );
    return found.filter(isThere);
  }
  return context.once('DescribeAutoScalingGroups', () => groupsTagged(context, stackTag, context.stack));
}

/** In any state; undefined when it is gone. */
export async function groupNamed(
  context: ProviderContext,
  name: string,
): Promise<AutoScalingGroup | undefined> {
  return (await groupsNamed(context, [name]))[0];
}

/** What the create with this intent made. */
export async function groupOfIntent(
  context: ProviderContext,
  intent: string,
): Promise<AutoScalingGroup | undefined> {
  return (await groupsTagged(context, intentTag, intent))[0];
}

async function groupsNamed(
  context: ProviderContext,
  AutoScalingGroupNames: string[],
): Promise<AutoScalingGroup[]> {
  return listGroups(await context.aws.autoScaling(), { AutoScalingGroupNames });
}

async function groupsTagged(
  context: ProviderContext,
  key: string,
  value: string,
): Promise<AutoScalingGroup[]> {
  const Filters = [{ Name: `tag:${key}`, Values: [value] }];
  return (await listGroups(await context.aws.autoScaling(), { Filters })).filter(isThere);
}

async function listGroups(
  autoScaling: AutoScaling,
  which: { AutoScalingGroupNames: string[] } | { Filters: Filter[] },
): Promise<AutoScalingGroup[]> {
  const found: AutoScalingGroup[] = [];
  for await (const page of autoScaling.paginateDescribeAutoScalingGroups(which, { pageSize })) {
    found.push(...(page.AutoScalingGroups ?? []));
  }
  return found;
}

/** Those that are there of the ones with these names. */
export async function readLaunchConfigurations(
  context: ProviderContext,
  names: readonly string[],
): Promise<readonly LaunchConfiguration[]> {
  const autoScaling = await context.aws.autoScaling();
  return inChunks(names, async (LaunchConfigurationNames) => {
    const { LaunchConfigurations = [] } = await autoScaling.describeLaunchConfigurations({
      LaunchConfigurationNames,
      MaxRecords: pageSize,
    });
    return LaunchConfigurations;
  });
}

/** Those that are there of the ones with these names, of whatever group. */
export async function readPolicies(
  context: ProviderContext,
  names: readonly string[],
): Promise<readonly ScalingPolicy[]> {
  const autoScaling = await context.aws.autoScaling();
  return inChunks(names, async (PolicyNames) => {
    const found: ScalingPolicy[] = [];
    for await (const page of autoScaling.paginateDescribePolicies({ PolicyNames }, { pageSize })) {
      found.push(...(page.ScalingPolicies ?? []));
    }
    return found;
  });
}

async function inChunks<Item>(
  names: readonly string[],
  read: (names: string[]) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const wanted = [...new Set(names)].sort();
  const chunks = Array.from({ length: Math.ceil(wanted.length / namesOfOneCall) }, (_, i) =>
    wanted.slice(i * namesOfOneCall, (i + 1) * namesOfOneCall),
  );
  return (await Promise.all(chunks.map(read))).flat();
}

/** Auto Scaling has one code for all that it refuses; what is gone, or not there yet, it says in words. */
export function isUnknownName(error: unknown): boolean {
  return (
    errorCode(error) === 'ValidationError' &&
    /name not found|not found$|does not exist/i.test(errorMessage(error))
  );
}

/** What was made a moment ago in another service is not known here at once: an instance profile above all. */
export function isNotYetUsable(error: unknown): boolean {
  return (
    errorCode(error) === 'ValidationError' &&
    /IamInstanceProfile|IAM instance profile|launch ?(configuration|template).*(not found|does not exist)/i.test(
      errorMessage(error),
    )
  );
}
