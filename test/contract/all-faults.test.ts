import { afterAll, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { likeAws, type Rule, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { seededRandom } from '../../src/sandbox/fault-proxy/random.ts';
import { everythingIn } from '../corpus/left-in-cloud.ts';
import { seedOf } from '../seeded.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { quickClock } from './quick-clock.ts';
import { stackOnMoto } from './stack-on-moto.ts';

/** `FAULTS_SEED=7` has other calls fail. */
const seed = seedOf('FAULTS');

/** All that can go wrong with a call, each with some of them, and late visibility of everything. */
const everyFault: readonly Rule[] = [
  ...likeAws,
  { match: { action: '*' }, fault: { kind: 'token-buckets' } },
  { match: { action: '*' }, fault: { kind: 'hide', for: { reads: 2 } } },
  { match: { action: '*', chance: 0.05 }, fault: { kind: 'throttle' } },
  { match: { action: '*', chance: 0.03 }, fault: { kind: 'cut', when: 'before' } },
  { match: { action: '*', chance: 0.03 }, fault: { kind: 'cut', when: 'after' } },
  { match: { action: '*', chance: 0.03 }, fault: { kind: 'server-error', status: 503 } },
  { match: { action: '*', chance: 0.03 }, fault: { kind: 'server-error', when: 'after' } },
  { match: { action: '*', chance: 0.1 }, fault: { kind: 'delay', ms: 5, jitterMs: 50 } },
];

const vpc = { Ref: 'Vpc' };
const first = {
  Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.7.0.0/16' } },
  Gateway: { Type: 'AWS::EC2::InternetGateway' },
  Attachment: {
    Type: 'AWS::EC2::VPCGatewayAttachment',
    Properties: { VpcId: vpc, InternetGatewayId: { Ref: 'Gateway' } },
  },
  Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: vpc, CidrBlock: '10.7.0.0/24' } },
  Table: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: vpc } },
  Route: {
    Type: 'AWS::EC2::Route',
    DependsOn: 'Attachment',
    Properties: {
      RouteTableId: { Ref: 'Table' },
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: { Ref: 'Gateway' },
    },
  },
  Association: {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { SubnetId: { Ref: 'Subnet' }, RouteTableId: { Ref: 'Table' } },
  },
  Group: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      VpcId: vpc,
      GroupDescription: 'Web',
      SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }],
    },
  },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
    },
  },
  Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'Role' }] } },
  Server: {
    Type: 'AWS::EC2::Instance',
    Properties: {
      ImageId: 'ami-12c6146b',
      InstanceType: 't3.micro',
      SubnetId: { Ref: 'Subnet' },
      SecurityGroupIds: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }],
      IamInstanceProfile: { Ref: 'Profile' },
    },
  },
};
/** The server moves to another subnet, a rule joins, the old subnet goes. */
const { Subnet: _, Association: __, ...rest } = first;
const second = {
  ...rest,
  Other: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: vpc, CidrBlock: '10.7.1.0/24' } },
  Group: {
    ...first.Group,
    Properties: {
      ...first.Group.Properties,
      SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/8' }],
    },
  },
  Server: { ...first.Server, Properties: { ...first.Server.Properties, SubnetId: { Ref: 'Other' } } },
};

await describeWithServices('a stack under every fault at once', ['moto'], async ({ moto }) => {
  const clock = quickClock();
  const proxy = await startFaultProxy({ target: moto.url, clock, random: seededRandom(seed) });
  const directly = openAws(awsClientConfig(moto));
  afterAll(async () => {
    directly.destroy();
    await proxy.stop();
  });
  const stack = stackOnMoto('all-faults', awsClientConfig(moto, proxy.url));

  /** As an operator would, who tries again what failed. */
  const applyUntilDone = async (resources: object | undefined) => {
    const failures: string[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      for (const rule of everyFault) proxy.rules.add(rule);
      const { status, result, planned } = await stack.apply(resources);
      proxy.reset();
      if (status === 'succeeded') return;
      failures.push(
        `${status}: ${[...(result?.failed ?? []).map((f) => f.error), ...planned.diagnostics.map((d) => d.summary)].join('; ')}`,
      );
    }
    throw new Error(failures.join('\n'));
  };
  const planned = async (resources: object | undefined) =>
    (await stack.plan(resources)).plan?.changes.filter((c) => c.action !== 'none').map((c) => c.logicalId);

  test(`is made, changed and removed, everything once (seed ${seed})`, { timeout: 180_000 }, async () => {
    const before = await everythingIn(directly);
    const made = async () => (await everythingIn(directly)).filter((one) => !before.includes(one));
    // moto keeps the interface of an instance that is terminated.
    const kinds = (lines: readonly string[]) =>
      lines
        .map((line) => line.replace(/ \S+$/, ''))
        .filter((kind) => kind !== 'network interface')
        .sort();

    await applyUntilDone(first);
    expect(await planned(first)).toEqual([]);
    const once = kinds(await made());

    await applyUntilDone(second);
    expect(await planned(second)).toEqual([]);
    expect(kinds(await made())).toEqual(once);

    await applyUntilDone(undefined);
    expect(await made()).toEqual([]);
    for (const kind of ['vpc', 'subnet', 'instance', 'role', 'instance profile', 'internet gateway'])
      expect([kind, once.filter((one) => one === kind).length]).toEqual([kind, 1]);
  });
});
