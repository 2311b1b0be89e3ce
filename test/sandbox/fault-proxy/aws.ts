/** What the tests of this folder share: a moto, a proxy before it, and clients that do not retry. */
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  type EC2ClientConfig,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { afterAll, afterEach } from 'vitest';
import {
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
} from '../../../src/sandbox/fault-proxy/index.ts';
import type { RunningService } from '../../../src/sandbox/services/index.ts';
import { awsClientConfig } from '../../services.ts';

/** A proxy for a test file; its rules and its log are emptied after each test. */
export async function proxyFor(
  moto: RunningService,
  options: Omit<FaultProxyOptions, 'target'> = {},
): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ target: moto.url, ...options });
  afterEach(() => proxy.reset());
  afterAll(() => proxy.stop());
  return proxy;
}

/** One attempt a call, so that the client's own retries hide nothing. */
export function ec2Through(moto: RunningService, endpoint: string, config: EC2ClientConfig = {}): EC2Client {
  return new EC2Client({ ...awsClientConfig(moto, endpoint), maxAttempts: 1, ...config });
}

export async function newVpc(ec2: EC2Client): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  return Vpc?.VpcId ?? '';
}

export async function newSubnet(ec2: EC2Client, VpcId: string, CidrBlock = '10.0.1.0/24'): Promise<string> {
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }));
  return Subnet?.SubnetId ?? '';
}

/** An image that moto has in every region. */
export const IMAGE = 'ami-000c540e28953ace2';

export async function newInstance(
  ec2: EC2Client,
  more: Partial<RunInstancesCommandInput> = {},
): Promise<string> {
  const input = { ImageId: IMAGE, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 } as const;
  const { Instances } = await ec2.send(new RunInstancesCommand({ ...input, ...more }));
  return Instances?.[0]?.InstanceId ?? '';
}
