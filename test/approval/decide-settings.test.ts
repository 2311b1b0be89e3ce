import { describe, expect, test } from 'vitest';
import { type ApprovalRule, type Statement, settingsSubject } from '../../src/approval/approval.ts';
import { decideSettings } from '../../src/approval/decide-settings.ts';

const change = { digest: 'd1', after: 'a1', files: ['.github/slipway.yml'] };

function yes(login: string, rest: Partial<Statement> = {}): Statement {
  return {
    kind: 'comment',
    id: login.length,
    login,
    isBot: false,
    at: '2030-01-01T10:00:00Z',
    edited: false,
    dismissed: false,
    answer: 'yes',
    digests: { [settingsSubject]: change.digest },
    ...rest,
  };
}

function decide(
  rules: readonly ApprovalRule[],
  statements: readonly Statement[],
  {
    owners = {},
    files = change.files,
  }: { owners?: Record<string, string[]>; files?: readonly string[] } = {},
) {
  return decideSettings({
    change: { ...change, files },
    rules,
    statements,
    people: [
      { login: 'author', permission: 'admin', teams: ['@acme/infra'] },
      { login: 'reviewer', permission: 'write', teams: ['@acme/infra'] },
      { login: 'operator', permission: 'admin', teams: ['@acme/infra', '@acme/security'] },
      { login: 'stranger', permission: 'write', teams: [] },
    ],
    members: {},
    author: 'author',
    committers: [],
    ownersOf: (path) => owners[path] ?? [],
  });
}

const infra: ApprovalRule = { from: ['@acme/infra'], count: 1 };
const security: ApprovalRule = { from: ['@acme/security'], count: 1 };

describe('by whom other settings have to be approved', () => {
  test.each<readonly [string, readonly ApprovalRule[], readonly string[], boolean]>([
    ['nobody has spoken', [infra], [], false],
    ['somebody whom the rules name', [infra], ['reviewer'], true],
    ['somebody whom no rule names', [infra], ['stranger'], false],
    ['the author', [infra], ['author'], false],
    [
      'one of the two that the rules of different environments ask for',
      [infra, security],
      ['reviewer'],
      false,
    ],
    ['one person who is both', [infra, security], ['operator'], true],
    [
      'one, where another environment asks for two of the same',
      [infra, { ...infra, count: 2 }],
      ['reviewer'],
      false,
    ],
    [
      'two, where another environment asks for two of the same',
      [{ from: ['@ACME/infra'], count: 2 }, infra],
      ['reviewer', 'operator'],
      true,
    ],
    [
      'the people of a rule with a condition are asked as well',
      [infra, { ...security, when: 'false' }],
      ['reviewer'],
      false,
    ],
    ['without any rule, somebody who may write', [], ['stranger'], true],
  ])('%s', (_, rules, logins, allowed) => {
    expect(
      decide(
        rules,
        logins.map((login) => yes(login)),
      ).allowed,
    ).toBe(allowed);
  });
});

describe('code owners are those of the files that change', () => {
  const owned: ApprovalRule = { from: ['codeowners'], count: 1 };
  const both = ['.github/slipway.yml', '.github/CODEOWNERS'];
  const owners = { '.github/slipway.yml': ['@acme/security'], '.github/CODEOWNERS': ['@acme/infra'] };

  test('of each of them', () => {
    expect(decide([owned], [yes('reviewer')], { owners, files: both }).allowed).toBe(false);
    expect(decide([owned], [yes('operator')], { owners, files: both }).allowed).toBe(true);
  });

  test('and where nobody owns one, nobody can', () => {
    const decision = decide([owned], [yes('operator')]);
    expect(decision.allowed).toBe(false);
    expect(decision.summary).toContain('the owners of .github/slipway.yml, for whom CODEOWNERS names nobody');
  });
});

test.each<readonly [string, Partial<Statement>, string]>([
  ['other settings', { digests: { [settingsSubject]: 'd0' } }, 'approved settings that have changed since'],
  [
    'a plan',
    { digests: { 'acme/shop:infra/a.yaml@dev': 'd1' } },
    'approved before these settings were shown',
  ],
  ['one environment', { environment: 'dev' }, 'approved dev, and this is the settings'],
])('an approval of %s is none of these', (_, said, reason) => {
  const decision = decide([infra], [yes('reviewer', said)]);
  expect(decision.allowed).toBe(false);
  expect(decision.rejected[0]?.reason).toContain(reason);
});
