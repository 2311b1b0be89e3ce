import {
  CreateVpcCommand,
  DescribeVpcsCommand,
  type EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { type FaultSettings, startFaultProxy } from '../../../src/sandbox/fault-proxy/index.ts';
import { awsClientConfig, describeWithServices } from '../../services.ts';
import { ec2Through, IMAGE, newVpc, proxyFor } from './aws.ts';

await describeWithServices('the fault proxy, between a client and moto', ['moto'], async ({ moto }) => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const slept: number[] = [];
  const clock = {
    now: () => new Date(now),
    sleep: async (ms: number) => {
      slept.push(ms);
      now += ms;
    },
  };
  const proxy = await proxyFor(moto, { clock });
  const direct = ec2Through(moto, moto.url);
  const ec2 = ec2Through(moto, proxy.url);
  const config = { ...awsClientConfig(moto, proxy.url), maxAttempts: 1 };

  const vpcCount = async (client: EC2Client = direct) =>
    (await client.send(new DescribeVpcsCommand({}))).Vpcs?.length ?? 0;

  /** What a client sees of a call, in one word. */
  const seen = (call: Promise<unknown>) =>
    call.then(
      () => 'answer',
      (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
        error.$metadata?.httpStatusCode === undefined
          ? 'no answer'
          : `${error.$metadata.httpStatusCode} ${error.name}`,
    );

  test('passes calls on unchanged and logs them', async () => {
    const id = await newVpc(ec2);
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }));
    expect(Vpcs?.[0]?.VpcId).toBe(id);
    expect(proxy.calls).toMatchObject([
      { service: 'ec2', action: 'CreateVpc', status: 200, forwarded: true, at: now, faults: [] },
      { service: 'ec2', action: 'DescribeVpcs', status: 200, forwarded: true },
    ]);
    expect([proxy.count(), proxy.count('CreateVpc'), proxy.count('Describe*')]).toEqual([2, 1, 1]);
  });

  test('logs the errors that moto gives', async () => {
    const missing = ec2.send(new DescribeVpcsCommand({ VpcIds: ['vpc-00000000'] }));
    expect(await seen(missing)).toBe('400 InvalidVpcID.NotFound');
    expect(proxy.calls).toMatchObject([{ action: 'DescribeVpcs', status: 400 }]);
  });

  describe('writes an error as the service would', () => {
    const iam = new IAMClient(config);
    const sts = new STSClient(config);
    const ssm = new SSMClient(config);
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    const role = new CreateRoleCommand({ RoleName: 'never', AssumeRolePolicyDocument: '{}' });
    const services: readonly [string, () => Promise<unknown>, string, string, string][] = [
      [
        'EC2',
        () => ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' })),
        '503 RequestLimitExceeded',
        '500 InternalError',
        '503 Unavailable',
      ],
      // The client calls IAM's ServiceFailure by the name of its class.
      [
        'IAM',
        () => iam.send(role),
        '400 Throttling',
        '500 ServiceFailureException',
        '503 ServiceUnavailable',
      ],
      [
        'STS',
        () => sts.send(new GetCallerIdentityCommand({})),
        '400 Throttling',
        '500 ServiceFailure',
        '503 ServiceUnavailable',
      ],
      [
        'SSM',
        () => ssm.send(new GetParameterCommand({ Name: '/none' })),
        '400 ThrottlingException',
        '500 InternalServerError',
        '503 ServiceUnavailableException',
      ],
      [
        'S3',
        () => s3.send(new ListBucketsCommand({})),
        '503 SlowDown',
        '500 InternalError',
        '503 ServiceUnavailable',
      ],
    ];
    test.each(services)('%s', async (_, call, throttled, internal, unavailable) => {
      const faults: FaultSettings[] = [
        { kind: 'throttle' },
        { kind: 'server-error' },
        { kind: 'server-error', status: 503 },
      ];
      const outcomes: string[] = [];
      for (const fault of faults) {
        proxy.reset();
        proxy.rules.add({ match: { action: '*' }, fault });
        outcomes.push(await seen(call()));
        expect(proxy.calls).toMatchObject([{ forwarded: false, faults: [fault.kind] }]);
      }
      expect(outcomes).toEqual([throttled, internal, unavailable]);
    });
  });

  describe('does to the network', () => {
    const cases: readonly { fault: FaultSettings; client: string; created: number; slept: number[] }[] = [
      { fault: { kind: 'cut', when: 'before' }, client: 'no answer', created: 0, slept: [] },
      { fault: { kind: 'cut', when: 'after' }, client: 'no answer', created: 1, slept: [] },
      { fault: { kind: 'cut', when: 'during' }, client: 'no answer', created: 1, slept: [] },
      { fault: { kind: 'server-error', when: 'before' }, client: '500 InternalError', created: 0, slept: [] },
      { fault: { kind: 'server-error', when: 'after' }, client: '500 InternalError', created: 1, slept: [] },
      { fault: { kind: 'delay', ms: 700 }, client: 'answer', created: 1, slept: [700] },
      { fault: { kind: 'delay', ms: 700, when: 'after' }, client: 'answer', created: 1, slept: [700] },
    ];
    test.each(cases)('$fault', async ({ fault, client, created, slept: expected }) => {
      slept.length = 0;
      const before = await vpcCount();
      proxy.rules.add({ match: { action: 'CreateVpc' }, fault });
      const outcome = await seen(newVpc(ec2));
      // A body that ends too early is an error of the client's own, with the status that came before it.
      expect(outcome.startsWith('200') ? 'no answer' : outcome).toBe(client);
      expect((await vpcCount()) - before).toBe(created);
      expect(slept).toEqual(expected);
      expect(proxy.calls[0]?.forwarded).toBe(created === 1);
      if (fault.kind === 'delay') expect(proxy.calls[0]?.durationMs).toBe(700);
    });

    test('jitter up to what is asked', async () => {
      slept.length = 0;
      proxy.rules.add({ match: { action: '*' }, fault: { kind: 'delay', ms: 10, jitterMs: 5 } });
      for (let i = 0; i < 5; i++) await vpcCount(ec2);
      expect(new Set(slept).size).toBe(5);
      for (const ms of slept) expect(ms).toBeGreaterThanOrEqual(10);
      for (const ms of slept) expect(ms).toBeLessThan(15);
    });
  });

  test('a client that retries gets over a few throttled calls', async () => {
    proxy.rules.add({ match: { action: 'DescribeVpcs', times: 2 }, fault: { kind: 'throttle' } });
    const patient = ec2Through(moto, proxy.url, { maxAttempts: 3 });
    expect(await seen(patient.send(new DescribeVpcsCommand({})))).toBe('answer');
    expect(proxy.calls.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  test('a rule that was taken away does nothing any more', async () => {
    const remove = proxy.rules.add({ match: { action: '*' }, fault: { kind: 'throttle' } });
    expect(await seen(vpcCount(ec2))).toBe('503 RequestLimitExceeded');
    remove();
    expect(proxy.rules.list()).toEqual([]);
    expect(await seen(vpcCount(ec2))).toBe('answer');
  });

  describe('token buckets', () => {
    test('let so many calls through, and more as time passes, for each action apart', async () => {
      const sizes = { DescribeVpcs: { capacity: 3, refillPerSecond: 2 } };
      proxy.rules.add({ match: { action: '*' }, fault: { kind: 'token-buckets', sizes } });
      const burst = async () => {
        const outcomes = [];
        for (let i = 0; i < 5; i++) outcomes.push(await seen(vpcCount(ec2)));
        return outcomes.filter((outcome) => outcome === 'answer').length;
      };
      expect(await burst()).toBe(3);
      expect(await seen(newVpc(ec2))).toBe('answer');
      now += 1_000;
      expect(await burst()).toBe(2);
      now += 60_000;
      expect(await burst()).toBe(3);
    });

    test('have the documented sizes: RunInstances five calls, and a thousand instances', async () => {
      proxy.rules.add({ match: { action: '*' }, fault: { kind: 'token-buckets' } });
      const run = (count: number) =>
        seen(
          ec2.send(
            new RunInstancesCommand({
              ImageId: IMAGE,
              InstanceType: 't3.micro',
              MinCount: count,
              MaxCount: count,
            }),
          ),
        );
      expect(await run(1001)).toBe('503 RequestLimitExceeded');
      const outcomes = [];
      for (let i = 0; i < 5; i++) outcomes.push(await run(1));
      expect(outcomes).toEqual(['answer', 'answer', 'answer', 'answer', '503 RequestLimitExceeded']);
    });
  });

  test('stops at once, also while it delays a call', async () => {
    const slow = await startFaultProxy({ target: moto.url });
    slow.rules.add({ match: { action: '*' }, fault: { kind: 'delay', ms: 60_000 } });
    const outcome = seen(vpcCount(ec2Through(moto, slow.url)));
    await expect.poll(() => slow.count()).toBe(1);
    await slow.stop();
    expect(await outcome).toBe('no answer');
  });

  test('a target that is gone is a broken connection', async () => {
    const nowhere = await proxyFor({ ...moto, url: 'http://127.0.0.1:9' });
    expect(await seen(vpcCount(ec2Through(moto, nowhere.url)))).toBe('no answer');
  });
});
