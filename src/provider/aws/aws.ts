import type { AutoScaling } from '@aws-sdk/client-auto-scaling';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { IAM } from '@aws-sdk/client-iam';
import type { S3 } from '@aws-sdk/client-s3';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { SSM } from '@aws-sdk/client-ssm';
import type { STS } from '@aws-sdk/client-sts';

/**
 * The AWS clients of one target. Each is loaded on first use: an SDK client costs 50 to 500 ms to import. They are
 * the SDK's aggregated clients (`ec2.createVpc(...)`), so that nothing else needs the SDK at run time. Every call
 * rejects with a `SlipwayError`; `errorCode` gives AWS's own code.
 */
export interface Aws {
  ec2(): Promise<EC2>;
  iam(): Promise<IAM>;
  elbv2(): Promise<ElasticLoadBalancingV2>;
  autoScaling(): Promise<AutoScaling>;
  logs(): Promise<CloudWatchLogs>;
  s3(): Promise<S3>;
  secretsManager(): Promise<SecretsManager>;
  ssm(): Promise<SSM>;
  sts(): Promise<STS>;
  /** Calls sent so far, by `Service.Operation`; retries count. */
  readonly calls: ReadonlyMap<string, number>;
  /** Calls that wait until AWS wants more of them fail with this instead of being sent. Later ones wait again. */
  stopWaiting(reason: unknown): void;
  destroy(): void;
}
