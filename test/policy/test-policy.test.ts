import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { testPolicy } from '../../src/policy/test-policy.ts';
import { policyOf } from './policy-text.ts';

const small = { type: 'Test::Disk', properties: { Size: 1 } };
const big = { type: 'Test::Disk', properties: { Size: 1000 } };

test('a policy that keeps its examples', () => {
  expect(testPolicy(policyOf())).toEqual([
    { policy: 'small-disks', kind: 'pass', index: 0, ok: true },
    { policy: 'small-disks', kind: 'fail', index: 0, ok: true },
  ]);
});

describe('an example that does not hold says why', () => {
  test.each<[string, Record<string, unknown>, string, string]>([
    ['a policy that denies nothing', { deny: 'false' }, 'fail 0', 'there is no finding'],
    ['a policy that denies everything', { deny: 'true' }, 'pass 0', 'there is a finding: The disk has 1 GiB'],
    ['the second one', { examples: { pass: [small, big], fail: [big] } }, 'pass 1', 'there is a finding'],
    [
      'a passing example of another type',
      { examples: { pass: [{ ...small, type: 'Test::Dsk' }], fail: [big] } },
      'pass 0',
      'the policy does not look at Test::Dsk',
    ],
    [
      'a failing example with another action',
      { examples: { pass: [small], fail: [{ ...big, action: 'delete' }] } },
      'fail 0',
      'the policy does not look at the action delete',
    ],
    [
      'a failing example that only fails to be decided',
      {
        examples: {
          pass: [small],
          fail: [{ type: 'Test::Disk', properties: { Size: { $slipway: 'unknown' } } }],
        },
      },
      'fail 0',
      'Decided at apply: Size is known only then',
    ],
    [
      'a failing example that breaks the expression',
      { examples: { pass: [small], fail: [{ type: 'Test::Disk', properties: {} }] } },
      'fail 0',
      'The policy could not be decided: ',
    ],
  ])('%s', (_, changes, which, reason) => {
    const broken = testPolicy(policyOf(changes)).filter((result) => !result.ok);
    expect(broken.map((result) => `${result.kind} ${result.index}`)).toEqual([which]);
    expect(broken[0]?.reason).toContain(reason);
  });
});

test('an example can have a before, an action, an environment and an author', () => {
  const fail = [
    { ...big, before: { Size: 1 }, environment: 'dev', author: 'author' },
    { ...big, action: 'replace', environment: 'dev', author: 'author', before: { Size: 1 } },
  ];
  const deny =
    "change.action in ['update', 'replace'] && before.Size == 1 && environment == 'dev' && author == 'author' && " +
    "change.differences.exists(d, d.path == 'Size')";
  const results = testPolicy(policyOf({ deny, examples: { pass: [big], fail } }));
  expect(results.map((result) => result.ok)).toEqual([true, true, true]);
});

test('the policy that the guide writes is right, and keeps its examples', () => {
  const guide = readFileSync(new URL('../../policies/README.md', import.meta.url), 'utf8');
  const [, text] = /```yaml\n([\s\S]*?)```/.exec(guide)!;
  const { policy, diagnostics } = parsePolicy(text!, 'policies/subnets-in-address-plan.yaml');
  expect(diagnostics).toEqual([]);
  expect(testPolicy(policy!).map((result) => result.reason)).toEqual([undefined, undefined]);
});

test('an example can have a region, policies for its end, and other changes of the plan, each many times', () => {
  const deny =
    "plan.region != 'eu-west-1' && change.deletionPolicy == 'Retain' && change.updateReplacePolicy == 'Snapshot' && " +
    "plan.changes.filter(c, c.action == 'delete' && 'Example' in c.dependsOn && c.deletionPolicy == 'Retain').size() > 2";
  const other = { ...big, action: 'delete', dependsOn: ['Example'], deletionPolicy: 'Retain' };
  const example = { ...big, region: 'us-east-1', deletionPolicy: 'Retain', updateReplacePolicy: 'Snapshot' };
  const pass = [
    { ...example, others: [{ ...other, times: 2 }] },
    { ...example, region: 'eu-west-1', others: [{ ...other, times: 3 }] },
  ];
  const fail = [{ ...example, others: [{ ...other, times: 3 }] }];
  expect(testPolicy(policyOf({ deny, examples: { pass, fail } })).filter(({ ok }) => !ok)).toEqual([]);
});

test('what is found of another resource of the plan says nothing of the example', () => {
  const examples = { pass: [{ ...small, others: [{ ...big, logicalId: 'Another' }] }], fail: [big] };
  expect(testPolicy(policyOf({ examples })).filter(({ ok }) => !ok)).toEqual([]);
});
