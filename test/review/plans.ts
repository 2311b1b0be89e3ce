/** Hand-made plans of one small shop: a network, a security group, a role and an instance that uses them all. */
import { digestOf } from '../../src/base/canonical-json.ts';
import type { SourceRange } from '../../src/base/source.ts';
import type { Properties, Value } from '../../src/base/value.ts';
import type { Change, Plan, PropertyDifference } from '../../src/plan/plan.ts';
import type { Finding } from '../../src/policy/finding.ts';
import { unknownReference } from '../../src/stack/unknown-of.ts';
import { plainChange } from '../plan/plain-change.ts';

export const file = 'infra/shop.yaml';

export function at(line: number, column = 7): SourceRange {
  return { file, line, column };
}

export function change(
  logicalId: string,
  type: string,
  action: Change['action'],
  rest: Partial<Change> = {},
): Change {
  return {
    logicalId,
    type,
    action,
    ...plainChange,
    ...rest,
  };
}

export function difference(
  path: string,
  before: Value | undefined,
  after: Value | undefined,
  replaces = false,
) {
  return {
    path,
    replaces,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  } satisfies PropertyDifference;
}

export function plan(changes: readonly Change[], rest: Partial<Plan> = {}): Plan {
  const environment = rest.environment ?? 'dev';
  const path = rest.file ?? file;
  return {
    format: 1,
    stack: `acme/shop:${path}@${environment}`,
    environment,
    account: '111111111111',
    region: 'eu-west-1',
    file: path,
    changes: [...changes].sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1)),
    deposed: [],
    outputs: [],
    digest: digestOf([changes, environment]),
    ...rest,
  };
}

const ref = (logicalId: string, attribute?: string) => unknownReference(logicalId, attribute);

const tags = (name: string): Value => [
  { Key: 'Name', Value: name },
  { Key: 'owner', Value: 'shop-team' },
];

const userData = '#!/bin/sh\nset -eu\ndnf install -y nginx\nsystemctl enable --now nginx\n';

const trust: Value = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const http: Properties = { CidrIp: '0.0.0.0/0', FromPort: 80, IpProtocol: 'tcp', ToPort: 80 };
const ssh: Value = { CidrIp: '0.0.0.0/0', FromPort: 22, IpProtocol: 'tcp', ToPort: 22 };
const hidden: Value = { $slipway: 'secret', fingerprint: 'f'.repeat(32) };
const https: Value = { CidrIp: '0.0.0.0/0', FromPort: 443, IpProtocol: 'tcp', ToPort: 443 };

/** Every resource of the shop: type, properties, what it needs, line. */
const shop: Readonly<Record<string, readonly [string, Properties, readonly string[], number]>> = {
  Vpc: ['AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true, Tags: tags('shop') }, [], 4],
  SubnetA: [
    'AWS::EC2::Subnet',
    { AvailabilityZone: 'eu-west-1a', CidrBlock: '10.0.1.0/24', VpcId: ref('Vpc') },
    ['Vpc'],
    12,
  ],
  SubnetB: [
    'AWS::EC2::Subnet',
    { AvailabilityZone: 'eu-west-1b', CidrBlock: '10.0.2.0/24', VpcId: ref('Vpc') },
    ['Vpc'],
    18,
  ],
  Gateway: ['AWS::EC2::InternetGateway', { Tags: tags('shop') }, [], 24],
  GatewayAttachment: [
    'AWS::EC2::VPCGatewayAttachment',
    { InternetGatewayId: ref('Gateway'), VpcId: ref('Vpc') },
    ['Gateway', 'Vpc'],
    28,
  ],
  Routes: ['AWS::EC2::RouteTable', { VpcId: ref('Vpc') }, ['Vpc'], 33],
  DefaultRoute: [
    'AWS::EC2::Route',
    { DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('Gateway'), RouteTableId: ref('Routes') },
    ['Gateway', 'GatewayAttachment', 'Routes'],
    37,
  ],
  WebGroup: [
    'AWS::EC2::SecurityGroup',
    { GroupDescription: 'The web server', SecurityGroupIngress: [http], VpcId: ref('Vpc') },
    ['Vpc'],
    44,
  ],
  WebRole: ['AWS::IAM::Role', { AssumeRolePolicyDocument: trust, Path: '/shop/' }, [], 55],
  WebProfile: ['AWS::IAM::InstanceProfile', { Roles: [ref('WebRole')] }, ['WebRole'], 66],
  Web: [
    'AWS::EC2::Instance',
    {
      IamInstanceProfile: ref('WebProfile'),
      ImageId: 'ami-0abc1234def567890',
      InstanceType: 't3.micro',
      SecurityGroupIds: [ref('WebGroup', 'GroupId')],
      SubnetId: ref('SubnetA'),
      Tags: tags('web'),
      UserData: Buffer.from(userData).toString('base64'),
    },
    ['SubnetA', 'WebGroup', 'WebProfile'],
    70,
  ],
};

const physicalIds: Readonly<Record<string, string>> = {
  Vpc: 'vpc-0a1b2c3d',
  SubnetA: 'subnet-0aaa1111',
  SubnetB: 'subnet-0bbb2222',
  Gateway: 'igw-0c0ffee0',
  GatewayAttachment: 'igw-0c0ffee0|vpc-0a1b2c3d',
  Routes: 'rtb-0d0d0d0d',
  DefaultRoute: 'rtb-0d0d0d0d|0.0.0.0/0',
  WebGroup: 'sg-0e0e0e0e',
  WebRole: 'shop-WebRole-1A2B',
  WebProfile: 'shop-WebProfile-3C4D',
  Web: 'i-0123456789abcdef0',
};

function resource(id: string, action: Change['action'], rest: Partial<Change> = {}): Change {
  const [type, properties, dependsOn, line] = shop[id] ?? ['', {}, [], 1];
  const physicalId = physicalIds[id] ?? '';
  const exists = action === 'create' ? {} : { physicalId, before: properties };
  const stays = action === 'delete' ? {} : { after: properties, where: at(line, 3) };
  return change(id, type, action, { dependsOn, ...exists, ...stays, ...rest });
}

const ids = Object.keys(shop);

export function allCreated(environment = 'dev'): Plan {
  return plan(
    ids.map((id) => resource(id, 'create')),
    {
      environment,
      outputs: [
        { name: 'Address', description: 'Where the shop answers', after: ref('Web', 'PublicIp') },
        { name: 'VpcId', after: ref('Vpc') },
      ],
    },
  );
}

export function allDeleted(): Plan {
  return plan(
    ids.map((id) => resource(id, 'delete')),
    { outputs: [{ name: 'Address', before: '203.0.113.7' }] },
  );
}

export function nothing(environment = 'dev'): Plan {
  return plan(
    ids.map((id) => resource(id, 'none')),
    { environment },
  );
}

/** A rule is added, the instance moves to the other subnet, the subnet left empty goes. */
export function moved(environment = 'dev'): Plan {
  const replaced = resource('Web', 'replace', {
    replaceBecause: ['SubnetId'],
    order: 'create-before-delete',
    dependsOn: ['SubnetB', 'WebGroup', 'WebProfile'],
    differences: [
      { ...difference('SubnetId', 'subnet-0aaa1111', 'subnet-0bbb2222', true), where: at(76) },
      difference('Tags[owner].Value', 'shop-team', 'web-team'),
      difference(
        'UserData',
        Buffer.from(userData).toString('base64'),
        Buffer.from(userData.replace('nginx\n', 'nginx certbot\n')).toString('base64'),
      ),
    ],
  });
  const updated = resource('WebGroup', 'update', {
    differences: [{ ...difference('SecurityGroupIngress', [http], [http, https]), where: at(48) }],
  });
  const special: Readonly<Record<string, Change>> = {
    Web: replaced,
    WebGroup: updated,
    SubnetA: resource('SubnetA', 'delete'),
  };
  return plan(
    ids.map((id) => special[id] ?? resource(id, 'none')),
    { environment, outputs: [{ name: 'Address', before: '203.0.113.7', after: ref('Web', 'PublicIp') }] },
  );
}

/** The same before somebody else's merge: the subnet stays, and the rule is there already. */
export function movedWithoutDelete(): Plan {
  const later = moved();
  return plan(
    later.changes.map((c) => (c.logicalId === 'Web' ? c : resource(c.logicalId, 'none'))),
    { outputs: later.outputs },
  );
}

/** What a reviewer must not mix up: what somebody else did, what this plan does, what is taken over or taken from others. */
export function mixed(): Plan {
  const user = (shown: string) =>
    `#!/bin/sh\nset -eu\nexport HOME=/root\naws s3 cp s3://${shown}/app.tgz .\n`;
  const open = { $slipway: 'unknown', of: user('${Bucket}') };
  const deny: Value = { Effect: 'Deny', Action: '*', Resource: '*' };
  const allow = (...actions: string[]): Value => ({
    Effect: 'Allow',
    Action: actions,
    Resource: ['arn:aws:s3:::shop-assets-of-the-web-server', 'arn:aws:s3:::shop-assets-of-the-web-server/*'],
  });
  const statement = 'PolicyDocument.Statement';
  return plan(
    [
      change('Bucket', 'AWS::S3::Bucket', 'create', { after: { BucketName: 'shop' }, where: at(80) }),
      resource('Web', 'update', {
        differences: [difference('UserData', Buffer.from(user('shop-1')).toString('base64'), open)],
      }),
      resource('WebGroup', 'update', {
        drift: [difference('SecurityGroupIngress', [http], [ssh, http])],
        differences: [
          difference('SecurityGroupIngress', [ssh, http], [https, { ...http, CidrIp: '10.0.0.0/8' }]),
        ],
      }),
      change('WebPolicy', 'AWS::IAM::RolePolicy', 'update', {
        physicalId: 'read-assets',
        differences: [
          difference(
            statement,
            [allow('s3:GetObject', 's3:ListBucket')],
            [deny, allow('s3:GetObject', 's3:PutObject', 's3:ListBucket')],
          ),
        ],
      }),
      resource('WebRole', 'import', { differences: [difference('Path', hidden, '/shop/')] }),
    ],
    {
      outputs: [
        { name: 'Assets', after: { $slipway: 'unknown', of: 's3://${Bucket}/assets' }, exportName: 'assets' },
        { name: 'Vpc', before: 'vpc-1', after: 'vpc-1', formerExportName: 'net-vpc' },
      ],
      importChanges: { added: ['net-subnet-a'], removed: ['net-subnet-b'] },
    },
  );
}

export const openSsh: Finding = {
  policy: 'no-public-ssh',
  title: 'SSH and RDP are closed to the internet',
  severity: 'high',
  enforcement: 'mandatory',
  logicalId: 'WebGroup',
  type: 'AWS::EC2::SecurityGroup',
  message: 'WebGroup lets 0.0.0.0/0 reach port 22.',
  remedy: 'Narrow CidrIp to the addresses that need it, or use Session Manager and drop the rule.',
  controls: ['CIS AWS 5.2', 'FSBP EC2.13'],
  where: at(49, 11),
};

export const noOwner: Finding = {
  policy: 'owner-tag',
  title: 'Everything that can be tagged says who owns it',
  severity: 'low',
  enforcement: 'advisory',
  logicalId: 'Routes',
  type: 'AWS::EC2::RouteTable',
  message: 'Nobody can tell who to ask about Routes.',
  remedy: 'Add a tag owner with the name of the team.',
  controls: [],
  where: at(33, 3),
};
