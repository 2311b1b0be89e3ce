import { afterAll, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { likeAws, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { instance } from './examples/instance.ts';
import { quickClock } from './quick-clock.ts';
import { contextOf, create, type Made, remove, type Workbench } from './workbench.ts';

const fiveMinutes = 5 * 60_000;

await describeWithServices('deleting what is in use', ['moto'], async ({ moto }) => {
  const clock = quickClock();
  const proxy = await startFaultProxy({ target: moto.url, rules: likeAws, clock });
  const aws = openAws(awsClientConfig(moto, proxy.url));
  const bench: Workbench = {
    types: registry,
    schemas: typeSchemas,
    context: contextOf(aws, clock, 'acme/shop:infra/in-use.yaml@test'),
  };
  const make = (logicalId: string, type: string, properties: Properties = {}) =>
    create(bench, logicalId, `AWS::EC2::${type}`, properties);
  const network = async () => {
    const vpc = await make('Vpc', 'VPC', { CidrBlock: '10.20.0.0/16' });
    const VpcId = vpc.live.physicalId;
    const subnet = await make('Subnet', 'Subnet', { VpcId, CidrBlock: '10.20.1.0/24' });
    return { vpc, subnet, VpcId, SubnetId: subnet.live.physicalId };
  };
  const removeAll = async (...all: readonly Made[]) => {
    for (const one of all) await remove(bench, one);
  };
  const refusalOf = async (made: Made) => {
    const begun = clock.slept();
    const error = await remove(bench, made).catch((cause: unknown) => cause);
    expect(clock.slept() - begun).toBeGreaterThanOrEqual(fiveMinutes);
    return error;
  };

  afterAll(async () => {
    aws.destroy();
    await proxy.stop();
  });

  test('a VPC is refused after five minutes, and what is in it is named', async () => {
    const { vpc, subnet, SubnetId } = await network();
    expect(await refusalOf(vpc)).toMatchObject({
      code: 'cloud-in-use',
      problem: { detail: expect.stringContaining(`subnet ${SubnetId}`) },
    });
    await removeAll(subnet, vpc);
  });

  test('a subnet and a security group of a running instance are refused, and the instance is named', async () => {
    const { vpc, subnet, VpcId, SubnetId } = await network();
    const group = await make('Group', 'SecurityGroup', { VpcId, GroupDescription: 'example' });
    const running = await make('Server', 'Instance', {
      ImageId: instance.properties.ImageId!,
      InstanceType: 't3.micro',
      SubnetId,
      SecurityGroupIds: [group.live.physicalId],
    });
    for (const held of [subnet, group]) {
      expect(await refusalOf(held)).toMatchObject({
        code: 'cloud-in-use',
        problem: { detail: expect.stringContaining(running.live.physicalId) },
      });
    }
    await removeAll(running, group, subnet, vpc);
  });

  test('a security group that a rule of another refers to is refused, and the other is named', async () => {
    const { vpc, subnet, VpcId } = await network();
    const group = await make('Group', 'SecurityGroup', { VpcId, GroupDescription: 'example' });
    const other = await make('Other', 'SecurityGroup', {
      VpcId,
      GroupDescription: 'other',
      SecurityGroupIngress: [{ IpProtocol: '-1', SourceSecurityGroupId: group.live.physicalId }],
    });
    expect(await refusalOf(group)).toMatchObject({
      code: 'cloud-in-use',
      problem: { detail: expect.stringContaining(other.live.physicalId) },
    });
    await removeAll(other, group, subnet, vpc);
  });

  test('a gateway waits for the public addresses of its VPC to go, and goes then', async () => {
    const { vpc, subnet, VpcId, SubnetId } = await network();
    const gateway = await make('Gateway', 'InternetGateway');
    const InternetGatewayId = gateway.live.physicalId;
    const attachment = await make('Attachment', 'VPCGatewayAttachment', { VpcId, InternetGatewayId });
    const ec2 = await aws.ec2();
    const { NetworkInterface } = await ec2.createNetworkInterface({ SubnetId });
    const NetworkInterfaceId = NetworkInterface!.NetworkInterfaceId!;
    const { AllocationId, PublicIp } = await ec2.allocateAddress({ Domain: 'vpc' });
    const { AssociationId } = await ec2.associateAddress({ AllocationId, NetworkInterfaceId });

    expect(await refusalOf(attachment)).toMatchObject({
      code: 'cloud-in-use',
      problem: { detail: expect.stringContaining(PublicIp!) },
    });

    // Somebody lets the address go while Slipway waits.
    const begun = clock.slept();
    const leaving = remove(
      {
        ...bench,
        context: {
          ...bench.context,
          clock: {
            now: clock.now,
            sleep: async (ms) => {
              const before = clock.slept();
              await clock.sleep(ms);
              if (before - begun < 2_000 && clock.slept() - begun >= 2_000)
                await ec2.disassociateAddress({ AssociationId });
            },
          },
        },
      },
      attachment,
    );
    await leaving;
    expect(clock.slept() - begun).toBeGreaterThanOrEqual(2_000);
    expect(clock.slept() - begun).toBeLessThan(60_000);

    await ec2.releaseAddress({ AllocationId });
    await ec2.deleteNetworkInterface({ NetworkInterfaceId });
    await removeAll(gateway, subnet, vpc);
  });

  test("a role in somebody else's instance profile is refused, and the profile is named", async () => {
    const role = await create(bench, 'Role', 'AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
    });
    const iam = await aws.iam();
    const InstanceProfileName = 'of-somebody-else';
    await iam.createInstanceProfile({ InstanceProfileName });
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: role.live.physicalId });
    expect(await refusalOf(role)).toMatchObject({
      code: 'cloud-in-use',
      problem: { detail: expect.stringContaining(InstanceProfileName) },
    });
    await iam.removeRoleFromInstanceProfile({ InstanceProfileName, RoleName: role.live.physicalId });
    await remove(bench, role);
  });

  test('what was replaced is removed by its id alone', async () => {
    const { vpc, subnet, VpcId } = await network();
    const gateway = await make('Gateway', 'InternetGateway');
    const InternetGatewayId = gateway.live.physicalId;
    const attachment = await make('Attachment', 'VPCGatewayAttachment', { VpcId, InternetGatewayId });
    const table = await make('Table', 'RouteTable', { VpcId });
    const RouteTableId = table.live.physicalId;
    const route = await make('Route', 'Route', {
      RouteTableId,
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: InternetGatewayId,
    });
    const byIdAlone = (made: Made): Made => ({ ...made, record: { ...made.record, properties: {} } });
    await removeAll(byIdAlone(route), byIdAlone(attachment), byIdAlone(table));
    const ec2 = await aws.ec2();
    expect(
      (await ec2.describeInternetGateways({ InternetGatewayIds: [InternetGatewayId] })).InternetGateways?.[0]
        ?.Attachments ?? [],
    ).toEqual([]);
    await removeAll(gateway, subnet, vpc);
  });
});
