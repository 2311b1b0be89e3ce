import {
  CreateTagsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  paginateDescribeSubnets,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { awsClientConfig, describeWithServices } from '../../services.ts';
import { ec2Through, newInstance, newSubnet, newVpc, proxyFor } from './aws.ts';

await describeWithServices('what the fault proxy adds to moto', ['moto'], async ({ moto }) => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = { now: () => new Date(now), sleep: async () => {} };
  const proxy = await proxyFor(moto, { clock });
  const ec2 = ec2Through(moto, proxy.url);
  const iam = new IAMClient({ ...awsClientConfig(moto, proxy.url), maxAttempts: 1 });

  describe('hide', () => {
    const byId = (id: string) => ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }));
    const inList = async (vpc: string) => {
      const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
      // moto orders them by zone, which it draws.
      return new Set(Subnets.map((s) => s.SubnetId));
    };
    const NOT_FOUND = { name: 'InvalidSubnetID.NotFound' };

    test('keeps a fresh resource from so many reads, by id and in lists', async () => {
      const vpc = await newVpc(ec2);
      const old = await newSubnet(ec2, vpc, '10.0.1.0/24');
      proxy.rules.add({ match: { action: 'CreateSubnet' }, fault: { kind: 'hide', for: { reads: 3 } } });
      const fresh = await newSubnet(ec2, vpc, '10.0.2.0/24');
      await expect(byId(fresh)).rejects.toMatchObject(NOT_FOUND);
      expect(await inList(vpc)).toEqual(new Set([old]));
      await expect(byId(fresh)).rejects.toMatchObject(NOT_FOUND);
      expect((await byId(fresh)).Subnets).toHaveLength(1);
      expect(await inList(vpc)).toEqual(new Set([old, fresh]));
    });

    test('ends by time', async () => {
      const vpc = await newVpc(ec2);
      proxy.rules.add({ match: { action: 'CreateSubnet' }, fault: { kind: 'hide', for: { ms: 500 } } });
      const fresh = await newSubnet(ec2, vpc);
      now += 499;
      await expect(byId(fresh)).rejects.toMatchObject(NOT_FOUND);
      now += 1;
      expect((await byId(fresh)).Subnets).toHaveLength(1);
    });

    test('leaves other calls alone, unless every call is to miss it', async () => {
      const vpc = await newVpc(ec2);
      const tag = (id: string) =>
        ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] }));
      const fault = { kind: 'hide', for: { reads: 1 } } as const;
      proxy.rules.add({ match: { action: 'CreateSubnet', nth: 1 }, fault });
      await tag(await newSubnet(ec2, vpc, '10.0.1.0/24'));
      proxy.rules.add({ match: { action: 'CreateSubnet' }, fault: { ...fault, from: 'every-call' } });
      const fresh = await newSubnet(ec2, vpc, '10.0.2.0/24');
      await expect(tag(fresh)).rejects.toMatchObject(NOT_FOUND);
      await tag(fresh);
    });

    test('hides an instance, and not the others of its reservations', async () => {
      const subnet = await newSubnet(ec2, await newVpc(ec2));
      const old = await newInstance(ec2, { SubnetId: subnet });
      proxy.rules.add({ match: { action: 'RunInstances' }, fault: { kind: 'hide', for: { reads: 1 } } });
      await newInstance(ec2, { SubnetId: subnet });
      const reservations = async () => {
        const Filters = [{ Name: 'subnet-id', Values: [subnet] }];
        const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
        return Reservations.map(({ Instances }) => Instances?.[0]?.InstanceId);
      };
      expect(await reservations()).toEqual([old]);
      expect(await reservations()).toHaveLength(2);
    });

    test('hides a role from IAM', async () => {
      proxy.rules.add({ match: { action: 'CreateRole' }, fault: { kind: 'hide', for: { reads: 1 } } });
      await iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument: '{}' }));
      const get = () => iam.send(new GetRoleCommand({ RoleName: 'web' }));
      await expect(get()).rejects.toMatchObject({ name: 'NoSuchEntityException' });
      expect((await get()).Role?.RoleName).toBe('web');
    });

    test('refuses to run an instance with an instance profile that EC2 does not see yet', async () => {
      proxy.rules.add({
        match: { action: 'CreateInstanceProfile' },
        fault: { kind: 'hide', for: { reads: 1 } },
      });
      await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
      const run = () => newInstance(ec2, { IamInstanceProfile: { Name: 'web' } });
      await expect(run()).rejects.toMatchObject({
        name: 'InvalidParameterValue',
        message: expect.stringContaining('Invalid IAM Instance Profile name'),
      });
      expect(await run()).toMatch(/^i-/);
    });
  });

  describe('linger', () => {
    const states = async (client: EC2Client, id: string, times: number) => {
      const seen = [];
      for (let i = 0; i < times; i++) {
        const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
        seen.push(Reservations?.[0]?.Instances?.[0]?.State?.Name);
      }
      return seen;
    };

    test('keeps an instance pending, then stopping, then shutting down', async () => {
      proxy.rules.add({ match: { action: '*' }, fault: { kind: 'linger', for: { reads: 2 } } });
      const id = await newInstance(ec2);
      expect(await states(ec2, id, 3)).toEqual(['pending', 'pending', 'running']);
      await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
      expect(await states(ec2, id, 3)).toEqual(['stopping', 'stopping', 'stopped']);
      await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
      expect(await states(ec2, id, 3)).toEqual(['shutting-down', 'shutting-down', 'terminated']);
    });

    test('a filter by state sees the state that is shown', async () => {
      proxy.rules.add({ match: { action: 'RunInstances' }, fault: { kind: 'linger', for: { ms: 1_000 } } });
      const subnet = await newSubnet(ec2, await newVpc(ec2));
      const id = await newInstance(ec2, { SubnetId: subnet });
      const found = async (...Values: string[]) => {
        const Filters = [
          { Name: 'instance-state-name', Values },
          { Name: 'subnet-id', Values: [subnet] },
        ];
        const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
        return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
      };
      const running = async () => {
        const { InstanceStatuses = [] } = await ec2.send(new DescribeInstanceStatusCommand({}));
        return InstanceStatuses.some(({ InstanceId }) => InstanceId === id);
      };
      expect([await found('running'), await found('stopped', 'pending'), await running()]).toEqual([
        [],
        [id],
        false,
      ]);
      now += 1_000;
      expect([await found('running'), await found('pending'), await running()]).toEqual([[id], [], true]);
    });
  });

  describe('pages', () => {
    test('answers in fives, also when nobody asked, and the client finds them all', async () => {
      const vpc = await newVpc(ec2);
      for (let i = 1; i <= 12; i++) await newSubnet(ec2, vpc, `10.0.${i}.0/24`);
      proxy.rules.add({ match: { action: '*' }, fault: { kind: 'pages' } });
      const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
      const first = await ec2.send(new DescribeSubnetsCommand({ Filters }));
      expect(first.Subnets).toHaveLength(5);

      proxy.reset();
      proxy.rules.add({ match: { action: '*' }, fault: { kind: 'pages' } });
      const ids: (string | undefined)[] = [];
      for await (const page of paginateDescribeSubnets({ client: ec2 }, { Filters })) {
        ids.push(...(page.Subnets ?? []).map(({ SubnetId }) => SubnetId));
      }
      expect(new Set(ids).size).toBe(12);
      expect(proxy.count('DescribeSubnets')).toBe(3);

      const { NextToken } = first;
      const others = ec2.send(new DescribeSubnetsCommand({ NextToken }));
      await expect(others).rejects.toMatchObject({ name: 'InvalidNextToken' });
    });

    test('pages DescribeInstances too, which moto does by itself', async () => {
      const subnet = await newSubnet(ec2, await newVpc(ec2));
      for (let i = 0; i < 7; i++) await newInstance(ec2, { SubnetId: subnet });
      proxy.rules.add({ match: { action: '*' }, fault: { kind: 'pages' } });
      const Filters = [{ Name: 'subnet-id', Values: [subnet] }];
      const one = await ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: 1000 }));
      expect(one.Reservations).toHaveLength(5);
      const two = await ec2.send(new DescribeInstancesCommand({ Filters, NextToken: one.NextToken }));
      expect([two.Reservations?.length, two.NextToken]).toEqual([2, undefined]);
    });
  });

  describe('client tokens', () => {
    const rule = { match: { action: '*' }, fault: { kind: 'client-tokens' } } as const;

    test('the same token gets the same instance; other parameters are refused', async () => {
      proxy.rules.add(rule);
      const first = await newInstance(ec2, { ClientToken: 'once' });
      expect(await newInstance(ec2, { ClientToken: 'once' })).toBe(first);
      expect(await newInstance(ec2, { ClientToken: 'twice' })).not.toBe(first);
      await expect(newInstance(ec2, { ClientToken: 'once', InstanceType: 't3.nano' })).rejects.toMatchObject({
        name: 'IdempotentParameterMismatch',
      });
    });

    test('a call that failed leaves its token free', async () => {
      proxy.rules.add(rule);
      const failing = newInstance(ec2, { ClientToken: 'again', ImageId: 'ami-00000000' });
      await expect(failing).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
      expect(await newInstance(ec2, { ClientToken: 'again' })).toMatch(/^i-/);
    });

    test('a lost answer is found again with the token, whatever the order of the rules', async () => {
      proxy.rules.add(rule);
      proxy.rules.add({ match: { action: 'RunInstances', nth: 1 }, fault: { kind: 'cut', when: 'after' } });
      const subnet = await newSubnet(ec2, await newVpc(ec2));
      const patient = ec2Through(moto, proxy.url, { maxAttempts: 2 });
      const id = await newInstance(patient, { SubnetId: subnet });
      expect(proxy.count('RunInstances')).toBe(2);
      const Filters = [{ Name: 'subnet-id', Values: [subnet] }];
      const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters }));
      expect(Reservations?.map(({ Instances }) => Instances?.[0]?.InstanceId)).toEqual([id]);
    });
  });
});
