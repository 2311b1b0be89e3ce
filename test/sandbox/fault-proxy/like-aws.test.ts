import {
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeVpcsCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { likeAws } from '../../../src/sandbox/fault-proxy/index.ts';
import { describeWithServices } from '../../services.ts';
import { ec2Through, newInstance, newSubnet, newVpc, proxyFor } from './aws.ts';

await describeWithServices('moto behind the rules of AWS', ['moto'], async ({ moto }) => {
  const proxy = await proxyFor(moto, { rules: likeAws });
  const ec2 = ec2Through(moto, proxy.url);

  test('a client that pages, waits, keeps its tokens and deletes in order gets along', async () => {
    const vpcs: string[] = [];
    for (let i = 0; i < 5; i++) vpcs.push(await newVpc(ec2));
    const [VpcId = ''] = vpcs;
    // moto's own default VPC is the sixth.
    const first = await ec2.send(new DescribeVpcsCommand({}));
    expect([first.Vpcs?.length, typeof first.NextToken]).toEqual([5, 'string']);

    const SubnetId = await newSubnet(ec2, VpcId);
    const run = () => newInstance(ec2, { SubnetId, ClientToken: 'once' });
    const id = await run();
    expect(await run()).toBe(id);

    const InstanceIds = [id];
    await waitUntilInstanceRunning(
      { client: ec2, maxWaitTime: 20, minDelay: 0.01, maxDelay: 1 },
      { InstanceIds },
    );
    expect(proxy.count('DescribeInstances')).toBe(3);

    await expect(ec2.send(new DeleteSubnetCommand({ SubnetId }))).rejects.toThrow(/has dependencies/);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    await ec2.send(new DeleteSubnetCommand({ SubnetId }));
    await ec2.send(new DeleteVpcCommand({ VpcId }));
  });
});
