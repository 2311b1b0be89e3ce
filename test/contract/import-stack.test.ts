import { afterAll, describe, expect, test } from 'vitest';
import { hasChanges } from '../../src/plan/plan.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { renderPlanText } from '../../src/review/plan-text.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { planStack, type StackSource } from '../../src/workflow/plan-stack.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { workflowOnMoto } from './stack-on-moto.ts';

type Resources = Readonly<Record<string, { readonly Type: string; readonly [key: string]: unknown }>>;

const ref = (Ref: string) => ({ Ref });
const tags = [{ Key: 'Name', Value: 'kept' }];
const role = {
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  },
};

/** One of each that the issue names, as somebody may have made them by hand, or another stack. */
const everything: Resources = {
  Vpc: {
    Type: 'AWS::EC2::VPC',
    Properties: { CidrBlock: '10.9.0.0/16', EnableDnsHostnames: true, Tags: tags },
  },
  Subnet: {
    Type: 'AWS::EC2::Subnet',
    Properties: { VpcId: ref('Vpc'), CidrBlock: '10.9.1.0/24', AvailabilityZone: 'eu-west-1a' },
  },
  Subnet2: {
    Type: 'AWS::EC2::Subnet',
    Properties: { VpcId: ref('Vpc'), CidrBlock: '10.9.2.0/24', AvailabilityZone: 'eu-west-1b' },
  },
  Gateway: { Type: 'AWS::EC2::InternetGateway', Properties: { Tags: tags } },
  Table: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
  Group: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: 'web',
      VpcId: ref('Vpc'),
      SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/8' }],
    },
  },
  Instance: {
    Type: 'AWS::EC2::Instance',
    Properties: {
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
      SubnetId: ref('Subnet'),
      SecurityGroupIds: [ref('Group')],
    },
  },
  Address: { Type: 'AWS::EC2::EIP', Properties: { Domain: 'vpc', Tags: tags } },
  Volume: { Type: 'AWS::EC2::Volume', Properties: { AvailabilityZone: 'eu-west-1a', Size: 2 } },
  Role: { Type: 'AWS::IAM::Role', Properties: role },
  Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/kept/app', RetentionInDays: 7 } },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'kept-images' } },
  Balancer: {
    Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    Properties: { Subnets: [ref('Subnet'), ref('Subnet2')], Scheme: 'internal' },
  },
};

await describeWithServices('importing on moto', ['moto'], async ({ moto }) => {
  const config = awsClientConfig(moto);
  const aws = openAws(config);
  afterAll(() => aws.destroy());

  /** Stacks that share one state. */
  function stacks(name: string) {
    const workflow = workflowOnMoto(name, config);
    return (stack: string) => {
      const sourceOf = (resources: Resources | undefined, more: Partial<StackSource> = {}): StackSource => ({
        stack: `acme/shop:${stack}.json@test`,
        environment: { name: 'test', after: [], approvals: [] },
        file: `${stack}.json`,
        text: resources && JSON.stringify({ Resources: resources }, undefined, 1),
        packs: [],
        ...more,
      });
      return {
        plan: (resources: Resources | undefined) => planStack(workflow, sourceOf(resources)),
        apply: (resources: Resources | undefined, more: Partial<StackSource> = {}) =>
          applyStack(workflow, { source: sourceOf(resources, more), cause: {}, permit: () => true }),
        async ids() {
          const records = await workflow.state.resources(sourceOf(undefined).stack);
          return Object.fromEntries(records.map((r) => [r.logicalId, r.physicalId]));
        },
      };
    };
  }

  const withAll = (resources: Resources, more: (id: string) => object): Resources =>
    Object.fromEntries(Object.entries(resources).map(([id, r]) => [id, { ...r, ...more(id) }]));
  const importing = (resources: Resources, ids: Readonly<Record<string, string>>) =>
    withAll(resources, (id) =>
      ids[id] ? { DeletionPolicy: 'Delete', Metadata: { Slipway: { Import: ids[id] } } } : {},
    );
  const retained = (resources: Resources) => withAll(resources, () => ({ DeletionPolicy: 'Retain' }));

  /** Left behind by a stack that has let it go. */
  async function leftBehind(open: ReturnType<typeof stacks>, resources: Resources) {
    const maker = open('maker');
    expect((await maker.apply(retained(resources))).planned.diagnostics).toEqual([]);
    const ids = await maker.ids();
    expect((await maker.apply(undefined)).status).toBe('succeeded');
    return ids;
  }

  async function problemsOf(planned: ReturnType<ReturnType<ReturnType<typeof stacks>>['plan']>) {
    return (await planned).diagnostics.map((d) => `${d.code} ${d.where?.line}: ${d.summary}`);
  }

  test('one of each type goes from one stack to another, is changed there, and goes with it', async () => {
    const open = stacks('move');
    const ids = await leftBehind(open, everything);
    const taker = open('taker');
    const template = importing(everything, ids);

    const { plan, diagnostics } = await taker.plan(template);
    expect(diagnostics).toEqual([]);
    expect(
      plan!.changes.map((c) => `${c.action} ${c.logicalId} ${c.differences.map((d) => d.path)}`),
    ).toEqual(
      Object.keys(everything)
        .sort()
        .map((id) => `import ${id} `),
    );
    expect(renderPlanText(plan!, { color: false })).toContain('13 to import');
    expect((await taker.apply(template)).status).toBe('succeeded');
    expect(await taker.ids()).toEqual(ids);
    const { Vpcs = [] } = await (await aws.ec2()).describeVpcs({ VpcIds: [ids.Vpc!] });
    expect(Vpcs[0]?.Tags).toContainEqual({ Key: 'slipway:stack', Value: 'acme/shop:taker.json@test' });

    for (const after of [template, everything])
      expect(hasChanges((await taker.plan(after)).plan!)).toBe(false);
    const edited = {
      ...everything,
      Logs: { ...everything.Logs!, Properties: { LogGroupName: '/kept/app' } },
    };
    expect(
      (await taker.apply(edited)).planned.plan?.changes.find((c) => c.logicalId === 'Logs'),
    ).toMatchObject({
      action: 'update',
      physicalId: '/kept/app',
    });
    expect((await taker.apply(undefined)).status).toBe('succeeded');
    expect(
      (await (await aws.ec2()).describeVpcs({ Filters: [{ Name: 'vpc-id', Values: [ids.Vpc!] }] })).Vpcs,
    ).toEqual([]);
  });

  test('what is different is told, not shown, and changed after the import', async () => {
    const open = stacks('different');
    const { Vpc, Gateway } = await leftBehind(open, { Vpc: everything.Vpc!, Gateway: everything.Gateway! });
    const taker = open('taker');
    const template = importing(
      {
        Vpc: {
          Type: 'AWS::EC2::VPC',
          Properties: { CidrBlock: '10.9.0.0/16', Tags: [{ Key: 'Name', Value: 'mine' }] },
        },
        Gateway: everything.Gateway!,
      },
      { Vpc: Vpc!, Gateway: Gateway! },
    );
    const { plan } = await taker.plan(template);
    const sealed = { $slipway: 'secret' };
    expect(plan?.changes.find((c) => c.logicalId === 'Vpc')).toMatchObject({
      action: 'import',
      differences: [
        { path: 'EnableDnsHostnames', before: sealed, after: false },
        { path: 'Tags', before: sealed },
      ],
    });
    const applied = await taker.apply(template);
    expect(applied.result?.done.map((o) => o.id)).toEqual(['import Gateway', 'import Vpc', 'update Vpc']);
    const { Vpcs = [] } = await (await aws.ec2()).describeVpcs({ VpcIds: [Vpc!] });
    expect(Vpcs[0]?.Tags).toContainEqual({ Key: 'Name', Value: 'mine' });
    expect(Vpcs[0]?.Tags).not.toContainEqual(tags[0]);
    expect(hasChanges((await taker.plan(template)).plan!)).toBe(false);
    await taker.apply(undefined);
  });

  describe('is refused, with the line,', () => {
    const vpc = everything.Vpc!;
    const one = (id: string, properties: object = {}) => ({
      Vpc: {
        Type: 'AWS::EC2::VPC',
        Metadata: { Slipway: { Import: id } },
        Properties: { CidrBlock: '10.9.0.0/16', ...properties },
        DeletionPolicy: 'Delete',
      },
    });

    test('without a word on what becomes of it in the end', async () => {
      const { DeletionPolicy: _unsaid, ...rest } = one('vpc-0a1b2c3d4e5f67890').Vpc;
      const logs = { ...rest, Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/kept/unsaid' } };
      const open = stacks('unsaid');
      const { Logs } = await leftBehind(open, { Logs: { ...everything.Logs!, Properties: logs.Properties } });
      const metadata = { Slipway: { Import: Logs! } };
      expect(await problemsOf(open('taker').plan({ Logs: { ...logs, Metadata: metadata } }))).toEqual([
        'plan-metadata 3: Logs is imported and has no DeletionPolicy',
      ]);
    });

    test('for what is not there', async () => {
      expect(await problemsOf(stacks('absent')('taker').plan(one('vpc-0a1b2c3d4e5f67890')))).toEqual([
        'plan-import 3: vpc-0a1b2c3d4e5f67890 cannot become Vpc: there is no such AWS::EC2::VPC in 123456789012 eu-west-1',
      ]);
    });

    test('for what another stack has, by the state and by its tag alone', async () => {
      const open = stacks('owned');
      const owner = open('owner');
      await owner.apply({ Vpc: vpc });
      const { Vpc } = await owner.ids();
      expect(await problemsOf(open('taker').plan(one(Vpc!)))).toEqual([
        `plan-import 3: ${Vpc} cannot become Vpc: it belongs to acme/shop:owner.json@test`,
      ]);
      expect(await problemsOf(stacks('stranger')('taker').plan(one(Vpc!)))).toEqual([
        `plan-import 3: ${Vpc} cannot become Vpc: it belongs to acme/shop:owner.json@test, by its tag`,
      ]);
      const { Vpc: _old, ...renamed } = { Vpc: vpc, Other: one(Vpc!).Vpc };
      expect(await problemsOf(owner.plan(renamed))).toEqual([
        `plan-import 3: ${Vpc} cannot become Other: it belongs to Vpc of this stack`,
      ]);
      await owner.apply(undefined);
    });

    test('for what would have to be replaced, what two want, and what has no mark of its own', async () => {
      const open = stacks('impossible');
      const { Vpc } = await leftBehind(open, { Vpc: vpc });
      const taker = open('taker');
      expect(await problemsOf(taker.plan(one(Vpc!, { CidrBlock: '10.8.0.0/16' })))).toEqual([
        `plan-import 11: Vpc cannot become ${Vpc}: CidrBlock is another in the cloud and "10.8.0.0/16" in the template, and changing it would replace it`,
      ]);
      expect(await problemsOf(taker.plan({ ...one(Vpc!), Twin: one(Vpc!).Vpc }))).toHaveLength(2);
      const route = {
        Type: 'AWS::EC2::Route',
        Metadata: { Slipway: { Import: 'rtb-1|0.0.0.0/0' } },
        Properties: { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' },
      };
      expect(await problemsOf(taker.plan({ Route: route }))).toEqual([
        'plan-import 3: rtb-1|0.0.0.0/0 cannot become Route: AWS::EC2::Route cannot be imported: it has no tags that could say whose it is',
      ]);
      await (await aws.ec2()).deleteVpc({ VpcId: Vpc });
    });
  });

  test('of one resource on the command line leaves the rest of the stack alone', async () => {
    const open = stacks('single');
    const { Vpc } = await leftBehind(open, { Vpc: everything.Vpc! });
    const taker = open('taker');
    const template = { Vpc: everything.Vpc!, Gateway: everything.Gateway! };
    const adopts = { logicalId: 'Vpc', physicalId: Vpc! };
    const applied = await taker.apply(template, { adopts });
    expect(applied.planned.diagnostics).toEqual([]);
    expect(applied.planned.plan?.changes.map((c) => c.logicalId)).toEqual(['Vpc']);
    expect(await taker.ids()).toEqual({ Vpc });
    const { plan } = await taker.plan(template);
    expect(plan?.changes.map((c) => `${c.action} ${c.logicalId}`)).toEqual(['create Gateway', 'none Vpc']);
    expect(
      (await taker.apply(template, { adopts: { ...adopts, logicalId: 'Vcp' } })).planned.diagnostics,
    ).toMatchObject([{ code: 'plan-import', remedy: 'Did you mean Vpc?' }]);
    await taker.apply(undefined);
  });

  test('a renamed logical id reaches the tags of every type, and nothing is made anew', async () => {
    const open = stacks('rename');
    const stack = open('renamed');
    const { Subnet: _s, Subnet2: _t, Balancer: _b, Instance: _i, Address: _a, ...some } = everything;
    expect((await stack.apply(some)).planned.diagnostics).toEqual([]);
    const ids = await stack.ids();
    const text = JSON.stringify(some).replaceAll('"Ref":"Vpc"', '"Ref":"Vpc2"');
    const moved: Resources = Object.fromEntries(
      Object.entries(JSON.parse(text) as Resources).map(([id, r]) => [
        `${id}2`,
        { ...r, Metadata: { Slipway: { RenamedFrom: id } } },
      ]),
    );
    const applied = await stack.apply(moved);
    expect(applied.planned.diagnostics).toEqual([]);
    expect(renderPlanText(applied.planned.plan!, { color: false })).toContain('moved from Vpc');
    expect(applied.status).toBe('succeeded');
    expect(await stack.ids()).toEqual(
      Object.fromEntries(Object.entries(ids).map(([id, p]) => [`${id}2`, p])),
    );
    const [ec2, iam] = await Promise.all([aws.ec2(), aws.iam()]);
    const ours = { Key: 'slipway:logical-id', Value: 'Vpc2' };
    expect((await ec2.describeVpcs({ VpcIds: [ids.Vpc!] })).Vpcs?.[0]?.Tags).toContainEqual(ours);
    expect((await iam.listRoleTags({ RoleName: ids.Role! })).Tags).toContainEqual({
      ...ours,
      Value: 'Role2',
    });
    expect(hasChanges((await stack.plan(moved)).plan!)).toBe(false);
    await stack.apply(undefined);
  });
});
