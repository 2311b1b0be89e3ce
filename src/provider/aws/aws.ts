import type { EC2Client } from '@aws-sdk/client-ec2';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';

/** The AWS clients of one target. Each is loaded on first use: an SDK client costs 50 to 300 ms to import. */
export interface Aws {
  ec2(): Promise<EC2Client>;
  iam(): Promise<IAMClient>;
  ssm(): Promise<SSMClient>;
  sts(): Promise<STSClient>;
  /** Calls sent so far, by `Service.Operation`; retries count. */
  readonly calls: ReadonlyMap<string, number>;
  destroy(): void;
}
