import { afterEach, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { refresh } from '../../src/provider/refresh.ts';
import { registry, resourceType } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import type { ResourceRecord } from '../../src/state/state.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { quickClock } from './quick-clock.ts';
import { contextOf, create, type Made, readBy, type Workbench } from './workbench.ts';

await describeWithServices('bulk reads', ['moto'], ({ moto }) => {
  let counted = new Map<string, number>();
  const aws = openAws({
    ...awsClientConfig(moto),
    onCall: (operation) => counted.set(operation, (counted.get(operation) ?? 0) + 1),
  });
  const benchFor = (name: string): Workbench => ({
    types: registry,
    schemas: typeSchemas,
    context: contextOf(aws, quickClock(), `acme/shop:infra/${name}.yaml@test`),
  });
  const callsOf = async (work: () => Promise<unknown>) => {
    counted = new Map();
    await work();
    return Object.fromEntries(counted);
  };

  afterEach(async () => {
    await fetch(`${moto.url}/moto-api/reset`, { method: 'POST' });
  });

  test('a network is read in one call a listing, shared by the types that need it', async () => {
    const bench = benchFor('network');
    const made: Made[] = [];
    const make = async (logicalId: string, type: string, properties: Properties = {}) => {
      const one = await create(bench, logicalId, `AWS::EC2::${type}`, properties);
      made.push(one);
      return one.live.physicalId;
    };
    const VpcId = await make('Vpc', 'VPC', { CidrBlock: '10.20.0.0/16' });
    const InternetGatewayId = await make('Gateway', 'InternetGateway');
    await make('Attachment', 'VPCGatewayAttachment', { VpcId, InternetGatewayId });
    for (const zone of [1, 2, 3]) {
      const SubnetId = await make(`Subnet${zone}`, 'Subnet', { VpcId, CidrBlock: `10.20.${zone}.0/24` });
      const RouteTableId = await make(`Table${zone}`, 'RouteTable', { VpcId });
      await make(`Route${zone}`, 'Route', {
        RouteTableId,
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: InternetGatewayId,
      });
      await make(`Association${zone}`, 'SubnetRouteTableAssociation', { RouteTableId, SubnetId });
      await make(`Group${zone}`, 'SecurityGroup', { VpcId, GroupDescription: 'example' });
    }
    const records = made.map((one) => one.record);
    const calls = await callsOf(async () => {
      const live = await refresh(bench.context, records, (name) => resourceType(name));
      expect(live.size).toBe(records.length);
    });
    expect(calls).toEqual({
      'EC2.DescribeVpcs': 1,
      // One VPC, two switches.
      'EC2.DescribeVpcAttribute': 2,
      'EC2.DescribeSubnets': 1,
      'EC2.DescribeNetworkAcls': 1,
      'EC2.DescribeInternetGateways': 1,
      'EC2.DescribeRouteTables': 1,
      // Those of the stack, and the VPC's default one.
      'EC2.DescribeSecurityGroups': 2,
    });
  });

  test('hundreds are read in one call by the stack, and by id in filters of 200', async () => {
    const bench = benchFor('hundreds');
    const ec2 = await aws.ec2();
    const tags = [{ Key: 'slipway:stack', Value: bench.context.stack }];
    const records: ResourceRecord[] = [];
    for (let i = 0; i < 205; i++) {
      const TagSpecifications = [{ ResourceType: 'internet-gateway' as const, Tags: tags }];
      const { InternetGateway } = await ec2.createInternetGateway({ TagSpecifications });
      records.push({
        stack: bench.context.stack,
        logicalId: `Gateway${i}`,
        generation: 'current',
        type: 'AWS::EC2::InternetGateway',
        physicalId: InternetGateway!.InternetGatewayId!,
        properties: {},
        attributes: {},
        dependsOn: [],
        deletionPolicy: 'Delete',
        updateReplacePolicy: 'Delete',
      });
    }
    const type = resourceType('AWS::EC2::InternetGateway');
    const reading = { ...bench.context, once: <T>(_key: string, read: () => Promise<T>) => read() };
    expect(
      await callsOf(async () =>
        expect((await type.read({ ...reading, by: 'stack' }, records)).size).toBe(205),
      ),
    ).toEqual({
      'EC2.DescribeInternetGateways': 1,
    });
    expect(
      await callsOf(async () => expect((await type.read({ ...reading, by: 'id' }, records)).size).toBe(205)),
    ).toEqual({
      'EC2.DescribeInternetGateways': 2,
    });
  });

  test('many roles and profiles are read from the lists of the account, the same as one by one', async () => {
    const bench = benchFor('roles');
    const made: Made[] = [];
    for (let i = 0; i < 6; i++) {
      const role = await create(bench, `Role${i}`, 'AWS::IAM::Role', {
        Description: `number ${i}`,
        MaxSessionDuration: 7200,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: 'a',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
            },
          },
        ],
        Tags: [{ Key: 'Name', Value: `role ${i}` }],
      });
      made.push(role);
      made.push(
        await create(bench, `Profile${i}`, 'AWS::IAM::InstanceProfile', { Roles: [role.live.physicalId] }),
      );
    }
    const records = made.map((one) => one.record);
    const live = new Map();
    const calls = await callsOf(async () => {
      for (const [id, one] of await refresh(bench.context, records, (name) => resourceType(name)))
        live.set(id, one);
    });
    expect(calls).toEqual({
      'IAM.GetAccountAuthorizationDetails': 1,
      'IAM.ListRoles': 1,
      'IAM.ListInstanceProfiles': 1,
    });
    for (const one of made) expect(live.get(one.record.logicalId)).toEqual(await readBy(bench, 'id', one));
  });

  test('a tag that somebody took off hides a resource from the stack and not from its id', async () => {
    const bench = benchFor('untagged');
    const gateway = await create(bench, 'Gateway', 'AWS::EC2::InternetGateway', {});
    await (await aws.ec2()).deleteTags({
      Resources: [gateway.live.physicalId],
      Tags: [{ Key: 'slipway:stack' }],
    });
    expect(await readBy(bench, 'stack', gateway)).toBeUndefined();
    expect(await readBy(bench, 'id', gateway)).toBeDefined();
  });

  test('a stack whose name holds a wildcard reads its own and nothing else', async () => {
    const [plain, wild] = [benchFor('shop-a'), benchFor('shop-*')];
    const gateway = await create(plain, 'Gateway', 'AWS::EC2::InternetGateway', {});
    expect(await readBy(plain, 'stack', gateway)).toBeDefined();
    expect(await readBy(wild, 'stack', gateway)).toBeUndefined();
  });
});
