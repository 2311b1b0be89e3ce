import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Missing } from '../../src/sandbox/services/service.ts';
import { findCfnGuard } from '../cfn-guard.ts';

const slipway = fileURLToPath(new URL('../../bin/slipway', import.meta.url));
const packs = ['default', 'cis-aws', 'aws-fsbp', 'governance'];
/** Of Control Tower's folders of rules, those about what the template has: the others only cost time. */
const services = ['ec2', 's3'];

/** Processor time of the two, as processes that read one file and all of their rules. */
export interface BesideGuard {
  readonly slipwayMs: number;
  readonly guardMs: number;
  /** Each of Control Tower's controls is a file of rules. */
  readonly guardControls: number;
}

/**
 * Holds a template of about `count` resources against every shipped policy, and with cfn-guard against those controls of AWS Control
 * Tower that are about it. Why not, where cfn-guard cannot be had.
 */
export async function besideGuard(count: number): Promise<BesideGuard | Missing> {
  const guard = await findCfnGuard();
  if (guard.kind === 'missing') return guard;
  const folder = await mkdtemp(join(tmpdir(), 'slipway-beside-guard-'));
  try {
    const file = join(folder, 'template.json');
    await writeFile(file, JSON.stringify(ordinaryTemplate(count)));
    const slipwayMs = await processorTime(
      slipway,
      ['policy', 'scan', file, '--json', '--pack', ...packs],
      folder,
    );
    const folders = services.map((service) => join(guard.rules, service));
    const guardMs = await processorTime(
      guard.program,
      [
        ...['validate', '--data', file, ...folders.flatMap((rules) => ['--rules', rules])],
        ...['--output-format', 'json', '--structured', '--show-summary', 'none'],
      ],
      folder,
    );
    const files = await Promise.all(folders.map((rules) => readdir(rules)));
    const guardControls = files.flat().filter((name) => name.endsWith('.guard')).length;
    return { slipwayMs, guardMs, guardControls };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** User and system, of all that the process starts. It exits with what it likes: both say so that they found something. */
async function processorTime(program: string, args: readonly string[], folder: string): Promise<number> {
  const printed = join(folder, 'printed');
  const { stdout, stderr } = await promisify(execFile)('bash', [
    '-c',
    '"$@" > "$0"; times',
    printed,
    program,
    ...args,
  ]);
  if (!(await readFile(printed, 'utf8')).includes('Bucket1'))
    throw new Error(`${program} found nothing: ${stderr}`);
  // The second line is of the children: 0m1.234s 0m0.123s
  const [, ofChildren = ''] = stdout.trim().split('\n');
  const times = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)];
  if (times.length !== 2) throw new Error(`bash told no times: ${stdout}`);
  return times.reduce(
    (sum, [, minutes, seconds]) => sum + 60_000 * Number(minutes) + 1_000 * Number(seconds),
    0,
  );
}

/** Eight resources, as people write them, over and over: some are right, some wrong. */
function ordinaryTemplate(count: number): object {
  const sets = Array.from({ length: Math.ceil(count / 8) }, (_, n) => Object.entries(resourcesOf(n)));
  return { Resources: Object.fromEntries(sets.flat()) };
}

function resourcesOf(n: number): Readonly<Record<string, object>> {
  const tags = [{ Key: 'owner', Value: 'shop' }];
  const ref = (name: string) => ({ Ref: `${name}${n}` });
  const resources = {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: `10.${n % 256}.0.0/16`, Tags: tags } },
    Subnet: {
      Type: 'AWS::EC2::Subnet',
      Properties: { VpcId: ref('Vpc'), CidrBlock: `10.${n % 256}.1.0/24`, MapPublicIpOnLaunch: n % 2 === 0 },
    },
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'web',
        VpcId: ref('Vpc'),
        SecurityGroupIngress: [443, 22].map((port) => {
          return {
            IpProtocol: 'tcp',
            FromPort: port,
            ToPort: port,
            CidrIp: n % 2 ? '10.0.0.0/8' : '0.0.0.0/0',
          };
        }),
      },
    },
    Volume: {
      Type: 'AWS::EC2::Volume',
      Properties: {
        AvailabilityZone: 'eu-west-1a',
        Size: 8,
        VolumeType: 'gp3',
        Encrypted: n % 2 === 0,
        Tags: tags,
      },
    },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { VersioningConfiguration: { Status: n % 2 ? 'Enabled' : 'Suspended' }, Tags: tags },
    },
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: ref('Bucket'),
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: n % 2 ? { AWS: '111111111111' } : '*',
              Action: 's3:GetObject',
              Resource: '*',
            },
          ],
        },
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
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } },
  };
  return Object.fromEntries(Object.entries(resources).map(([name, resource]) => [`${name}${n}`, resource]));
}
