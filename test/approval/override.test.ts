import { describe, expect, test } from 'vitest';
import type { OverrideRule, Person, RejectionKind, Statement } from '../../src/approval/approval.ts';
import { type DecisionInput, decide } from '../../src/approval/decide.ts';
import type { Finding } from '../../src/policy/finding.ts';
import { moved, openSsh } from '../review/plans.ts';

const plan = moved();
const finding: Finding = { ...openSsh, enforcement: 'overridable' };
const other: Finding = { ...finding, policy: 'no-public-all-ports' };
const rule: OverrideRule = { policies: [finding.policy], from: ['@acme/security', 'codeowners'] };

const people: readonly Person[] = [
  { login: 'author', permission: 'admin', teams: ['@acme/security'] },
  { login: 'committer', permission: 'admin', teams: ['@acme/security'] },
  { login: 'reviewer', permission: 'write', teams: [] },
  { login: 'security', permission: 'read', teams: ['@acme/security'] },
  { login: 'gone', permission: 'none', teams: ['@acme/security'] },
  { login: 'owner', permission: 'write', teams: [] },
];

let id = 0;
function said(login: string, rest: Partial<Statement> = {}): Statement {
  id++;
  return {
    kind: 'comment',
    id,
    login,
    isBot: false,
    at: `2030-01-01T10:00:${String(id % 60).padStart(2, '0')}Z`,
    edited: false,
    dismissed: false,
    answer: 'yes',
    digests: { [plan.stack]: plan.digest },
    ...rest,
  };
}
const lift = { policy: finding.policy, reason: 'until the bastion is there' };
const override = (login: string, rest: Partial<Statement> = {}) => said(login, { override: lift, ...rest });

function decideWith(rest: Partial<DecisionInput>) {
  return decide({
    plan,
    rules: [{ from: ['@reviewer'], count: 1 }],
    overrides: [rule],
    owners: ['@owner'],
    findings: [finding],
    statements: [],
    people,
    members: {},
    author: 'author',
    committers: ['committer'],
    labels: [],
    paths: [],
    ...rest,
  });
}

test('lifts what the policy finds; the plan still has to be approved', () => {
  const lifted = decideWith({ statements: [override('security')] });
  expect(lifted).toMatchObject({
    allowed: false,
    blockedBy: [],
    overridden: [{ policy: finding.policy, by: 'security', reason: 'until the bastion is there' }],
    summary: 'Waiting for @reviewer, with no-public-ssh overridden by @security',
  });
  const both = decideWith({ statements: [override('security'), said('reviewer')] });
  expect(both).toMatchObject({ allowed: true, rejected: [] });
});

test('is given before the apply for what is only decided then', () => {
  const open = { ...finding, undecided: true };
  expect(decideWith({ findings: [open], statements: [override('security')] })).toMatchObject({
    blockedBy: [],
    overridden: [{ policy: finding.policy, by: 'security' }],
  });
  expect(decideWith({ findings: [open] })).toMatchObject({ blockedBy: [] });
  const mandatory = decideWith({
    findings: [{ ...open, enforcement: 'mandatory' }],
    statements: [override('security')],
  });
  expect(mandatory.overridden).toBeUndefined();
  expect(mandatory.rejected.map((r) => r.kind)).toEqual(['mandatory']);
});

test('is no approval, and an approval is no override', () => {
  const rules = [{ from: ['@security'], count: 1 }];
  expect(decideWith({ rules, findings: [], statements: [override('security')] }).allowed).toBe(false);
  expect(decideWith({ rules, statements: [said('security')] })).toMatchObject({
    allowed: false,
    blockedBy: [finding.policy],
  });
});

test('lifts no other policy', () => {
  const decision = decideWith({ findings: [finding, other], statements: [override('security')] });
  expect(decision.blockedBy).toEqual(['no-public-all-ports']);
});

test('of an owner of the template counts where the settings name the owners', () => {
  expect(decideWith({ statements: [override('owner')] }).overridden).toHaveLength(1);
  expect(decideWith({ owners: [], statements: [override('owner')] }).overridden).toBeUndefined();
});

test('of an owner counts for a template that moves where both paths are theirs', () => {
  const moving = { plan: { ...plan, movedFrom: 'infra/old.yaml' }, statements: [override('owner')] };
  expect(decideWith({ ...moving, formerOwners: ['@owner'] }).overridden).toHaveLength(1);
  expect(decideWith({ ...moving, formerOwners: ['@reviewer'] }).overridden).toBeUndefined();
  expect(decideWith({ ...moving, owners: [], formerOwners: ['@owner'] }).overridden).toBeUndefined();
});

test('who may is told of what blocks', () => {
  expect(decideWith({ findings: [finding, other] }).overridable).toEqual([
    { policy: finding.policy, by: '@acme/security or the code owners (@owner)' },
  ]);
  expect(decideWith({ overrides: [] }).overridable).toBeUndefined();
  expect(decideWith({ missingTeams: ['@acme/security'] }).overridable).toEqual([
    { policy: finding.policy, by: 'the code owners (@owner)' },
  ]);
  expect(decideWith({ owners: ['@acme/security'], missingTeams: ['@acme/security'] }).overridable).toBe(
    undefined,
  );
});

describe('does not count', () => {
  test.each<readonly [string, Statement, Partial<DecisionInput>, RejectionKind, string]>([
    [
      'of the author',
      override('author'),
      {},
      'author',
      '@author opened the pull request, and somebody else has to override no-public-ssh',
    ],
    [
      'of a committer',
      override('committer'),
      {},
      'committer',
      '@committer has commits in the pull request, and somebody else has to override no-public-ssh',
    ],
    [
      'of a bot',
      override('security', { isBot: true }),
      {},
      'bot',
      '@security is a bot, and only people override',
    ],
    [
      'of somebody whom the settings do not name',
      override('reviewer'),
      {},
      'no-right',
      '@reviewer is not among those who may override no-public-ssh in dev: @acme/security or the code owners (@owner)',
    ],
    [
      'of somebody who lost access',
      override('gone'),
      {},
      'no-right',
      '@gone is not among those who may override no-public-ssh in dev: @acme/security or the code owners (@owner)',
    ],
    [
      'where the settings let nobody',
      override('security'),
      { overrides: [] },
      'no-right',
      '@security cannot override no-public-ssh: the settings of dev let nobody',
    ],
    [
      'where they name another policy',
      override('security'),
      { overrides: [{ ...rule, policies: ['x'] }] },
      'no-right',
      '@security cannot override no-public-ssh: the settings of dev let nobody',
    ],
    [
      'of a mandatory policy',
      override('security'),
      { findings: [{ ...finding, enforcement: 'mandatory' }] },
      'mandatory',
      '@security cannot override no-public-ssh: it is mandatory',
    ],
    [
      'once its comment was edited',
      override('security', { edited: true }),
      {},
      'edited',
      '@security edited the comment after writing it; a new comment counts',
    ],
    [
      'for another plan',
      override('security', { digests: { [plan.stack]: 'f00' } }),
      {},
      'other-plan',
      '@security overrode no-public-ssh for a plan that has changed since',
    ],
    [
      'for a plan that was not shown yet',
      override('security', { digests: {} }),
      {},
      'other-plan',
      '@security overrode no-public-ssh before this plan was shown',
    ],
  ])('%s', (_, statement, rest, kind, reason) => {
    const decision = decideWith({ statements: [statement], ...rest });
    expect(decision).toMatchObject({ allowed: false, blockedBy: [finding.policy] });
    expect(decision.rejected).toEqual([{ statement, kind, reason }]);
  });

  test('after its giver requested changes', () => {
    const no = said('security', { kind: 'review', answer: 'no', at: '2031-01-01T00:00:00Z' });
    const decision = decideWith({ statements: [override('security'), no] });
    expect(decision.rejected[0]?.reason).toBe('@security requested changes after overriding no-public-ssh');
  });

  test('and nothing is said of it where the policy finds nothing', () => {
    expect(decideWith({ findings: [], statements: [override('reviewer')] }).rejected).toEqual([]);
  });
});
