import type { Clock } from '../base/clock.ts';
import { SlipwayError } from '../base/error.ts';
import { callerAccount, verifyAccount } from '../provider/aws/account.ts';
import type { Aws } from '../provider/aws/aws.ts';
import type { ProviderContext } from '../provider/provider.ts';
import type { Directory } from '../provider/slipway/access/directory.ts';
import type { VaultScope } from '../provider/vault/scope.ts';
import type { Environment } from '../settings/settings.ts';
import type { StackId } from '../stack/stack.ts';
import { repositoryOf } from '../stack/stack-id.ts';
import { leaseCloud } from './lease-cloud.ts';
import type { Workflow } from './workflow.ts';

/** The account and region that an environment means, with its clients open and its account checked. */
export interface Target {
  readonly aws: Aws;
  /** Absent where there is no Vault. */
  readonly vault?: VaultScope;
  /** Absent where there is no GitHub. */
  readonly directory?: Directory;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Aborts when credentials that were leased for it end before long, and cannot be renewed. */
  readonly lost?: AbortSignal;
  /** Ends what was leased for it. */
  close(): Promise<void>;
}

/** What a target is opened for. */
export interface TargetUse {
  readonly stack: StackId;
  /** What the session is called besides: `pr-12`. */
  readonly session?: string;
  /** Whether it is to be changed, or, where absent, only read. */
  readonly applies?: boolean;
}

/**
 * Opens the environment's target. The account is checked before anything else is asked of it: credentials for the
 * wrong one throw `cloud-account`, missing ones `cloud-credentials`. Whoever opens it closes it.
 */
export async function openTarget(
  workflow: Workflow,
  environment: Environment,
  use: TargetUse,
): Promise<Target> {
  const region = environment.region ?? workflow.defaultRegion;
  if (region === undefined) {
    throw new SlipwayError('config-invalid', {
      summary: `No region was named for the environment ${environment.name}`,
      remedy: 'Name one in .github/slipway.yml, set AWS_REGION, or give --region.',
    });
  }
  const { credentials: leasable } = environment;
  const lease = leasable && (await leaseCloud(workflow, environment, pathFor(leasable, use)));
  const close = async () => lease?.end();
  try {
    const aws = workflow.openAws({
      region,
      ...(lease ? { credentials: lease.credentials } : {}),
      ...(environment.role === undefined ? {} : sessionOf(environment, environment.role, use)),
    });
    if (lease) await untilKnown(aws, workflow.clock);
    if (environment.account !== undefined) await verifyAccount(aws, environment.account);
    const account = environment.account ?? (await callerAccount(aws));
    const directory = workflow.directory?.(repositoryOf(use.stack));
    return {
      aws,
      ...vaultOf(workflow, environment, use),
      ...(directory ? { directory } : {}),
      account,
      region,
      partition: partitionOf(region),
      ...(lease ? { lost: lease.lost } : {}),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function pathFor({ plan, apply }: NonNullable<Environment['credentials']>, { stack, applies }: TargetUse) {
  return { stack, path: applies ? apply : plan };
}

/** Keys of a user that Vault has just made are known everywhere some seconds later; those of a role at once. */
async function untilKnown(aws: Aws, clock: Clock): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      await callerAccount(aws);
      return;
    } catch (error) {
      if (!(error instanceof SlipwayError) || error.code !== 'cloud-credentials') throw error;
      await clock.sleep(2000);
    }
  }
}

function vaultOf(
  { vaults, masker }: Workflow,
  environment: Environment,
  { stack }: TargetUse,
): Pick<Target, 'vault'> {
  const vault = vaults?.of(environment.vault, repositoryOf(stack));
  if (!vault) return {};
  const { secrets: reads = [], 'vault-writes': writes = [] } = environment;
  return { vault: { vault, reads, writes, onSecret: masker.add } };
}

/** Whom CloudTrail names, and what a trust policy may ask for: which repository, and which environment of it. */
function sessionOf(environment: Environment, role: string, { stack, session }: TargetUse) {
  const repository = repositoryOf(stack);
  const externalId = environment['external-id'];
  return {
    role,
    ...(externalId === undefined ? {} : { externalId }),
    // What is cut off when it is too long is the end.
    sessionName: ['slipway', ...(session === undefined ? [] : [session]), repository].join('-'),
    sessionTags: { 'slipway:repository': repository, 'slipway:environment': environment.name },
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html: the partitions and their regions. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

export function providerContext(workflow: Workflow, target: Target, stack: StackId): ProviderContext {
  const { aws, vault, directory, account, region, partition } = target;
  return {
    stack,
    account,
    region,
    partition,
    aws,
    ...(vault ? { vault } : {}),
    ...(directory ? { directory } : {}),
    clock: workflow.clock,
  };
}
