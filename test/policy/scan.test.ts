import { describe, expect, test } from 'vitest';
import type { SourceRange } from '../../src/base/source.ts';
import { type Properties, seal, unknown } from '../../src/base/value.ts';
import type { Change } from '../../src/plan/plan.ts';
import { blocks, type Finding } from '../../src/policy/finding.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { scan } from '../../src/policy/scan.ts';
import { changeOf, planOf, policyOf } from './policy-text.ts';

const nowhere = () => undefined;

function findingsOf(policies: Policy | Policy[], changes: Change[], positions = lookup({})): Finding[] {
  const context = {
    stack: 'acme/shop:infra/shop.yaml@prod',
    environment: 'prod',
    author: 'author',
    now: '2026-07-15T12:00:00Z',
    positions,
  };
  return scan([policies].flat(), planOf(...changes), context);
}

/** Positions by `LogicalId path`, given as lines. */
function lookup(lines: Readonly<Record<string, number>>) {
  return (logicalId: string, path: string): SourceRange | undefined => {
    const line = lines[`${logicalId} ${path}`];
    return line === undefined ? undefined : { file: 'infra/shop.yaml', line, column: 5 };
  };
}

const rules = policyOf({
  foreach: 'Rules[*]',
  deny: 'each.Port == 22',
  message: 'Port ${{ each.Port }} is open to ${{ each.From }}, ${{ each.Nothing }}',
  property: 'Port',
});

test('a finding says everything that the policy says, with values, and where', () => {
  const policy = policyOf({ controls: ['FSBP EC2.19'] });
  expect(findingsOf(policy, [changeOf({ Size: 500 }, { where: { file: 'f', line: 3, column: 1 } })])).toEqual(
    [
      {
        policy: 'small-disks',
        title: 'Disks are small',
        severity: 'medium',
        enforcement: 'overridable',
        logicalId: 'Disk',
        type: 'Test::Disk',
        message: 'The disk has 500 GiB',
        remedy: 'Ask for less.',
        controls: ['FSBP EC2.19'],
        where: { file: 'f', line: 3, column: 1 },
      },
    ],
  );
});

describe('a finding of an element of a list', () => {
  const open = { Port: 22, From: '0.0.0.0/0' };
  const closed = { Port: 443, From: '0.0.0.0/0' };

  test('stands on the line of that element, one finding for each', () => {
    const positions = lookup({
      'Disk Rules[0].Port': 10,
      'Disk Rules[1].Port': 14,
      'Disk Rules[2].Port': 18,
    });
    const found = findingsOf(rules, [changeOf({ Rules: [open, closed, open] })], positions);
    expect(found.map((f) => [f.path, f.where?.line])).toEqual([
      ['Rules[0].Port', 10],
      ['Rules[2].Port', 18],
    ]);
    expect(found[0]?.message).toBe('Port 22 is open to 0.0.0.0/0, none');
  });

  test('stands on what is nearest above, where the property itself is not in the template', () => {
    const where = { file: 'infra/shop.yaml', line: 2, column: 3 };
    const change = changeOf({ Rules: [closed, open] }, { where });
    expect(findingsOf(rules, [change], lookup({ 'Disk Rules[1]': 14 }))[0]?.where?.line).toBe(14);
    expect(findingsOf(rules, [change], lookup({ 'Disk Rules': 8 }))[0]?.where?.line).toBe(8);
    expect(findingsOf(rules, [change], nowhere)[0]?.where).toBe(where);
  });

  test('stands on the line of the same rule where the provider has sorted the list', () => {
    // As the template has them: with a text for a port, a reference, and no defaults.
    const desired = {
      Rules: [{ Port: '443', From: { Ref: 'Range' } }, { From: '0.0.0.0/0', Port: '22' }, { Port: 80 }],
    };
    const after = { Rules: [{ ...open, Kind: 'tcp' }, { Port: 80, Kind: 'tcp' }, closed] };
    const found = findingsOf(rules, [changeOf(after, { desired })], lookup({ 'Disk Rules[1].Port': 14 }));
    expect(found.map((f) => [f.path, f.where?.line])).toEqual([['Rules[1].Port', 14]]);
  });

  test('is of the list inside the list', () => {
    const policy = policyOf({ foreach: 'Groups[*].Spec.Rules', deny: 'each == 22', message: 'x' });
    const after = { Groups: [{ Spec: { Rules: [22] } }, {}, { Spec: { Rules: [1, 22] } }] };
    expect(findingsOf(policy, [changeOf(after)]).map((f) => f.path)).toEqual([
      'Groups[0].Spec.Rules[0]',
      'Groups[2].Spec.Rules[1]',
    ]);
  });

  test('takes one thing for a list of one, and JSON text for what it says', () => {
    const policy = policyOf({ foreach: 'Document.Rules[*]', deny: 'each == 22', message: 'x' });
    const paths = (after: Properties) => findingsOf(policy, [changeOf(after)]).map((f) => [f.path, f.code]);
    expect(paths({ Document: { Rules: 22 } })).toEqual([['Document.Rules', undefined]]);
    expect(paths({ Document: '{"Rules":[1,22]}' })).toEqual([['Document.Rules[1]', undefined]]);
    expect(paths({})).toEqual([]);
    expect(paths({ Document: 'nonsense' })).toEqual([['Document', 'policy-evaluation']]);
  });
});

describe('which changes are looked at', () => {
  const big = { Size: 500 };
  test.each<[Partial<Change>, string[] | undefined, string | undefined]>([
    [{ action: 'create' }, undefined, 'overridable'],
    [{ action: 'update' }, undefined, 'overridable'],
    [{ action: 'replace' }, undefined, 'overridable'],
    [{ action: 'import' }, undefined, 'overridable'],
    [{ action: 'none' }, undefined, 'advisory'],
    [{ action: 'delete' }, undefined, undefined],
    [{ action: 'forget' }, undefined, undefined],
    [{ action: 'none' }, ['none'], 'overridable'],
    [{ action: 'update' }, ['create'], undefined],
    [{ type: 'Test::Disk::Snapshot' }, undefined, undefined],
    [{ type: 'Other' }, undefined, undefined],
  ])('%j with actions %j: %s', (change, actions, enforcement) => {
    const policy = policyOf({ match: { types: ['Test::Disk'], ...(actions ? { actions } : {}) } });
    expect(findingsOf(policy, [changeOf(big, change)])[0]?.enforcement).toBe(enforcement);
  });

  test.each([
    ['*', true],
    ['Test::*', true],
    ['*::Disk', true],
    ['T*D*k', true],
    ['Test::D', false],
    ['Disk', false],
    ['Test..Disk', undefined],
  ])('the pattern %s: %s', (pattern, matches) => {
    const make = () => findingsOf(policyOf({ match: { types: [pattern] } }), [changeOf(big)]);
    if (matches === undefined) expect(make).toThrow('policy-invalid');
    else expect(make()).toHaveLength(matches ? 1 : 0);
  });

  test('what is not touched is said to be so', () => {
    const [finding] = findingsOf(policyOf(), [changeOf(big, { action: 'none' })]);
    expect(finding?.message).toBe('The disk has 500 GiB (It is already there: this plan does not touch it.)');
  });

  test('a delete is judged by what goes away', () => {
    const policy = policyOf({
      match: { types: ['*'], actions: ['delete'] },
      deny: "after == null && before.Size > 100 && change.action == 'delete'",
      message: '${{ before.Size }}',
    });
    const change = changeOf(undefined, { action: 'delete', before: { Size: 500 } });
    expect(findingsOf(policy, [change])[0]?.message).toBe('500');
  });
});

describe('what cannot be decided does not pass', () => {
  test.each<[string, Policy, Properties]>([
    ['a property', policyOf(), { Size: unknown }],
    ['the list', rules, { Rules: unknown }],
    ['an element', rules, { Rules: [unknown] }],
    ['a property of an element', rules, { Rules: [{ Port: unknown }] }],
  ])('%s is known only after apply: undecided, and blocks nothing yet', (_, policy, after) => {
    const [finding, ...others] = findingsOf(policy, [changeOf(after)]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      undecided: true,
      enforcement: 'overridable',
      message: expect.stringMatching(/^Decided at apply: .* is known only then$/),
    });
    expect(blocks(finding!)).toBe(false);
  });

  test.each<[string, Partial<Change>]>([
    ['stays', { action: 'none' }],
    ['goes', { action: 'delete' }],
    ['is forgotten', { action: 'forget' }],
    ['is imported as it is', { action: 'import' }],
    ['changes in the state alone', { action: 'update' }],
  ])('what hangs on it at a resource that %s blocks: nobody comes back to it', (_, changes) => {
    const actions = ['create', 'update', 'delete', 'forget', 'none', 'import'];
    const policy = policyOf({
      match: { types: ['Test::Disk'], actions },
      deny: "resource.logicalId == 'Old' && plan.changes.exists(c, c.after.Size > 100)",
      message: 'x',
    });
    const [finding, ...others] = findingsOf(policy, [
      changeOf({ Size: unknown }),
      changeOf({ Size: 1 }, { logicalId: 'Old', ...changes }),
    ]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      logicalId: 'Old',
      message: expect.stringContaining('Cannot be decided'),
    });
    expect(blocks(finding!)).toBe(true);
  });

  test('an unknown that does not matter leaves the finding decided, and is shown as one', () => {
    const policy = policyOf({ deny: 'after.Size > 100 || after.Name == "x"', message: '${{ after.Name }}' });
    const [finding] = findingsOf(policy, [changeOf({ Size: 500, Name: unknown })]);
    expect(finding).toMatchObject({ message: '(known after apply)' });
    expect(finding?.undecided).toBeUndefined();
  });

  test('a secret blocks, and its text and fingerprint are nowhere', () => {
    const secret = seal('0.0.0.0/0', 'key');
    const policy = policyOf({ deny: 'isPublicCidr(after.Range)', message: '${{ after.Range }}' });
    const [finding] = findingsOf(policy, [changeOf({ Range: secret })]);
    expect(blocks(finding!)).toBe(true);
    expect(finding?.message).toBe('Cannot be decided: Range is secret, and policies do not read secrets');
    expect(JSON.stringify(finding)).not.toMatch(new RegExp(`0\\.0\\.0\\.0|${secret.fingerprint}`));
    const shown = findingsOf(policyOf({ deny: 'has(after.Range)', message: '<${{ after }}>' }), [
      changeOf({ Range: secret }),
    ]);
    expect(shown[0]?.message).not.toContain(secret.fingerprint);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a comparison that makes no sense', {}, 'no matching overload'],
    ['an answer that is none', { deny: 'after.Size' }, 'deny has to give true or false'],
    ['a function that is refused', { deny: 'isPublicCidr(after.Size)' }, 'is not an address range'],
    [
      'too much work',
      { deny: 'after.L.exists(a, after.L.exists(b, a == b + 9999))' },
      'more than 50,000 steps',
    ],
  ])('%s blocks, and says why', (_, changes, reason) => {
    const after = { Size: 'huge', L: Array.from({ length: 1_000 }, (__, i) => i) };
    const [finding] = findingsOf(policyOf(changes), [changeOf(after)]);
    expect(finding).toMatchObject({ code: 'policy-evaluation', enforcement: 'overridable' });
    expect(finding?.message).toMatch(/^The policy could not be decided: /);
    expect(finding?.message).toContain(reason);
    expect(finding?.remedy).toContain('policies/small-disks.yaml');
    expect(blocks(finding!)).toBe(true);
  });

  test('a policy that takes too long over the whole plan stops with one finding, which blocks', () => {
    const policy = policyOf({ deny: 'after.L.exists(a, a < 0)' });
    const after = { Size: 1, L: Array.from({ length: 10_000 }, (_, i) => i) };
    const changes = Array.from({ length: 400 }, (_, i) => changeOf(after, { logicalId: `D${i}` }));
    const found = findingsOf(policy, changes);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain('more than 2,000,000 steps over this plan');
    expect(blocks(found[0]!)).toBe(true);
  });

  test('a message whose value cannot be had does not lose the finding', () => {
    const policy = policyOf({ message: 'x ${{ after.Size.y }} y' });
    expect(findingsOf(policy, [changeOf({ Size: 500 })])[0]?.message).toBe('x (not to be had) y');
  });
});

describe('what an expression sees', () => {
  test.each([
    ["environment == 'prod' && stack == 'acme/shop:infra/shop.yaml@prod' && author == 'author'"],
    ["resource.type == 'Test::Disk' && resource.logicalId == 'Disk'"],
    ["change.action == 'update' && change.physicalId == 'd-1' && change.deletionPolicy == 'Delete'"],
    ["change.differences.exists(d, d.path == 'Size' && d.before == 1 && d.after == 500 && !d.replaces)"],
    ['before.Size == 1 && after.Size == 500'],
    ["plan.account == '111111111111' && plan.region == 'eu-west-1'"],
    ["plan.changes.filter(c, c.type == resource.type && c.action == 'update').size() == 1"],
    ['plan.changes.exists(c, c.logicalId == "Other" && c.before == null && c.after.Size == 7)'],
    [
      'plan.byType["Test::Disk"].exists(c, c.logicalId == "Other") && !plan.byType["Test::None"].exists(c, true)',
    ],
    [
      'plan.dependents[resource.logicalId]["Test::Disk"].exists(c, c.logicalId == "Other") && !plan.dependents["Other"]["Test::Disk"].exists(c, true)',
    ],
  ])('%s', (deny) => {
    const change = changeOf(
      { Size: 500 },
      {
        action: 'update',
        before: { Size: 1 },
        physicalId: 'd-1',
        differences: [{ path: 'Size', before: 1, after: 500, replaces: false }],
      },
    );
    const other = changeOf({ Size: 7 }, { logicalId: 'Other', dependsOn: ['Disk'] });
    const found = findingsOf(policyOf({ deny }), [change, other]);
    expect(found.map((f) => [f.logicalId, f.code])).toContainEqual(['Disk', undefined]);
  });

  test('what is about the plan as a whole is asked once, at the first resource that it looks at', () => {
    const changes = [1, 2, 3].map((Size) => changeOf({ Size }, { logicalId: `Disk${Size}` }));
    const found = (deny: string, changed: object) =>
      findingsOf(policyOf({ deny, ...changed }), changes).map((f) => f.logicalId);
    expect(found('plan.changes.size() > 2', { once: true })).toEqual(['Disk1']);
    expect(found('after.Size > 1', { once: true })).toEqual([]);
    expect(found('plan.changes.size() > 2', {})).toEqual(['Disk1', 'Disk2', 'Disk3']);
  });

  test('and where one of them blocks, not at one that the plan leaves alone', () => {
    const still = changeOf({}, { logicalId: 'A', action: 'none' });
    const [finding, ...others] = findingsOf(policyOf({ deny: 'true', message: 'x', once: true }), [
      still,
      changeOf({}),
    ]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ logicalId: 'Disk', enforcement: 'overridable', ofPlan: true });
    expect(findingsOf(policyOf({ deny: 'true', message: 'x' }), [still])[0]?.ofPlan).toBeUndefined();
  });

  test('outside of a pull request the author is null', () => {
    const context = { stack: 's', environment: 'dev', now: '2026-07-15T12:00:00Z', positions: nowhere };
    expect(scan([policyOf({ deny: 'author == null' })], planOf(changeOf({})), context)).toHaveLength(1);
  });
});

test('findings are sorted: the worst first, then by resource, place by number, and policy', () => {
  const each = { foreach: 'L[*]', deny: 'true', message: 'x' };
  const policies = [
    policyOf({ ...each, id: 'b' }),
    policyOf({ ...each, id: 'a' }),
    policyOf({ ...each, id: 'c', severity: 'critical' }),
  ];
  const list = { L: Array.from({ length: 11 }, (_, i) => i) };
  const changes = [changeOf(list, { logicalId: 'B' }), changeOf({ L: [1] }, { logicalId: 'A' })];
  const order = findingsOf(policies, changes).map((f) => `${f.policy} ${f.logicalId} ${f.path}`);
  expect(order.slice(0, 4)).toEqual(['c A L[0]', 'c B L[0]', 'c B L[1]', 'c B L[2]']);
  expect(order.slice(11, 16)).toEqual(['c B L[10]', 'a A L[0]', 'b A L[0]', 'a B L[0]', 'b B L[0]']);
  const reversed = findingsOf(policies.toReversed(), changes.toReversed());
  expect(reversed.map((f) => `${f.policy} ${f.logicalId} ${f.path}`)).toEqual(order);
});

test('what is asked of each resource about those that refer to it takes time by their number, not its square', () => {
  const policy = policyOf({
    deny: '!plan.dependents[resource.logicalId]["Test::Disk"].exists(c, c.after.Size == 7)',
  });
  // Each refers to the one before it: all but the last are referred to.
  const chain = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      changeOf({ Size: 7 }, { logicalId: `D${i}`, dependsOn: i === 0 ? [] : [`D${i - 1}`] }),
    );
  // Going through all others for each would take more steps than a policy may.
  expect(findingsOf(policy, chain(5_000)).map((f) => [f.logicalId, f.code])).toEqual([['D4999', undefined]]);
});
