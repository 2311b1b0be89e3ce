import { expect, test } from 'vitest';
import { type Properties, unknown } from '../../src/base/value.ts';
import { scan } from '../../src/policy/scan.ts';
import { changeOf, planOf, policyOf } from './policy-text.ts';

/** Path and message of each finding, which stands where the path leads. */
function found(policy: Readonly<Record<string, unknown>>, after: Properties, type = 'Test::Disk') {
  const plan = planOf(changeOf(after, { type }));
  const findings = scan([policyOf(policy)], plan, {
    stack: plan.stack,
    environment: plan.environment,
    now: '2026-07-15T12:00:00Z',
    positions: (_, path) => ({ file: path, line: 1, column: 1 }),
  });
  for (const finding of findings) expect(finding.where?.file).toBe(finding.path);
  return findings.map(({ path, message, undecided }) => [path, undecided ? 'undecided' : message]);
}

const statement = (Effect: string, ...Action: string[]) => ({ Effect, Action });
const nested = {
  foreach: 'Policies[policy].Document.Statement[statement].Action[*]',
  deny: "statement.Effect == 'Allow' && each == '*'",
  message: '${{ policy.Name }} allows ${{ each }}',
};

test.each<[string, Record<string, unknown>, Properties, unknown]>([
  [
    'an element of a list in a list, with the names of those around it',
    nested,
    {
      Policies: [
        { Name: 'a', Document: { Statement: [statement('Deny', '*')] } },
        { Name: 'b', Document: { Statement: [statement('Allow', 's3:Get*'), statement('Allow', 'x', '*')] } },
      ],
    },
    [['Policies[1].Document.Statement[1].Action[1]', 'b allows *']],
  ],
  [
    'one thing where lists belong',
    nested,
    { Policies: { Name: 'b', Document: { Statement: { Effect: 'Allow', Action: '*' } } } },
    [['Policies.Document.Statement.Action', 'b allows *']],
  ],
  [
    'a statement that is not known yet, while its neighbour is',
    nested,
    { Policies: [{ Name: 'b', Document: { Statement: [unknown, statement('Allow', '*')] } }] },
    [
      ['Policies[0].Document.Statement[0]', 'undecided'],
      ['Policies[0].Document.Statement[1].Action[0]', 'b allows *'],
    ],
  ],
  [
    'either of two lists, and the name of the other is null',
    { foreach: ['In[rule]', 'Out[*]'], deny: 'each.Port == 22', message: 'in: ${{ rule != null }}' },
    { In: [{ Port: 22 }], Out: [{ Port: 80 }, { Port: 22 }] },
    [
      ['In[0]', 'in: true'],
      ['Out[1]', 'in: false'],
    ],
  ],
])('a finding is of %s', (_, policy, after, expected) => {
  expect(found(policy, after)).toEqual(expected);
});

test('where types differ, each has its own path, and `.` is the resource itself', () => {
  const policy = {
    match: { types: ['Test::Group', 'Test::*Rule'] },
    foreach: { 'Test::Group': 'Rules[*]', 'Test::*Rule': '.' },
    deny: 'each.Port == 22',
    message: 'Port ${{ each.Port }}',
    property: 'Port',
  };
  const rule = { Port: 22 };
  expect(found(policy, { Rules: [rule], Port: 22 }, 'Test::Group')).toEqual([['Rules[0].Port', 'Port 22']]);
  expect(found(policy, rule, 'Test::InRule')).toEqual([['Port', 'Port 22']]);
});
