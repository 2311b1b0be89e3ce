import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import type { CheckOutput } from '../../src/review/checks.ts';
import { checkPolicies, reportPolicyTrouble } from '../../src/workflow/check-policies.ts';
import type { PolicyRepository } from '../../src/workflow/policy-files.ts';
import { policyText } from '../policy/organisation-policy.ts';
import { threadTime } from '../thread-time.ts';

const source = { owner: 'acme', repo: 'policies', ref: 'main', folder: '' };
const own = [parsePolicy(policyText('shipped-policy'), 'policies/default/shipped-policy.yaml').policy!];
const good = policyText('no-default-vpc');
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;

/** The check of a commit with these files. */
async function checkOf(files: Readonly<Record<string, string>>): Promise<CheckOutput> {
  const published: CheckOutput[] = [];
  const repository: PolicyRepository = {
    commitsOf: async () => [],
    list: async () => Object.entries(files).map(([path, text]) => ({ path, bytes: text.length })),
    readFiles: async () => new Map(Object.entries(files)),
  };
  const publishChecks = async (_: string, checks: readonly CheckOutput[]) => void published.push(...checks);
  await checkPolicies(own, source, { publishChecks }, repository, 'abc');
  expect(published.map((check) => check.name)).toEqual(['slipway/policies']);
  return published[0]!;
}

describe('the check of policies', () => {
  test('passes where each can be read and every example holds, and lists them', async () => {
    const check = await checkOf({ 'network/no-default-vpc.yaml': good, 'README.md': '# Policies' });
    expect([check.conclusion, check.title]).toEqual(['success', '1 policy, and every example holds']);
    expect(check.summary).toContain('| `no-default-vpc` | `network/no-default-vpc.yaml` | ✅ 2 |');
    expect(check.annotations).toEqual([]);
  });

  test('fails on the line of an expression that cannot be read, and tests the others', async () => {
    const broken = policyText('broken', 'after.CidrBlock ==');
    const check = await checkOf({ 'a.yaml': broken, 'b.yaml': good });
    expect([check.conclusion, check.title]).toEqual(['failure', '1 mistake']);
    expect(check.annotations).toMatchObject([
      { path: 'a.yaml', start_line: lineOf(broken, 'deny:'), annotation_level: 'failure' },
    ]);
    expect(check.summary).toContain('| `no-default-vpc` | `b.yaml` | ✅ 2 |');
  });

  test('fails on the line of each example that does not hold', async () => {
    const untrue = policyText('no-default-vpc', "after.CidrBlock == '10.0.0.0/16'");
    const check = await checkOf({ 'a.yaml': untrue });
    expect(check.title).toBe('2 examples of 2 not as said');
    expect(check.annotations.map((a) => [a.start_line, a.title, a.message])).toEqual([
      [
        lineOf(untrue, '- type: AWS::EC2::VPC'),
        'pass example 1 of no-default-vpc does not hold',
        expect.stringContaining('there is a finding'),
      ],
      [
        untrue.split('\n').length - 2,
        'fail example 1 of no-default-vpc does not hold',
        'there is no finding',
      ],
    ]);
    expect(check.summary).toContain('❌ 0 of 2');
  });

  test.for([
    [
      'an id of a policy of Slipway',
      { 'a.yaml': policyText('shipped-policy') },
      'The id shipped-policy is used by',
    ],
    ['no policies', { 'README.md': '' }, 'There is no policy in the repository'],
    ['a file that is no policy', { 'a.yaml': '[' }, 'The file is not plain YAML'],
    ['a text that is too long', { 'a.yaml': 'x'.repeat(100_001) }, 'longer than 100000 characters'],
    [
      'aliases that multiply',
      {
        'a.yaml': `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i]},`.repeat(9)}]`).join('\n')}`,
      },
      'The file is not plain YAML',
    ],
    ['brackets without an end', { 'a.yaml': '['.repeat(20_000) }, 'a.yaml'],
  ] as const)('fails for %s', async ([, files, problem]) => {
    const check = await checkOf(files);
    expect(check.conclusion).toBe('failure');
    expect(check.summary).toContain(problem);
  });

  test('does not try an example with a plan beyond all measure', async () => {
    const other = '{ type: "AWS::EC2::VPC", properties: {}, times: 1000 }';
    const huge = good.replace(
      'properties: { CidrBlock: 10.0.0.0/16 }',
      `properties: { CidrBlock: 10.0.0.0/16 }\n      others: [${Array(6).fill(other).join(', ')}]`,
    );
    const check = await checkOf({ 'a.yaml': huge });
    expect(check.annotations.map((a) => a.message)).toEqual(['it has more than 5,000 changes']);
  });

  test('does not try an example with changes that are large together', async () => {
    const list = `[${'1,'.repeat(3_000)}1]`;
    const huge = good.replace(
      'properties: { CidrBlock: 10.0.0.0/16 }',
      `properties: { A: &a ${list} }\n      others: [{ type: T, properties: { A: *a }, before: {}, times: 1000 }]`,
    );
    const check = await checkOf({ 'a.yaml': huge });
    expect(check.annotations.map((a) => a.message)).toEqual(['the properties of its changes are too large']);
  });

  test('shows what policies are called as text that does nothing', async () => {
    const check = await checkOf({ '`@acme/all` | <b>x.yaml': policyText('x', "'@acme/all' | <b>") });
    expect(check.summary).toContain('`` `@acme/all` ¦ <b>x.yaml:6:20 ``');
  });

  test('stays within what GitHub takes, however much is wrong', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 210 }, (_, i) => [`p${i}.yaml`, policyText(`p${i}`, "after.CidrBlock == 'no'")]),
    );
    const check = await checkOf(files);
    expect(check.summary.length).toBeLessThan(65_536);
    expect(check.annotations).toHaveLength(100);
  });

  test('tells of a thousand examples that do not hold without reading the file for each', async () => {
    const [head = '', fail = ''] = policyText('untrue', 'true').split('  fail:');
    const many = `    - { type: "AWS::EC2::VPC", properties: {} }\n`.repeat(1_000);
    const start = threadTime();
    const check = await checkOf({ 'a.yaml': `${head}${many}  fail:${fail}` });
    expect(threadTime() - start).toBeLessThan(5_000);
    expect(check.title).toBe('1,001 examples of 1002 not as said');
    expect(check.annotations[0]).toMatchObject({
      start_line: 12,
      title: expect.stringContaining('pass example 1'),
    });
  });

  test('is concluded also where Slipway gives up', async () => {
    const published: CheckOutput[] = [];
    await reportPolicyTrouble({ publishChecks: async (_, checks) => void published.push(...checks) }, 'abc');
    expect(published).toMatchObject([{ name: 'slipway/policies', conclusion: 'failure' }]);
  });
});
