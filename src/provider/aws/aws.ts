import type { EC2 } from '@aws-sdk/client-ec2';
import type { IAM } from '@aws-sdk/client-iam';
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
  secretsManager(): Promise<SecretsManager>;
  ssm(): Promise<SSM>;
  sts(): Promise<STS>;
  /** Calls sent so far, by `Service.Operation`; retries count. */
  readonly calls: ReadonlyMap<string, number>;
  destroy(): void;
}
