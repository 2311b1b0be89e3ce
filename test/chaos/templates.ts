/** Templates that differ in every way that changes a stack, and what the cloud holds when one is applied. */
import type { CloudResource } from '../../src/sandbox/demo/read-cloud.ts';
import type { Random } from '../../src/sandbox/fault-proxy/random.ts';

export interface Version {
  readonly text: string;
  /** What a witness finds of it: a line for each resource that it can see. */
  readonly wanted: readonly string[];
}

/** A network with more or less in it. From one to the next there is something to create, update, replace and delete. */
export function drawVersion(random: Random, number: number): Version {
  const owner = '{ Key: Owner, Value: shop-team }';
  const version = `{ Key: Version, Value: v${number} }`;
  const wanted = [`vpc Vpc v${number}: 10.1.0.0/16`];
  const parts = [resource('Vpc', 'VPC', ['CidrBlock: 10.1.0.0/16', `Tags: [${owner}, ${version}]`])];
  for (let i = 0; i < pick(random, [0, 1, 2, 3]); i++) {
    // One that moves is replaced: it cannot be made beside the old one where both begin alike.
    const cidr = `10.1.${i * 16 + pick(random, [0, 1, 2])}.0/24`;
    parts.push(
      resource(`Subnet${i}`, 'Subnet', ['VpcId: !Ref Vpc', `CidrBlock: ${cidr}`, `Tags: [${owner}]`]),
    );
    wanted.push(`subnet Subnet${i}: ${cidr}`);
  }
  if (random() < 0.6) {
    const ports = [443, 8443, 9100].filter(() => random() < 0.5);
    const rule = (port: number) =>
      `{ Description: In, IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, CidrIp: 10.0.0.0/8 }`;
    parts.push(
      resource('Group', 'SecurityGroup', [
        `GroupDescription: ${pick(random, ['What may come in', 'Who may come in'])}`,
        'VpcId: !Ref Vpc',
        `SecurityGroupIngress: [${ports.map(rule).join(', ')}]`,
        `Tags: [${owner}, ${version}]`,
      ]),
    );
    wanted.push(
      `security group Group v${number}: ${ports
        .map((p) => `${p} from 10.0.0.0/8`)
        .sort()
        .join(', ')}`,
    );
  }
  if (random() < 0.4) {
    parts.push(resource('Gateway', 'InternetGateway', [`Tags: [${owner}]`]));
    parts.push(
      resource('Attachment', 'VPCGatewayAttachment', ['VpcId: !Ref Vpc', 'InternetGatewayId: !Ref Gateway']),
    );
    wanted.push('internet gateway Gateway: attached');
  }
  if (random() < 0.3) {
    parts.push(
      `  Role:
    Type: AWS::IAM::Role
    Properties:
      Description: Of version ${number}
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: "sts:AssumeRole" }]
      Tags: [${owner}]
`,
    );
    wanted.push('role Role: ');
  }
  return { text: `Resources:\n${parts.join('')}`, wanted: wanted.sort() };
}

/** What is there, in the words of `wanted`. */
export function describeFound({ kind, tags, detail }: CloudResource): string {
  const version = tags.Version === undefined ? '' : ` ${tags.Version}`;
  const said = kind === 'internet gateway' ? detail.split(' ', 1)[0] : detail.replace(/ in eu-west-1\w$/, '');
  return `${kind} ${tags['slipway:logical-id']}${version}: ${said}`;
}

function resource(name: string, type: string, properties: readonly string[]): string {
  const lines = properties.map((p) => `      ${p}\n`).join('');
  return `  ${name}:\n    Type: AWS::EC2::${type}\n    Properties:\n${lines}`;
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)]!;
}
