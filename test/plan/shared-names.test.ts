import { describe, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { type NameScope, sharedNames } from '../../src/plan/shared-names.ts';
import { registry, resourceType } from '../../src/provider/registry.ts';
import { plainChange } from './plain-change.ts';

const change = (type: string, after: Properties, action: Change['action'] = 'create'): Change => ({
  ...plainChange,
  logicalId: 'It',
  type,
  action,
  ...(action === 'delete' ? { before: after } : { after }),
});
const plan = (environment: string, changes: readonly Change[], rest: Partial<Plan> = {}): Plan => ({
  format: 1,
  stack: `acme/shop:infra/shop.yaml@${environment}`,
  environment,
  account: '111111111111',
  region: 'eu-west-1',
  file: 'infra/shop.yaml',
  changes,
  deposed: [],
  outputs: [],
  digest: environment,
  ...rest,
});
const typeOf = (type: string) => resourceType(type, registry);
const scopeOf = (type: string): NameScope =>
  type === 'AWS::S3::Bucket' ? 'everywhere' : type.startsWith('AWS::IAM::') ? 'account' : 'region';
const shared = (...plans: readonly Plan[]) => sharedNames(plans, typeOf, scopeOf);
const unknown = { $slipway: 'unknown', of: 'Vpc' } as unknown as Properties;

const bucket = (name: string) => change('AWS::S3::Bucket', { BucketName: name });
const elsewhere = { region: 'eu-north-1' };
const others = { account: '222222222222' };

describe('one name in two stacks that are planned together', () => {
  test.each<readonly [string, readonly [Change, Partial<Plan>?], readonly [Change, Partial<Plan>?], boolean]>(
    [
      ['a bucket', [bucket('data')], [bucket('data')], true],
      ['a bucket in another account', [bucket('data')], [bucket('data'), others], true],
      ['buckets of two names', [bucket('data')], [bucket('data-prod')], false],
      ['buckets without a name', [change('AWS::S3::Bucket', {})], [change('AWS::S3::Bucket', {})], false],
      [
        'a role in two regions of an account',
        [change('AWS::IAM::Role', { RoleName: 'web', Path: '/a/' })],
        [change('AWS::IAM::Role', { RoleName: 'web', Path: '/b/' }), elsewhere],
        true,
      ],
      [
        'a role in two accounts',
        [change('AWS::IAM::Role', { RoleName: 'web' })],
        [change('AWS::IAM::Role', { RoleName: 'web' }), others],
        false,
      ],
      [
        'a key pair',
        [change('AWS::EC2::KeyPair', { KeyName: 'ops' })],
        [change('AWS::EC2::KeyPair', { KeyName: 'ops' })],
        true,
      ],
      [
        'a log group in two regions',
        [change('AWS::Logs::LogGroup', { LogGroupName: '/web' })],
        [change('AWS::Logs::LogGroup', { LogGroupName: '/web' }), elsewhere],
        false,
      ],
      [
        'a security group in the VPCs that the stacks make',
        [change('AWS::EC2::SecurityGroup', { GroupName: 'web', VpcId: unknown })],
        [change('AWS::EC2::SecurityGroup', { GroupName: 'web', VpcId: unknown })],
        false,
      ],
      [
        'a security group in one VPC',
        [change('AWS::EC2::SecurityGroup', { GroupName: 'web', VpcId: 'vpc-1' })],
        [change('AWS::EC2::SecurityGroup', { GroupName: 'web', VpcId: 'vpc-1' })],
        true,
      ],
      [
        'two policies of one role',
        [change('AWS::IAM::RolePolicy', { RoleName: 'web', PolicyName: 'a' })],
        [change('AWS::IAM::RolePolicy', { RoleName: 'web', PolicyName: 'b' })],
        false,
      ],
      [
        'instances with one key',
        [change('AWS::EC2::Instance', { KeyName: 'ops' })],
        [change('AWS::EC2::Instance', { KeyName: 'ops' })],
        false,
      ],
      [
        'a name that is not known yet',
        [change('AWS::S3::Bucket', { BucketName: unknown })],
        [change('AWS::S3::Bucket', { BucketName: unknown })],
        false,
      ],
      [
        'a bucket that moves from one stack to the other',
        [change('AWS::S3::Bucket', { BucketName: 'data' }, 'delete')],
        [bucket('data')],
        false,
      ],
    ],
  )('%s', (_name, [one, there = {}], [other, here = {}], isShared) => {
    const found = shared(plan('dev', [one], there), plan('prod', [other], here));
    expect(found.map((f) => [f.plan.environment, f.other.plan.environment])).toEqual(
      isShared ? [['prod', 'dev']] : [],
    );
  });

  test('the one that is there keeps it, wherever it comes in the order', () => {
    const there = change('AWS::S3::Bucket', { BucketName: 'data' }, 'none');
    expect(shared(plan('dev', [bucket('data')]), plan('prod', [there]))[0]?.plan.environment).toBe('dev');
    expect(shared(plan('dev', [there]), plan('prod', [there]))).toEqual([]);
  });

  test('what one stack says twice is not about two stacks', () => {
    expect(shared(plan('dev', [bucket('data'), { ...bucket('data'), logicalId: 'Again' }]))).toEqual([]);
  });
});
