import { describe, expect, test } from 'vitest';
import { type Exception, exceptionProblem, withExceptions } from '../../src/policy/exceptions.ts';
import { blocks } from '../../src/policy/finding.ts';
import { scan } from '../../src/policy/scan.ts';
import { changeOf, planOf, policyOf } from './policy-text.ts';

const now = '2026-07-15T23:59:00Z';
const plan = planOf(changeOf({ Size: 500 }), changeOf({ Size: 500 }, { logicalId: 'Other' }));
const exception: Exception = {
  policy: 'small-disks',
  resource: 'Disk',
  until: '2026-07-15',
  reason: 'a migration',
  by: 'ops',
};

function weighed(changes: Partial<Exception>, policy = {}, of = plan) {
  const context = { stack: plan.stack, environment: 'prod', now, positions: () => undefined };
  const found = scan([policyOf(policy)], of, context);
  return withExceptions(found, of, [{ ...exception, ...changes }], now).map((finding) =>
    [finding.logicalId, finding.policy, blocks(finding) ? 'blocks' : 'advice'].join(' '),
  );
}

const both = ['Disk small-disks blocks', 'Other small-disks blocks'];
const oneLess = ['Disk small-disks advice', 'Other small-disks blocks'];

test.each<[string, Partial<Exception>, string[]]>([
  ['lets its resource through on its last day', {}, oneLess],
  ['is for its own template', { template: plan.file }, oneLess],
  ['is for no other template', { template: 'infra/other.yaml' }, both],
  ['is for no other policy', { policy: 'other' }, both],
  ['is for no resource that there is not', { resource: 'Dis' }, both],
  [
    'is a finding itself when it is over',
    { until: '2026-07-14' },
    [...both, 'Disk exception-expired advice'],
  ],
  ['says nothing of a resource that is gone', { until: '2026-07-14', resource: 'Gone' }, both],
])('an exception %s', (_, changes, expected) => {
  expect(weighed(changes)).toEqual(expected);
});

describe('where templates have moved', () => {
  const at = (stack: string, template: string) =>
    weighed({ template }, {}, { ...plan, stack: `acme/shop:${stack}@prod` });
  const told = [...both, 'Disk exception-of-another advice'];

  test.each<[string, string, string, string[]]>([
    ['goes with its stack', 'infra/first.yaml', 'infra/first.yaml', oneLess],
    ['is not for a stack that was moved to its path', 'infra/first.yaml', plan.file, told],
    ['is not for a stack that began at a path that was left', `${plan.file}//2`, plan.file, told],
    ['is for that one by its name', `${plan.file}//2`, `${plan.file}//2`, oneLess],
  ])('an exception %s', (_, stack, template, expected) => {
    expect(at(stack, template)).toEqual(expected);
  });
});

test('nothing mandatory is let through', () => {
  expect(weighed({}, { enforcement: 'mandatory' })).toEqual(both);
});

test('what is let through says by whom, why and until when', () => {
  const context = { stack: plan.stack, environment: 'prod', now, positions: () => undefined };
  const [first] = withExceptions(scan([policyOf()], plan, context), plan, [exception], now);
  expect(first?.allowed).toEqual({ until: '2026-07-15', reason: 'a migration', by: 'ops' });
});

describe('what is left unjudged is not let through with the resource where that was noticed', () => {
  const context = { stack: plan.stack, environment: 'prod', now, positions: () => undefined };

  test('where the policy fails at it, as it does too where it is stopped for all that it costs', () => {
    const failing = planOf(changeOf({ Size: 'large' }));
    const [finding] = withExceptions(scan([policyOf()], failing, context), failing, [exception], now);
    expect(finding?.code).toBe('policy-evaluation');
    expect(blocks(finding!)).toBe(true);
  });

  test('a policy about the plan as a whole has no exceptions', () => {
    const problem = exceptionProblem([policyOf({ once: true })], [exception]);
    expect(problem?.summary).toContain('about the plan as a whole');
  });
});
