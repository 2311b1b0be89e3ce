import { SlipwayError } from '../base/error.ts';
import { callerAccount, verifyAccount } from '../provider/aws/account.ts';
import type { Aws } from '../provider/aws/aws.ts';
import type { ProviderContext } from '../provider/provider.ts';
import type { Environment } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import type { Workflow } from './workflow.ts';

/** The account and region that an environment means, with its clients open and its account checked. */
export interface Target {
  readonly aws: Aws;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/**
 * Opens the environment's target. The account is checked before anything else is asked of it: credentials for the
 * wrong one throw `cloud-account`, missing ones `cloud-credentials`.
 */
export async function openTarget(workflow: Workflow, environment: Environment): Promise<Target> {
  const region = environment.region ?? workflow.defaultRegion;
  if (region === undefined) {
    throw new SlipwayError('config-invalid', {
      summary: `No region was named for the environment ${environment.name}`,
      remedy: 'Name one in .github/slipway.yml, set AWS_REGION, or give --region.',
    });
  }
  const aws = workflow.openAws({
    region,
    ...(environment.role === undefined ? {} : { role: environment.role }),
  });
  if (environment.account !== undefined) await verifyAccount(aws, environment.account);
  const account = environment.account ?? (await callerAccount(aws));
  return { aws, account, region, partition: partitionOf(region) };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: the partitions and their regions. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

export function providerContext(workflow: Workflow, target: Target, stack: StackId): ProviderContext {
  const { aws, account, region, partition } = target;
  return { stack, account, region, partition, aws, clock: workflow.clock };
}
