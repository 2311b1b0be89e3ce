import { describe, expect, test } from 'vitest';
import type { ApprovalRule, Person, RejectionKind, Statement } from '../../src/approval/approval.ts';
import { type DecisionInput, decide } from '../../src/approval/decide.ts';
import { allCreated, moved, noOwner, nothing, openSsh } from '../review/plans.ts';

const infra: ApprovalRule = { from: ['@acme/infra'], count: 1 };
const security: ApprovalRule = { from: ['@acme/security'], count: 1 };

const people: readonly Person[] = [
  { login: 'author', permission: 'admin', teams: ['@acme/infra'] },
  { login: 'committer', permission: 'write', teams: ['@acme/infra'] },
  { login: 'reviewer', permission: 'write', teams: ['@acme/infra'] },
  { login: 'operator', permission: 'admin', teams: ['@acme/infra', '@acme/security'] },
  { login: 'guest', permission: 'read', teams: [] },
  { login: 'helper[bot]', permission: 'write', teams: ['@acme/infra'] },
];

/** What a decision may depend on, and most of these do not. */
const unasked = { overrides: [], owners: [], members: {}, labels: [], paths: [] };

const plan = moved();
let id = 0;

function yes(login: string, rest: Partial<Statement> = {}): Statement {
  id++;
  return {
    kind: 'comment',
    id,
    login,
    isBot: login.endsWith('[bot]'),
    at: `2030-01-01T10:${String(id % 60).padStart(2, '0')}:00Z`,
    edited: false,
    dismissed: false,
    answer: 'yes',
    digests: { [plan.stack]: plan.digest },
    ...rest,
  };
}

function decideWith(rest: Partial<DecisionInput>) {
  const rules = rest.rules ?? [infra];
  return decide({
    plan,
    rules,
    findings: [],
    statements: [],
    people,
    author: 'author',
    committers: ['committer'],
    ...unasked,
    ...rest,
  });
}

describe('who counts', () => {
  test.each<readonly [string, Statement]>([
    ['a comment of a member of the team', yes('reviewer')],
    ['a login in other letters', yes('REVIEWER')],
    ['a review', yes('reviewer', { kind: 'review' })],
    ['a statement that names this environment', yes('reviewer', { environment: 'dev' })],
  ])('%s', (_, statement) => {
    const decision = decideWith({ statements: [statement] });
    expect(decision).toMatchObject({
      allowed: true,
      summary: 'Approved by @reviewer',
      rejected: [],
      blockedBy: [],
    });
    expect(decision.rules).toEqual([{ rule: infra, met: true, by: ['reviewer'], missing: 0 }]);
  });

  test.each<readonly [string, Statement, RejectionKind, string]>([
    [
      'the author',
      yes('author'),
      'author',
      '@author opened the pull request, and somebody else has to approve it',
    ],
    [
      'the author in other letters',
      yes('Author'),
      'author',
      '@Author opened the pull request, and somebody else has to approve it',
    ],
    [
      'a committer',
      yes('committer'),
      'committer',
      '@committer has commits in the pull request, and somebody else has to approve it',
    ],
    ['a bot', yes('helper[bot]'), 'bot', '@helper[bot] is a bot, and only people approve'],
    [
      'somebody without the right',
      yes('guest'),
      'no-right',
      '@guest is not among those who may approve dev: @acme/infra',
    ],
    [
      'somebody nobody looked up',
      yes('stranger'),
      'no-right',
      '@stranger is not among those who may approve dev: @acme/infra',
    ],
    [
      'an edited comment',
      yes('reviewer', { edited: true }),
      'edited',
      '@reviewer edited the comment after writing it; a new comment counts',
    ],
    [
      'a dismissed review',
      yes('reviewer', { dismissed: true }),
      'dismissed',
      'the review of @reviewer was dismissed',
    ],
    [
      'another plan',
      yes('reviewer', { digests: { [plan.stack]: 'f00' } }),
      'other-plan',
      '@reviewer approved a plan that has changed since',
    ],
    [
      'a time before the plan',
      yes('reviewer', { digests: {} }),
      'other-plan',
      '@reviewer approved before this plan was shown',
    ],
    [
      'the digest of another stack',
      yes('reviewer', { digests: { 'acme/shop:other.yaml@dev': plan.digest } }),
      'other-plan',
      '@reviewer approved before this plan was shown',
    ],
    [
      'a prototype for digests',
      yes('reviewer', { digests: { __proto__: { [plan.stack]: plan.digest } } as never }),
      'other-plan',
      '@reviewer approved before this plan was shown',
    ],
    [
      'another environment',
      yes('reviewer', { environment: 'prod' }),
      'other-environment',
      '@reviewer approved prod, and this is dev',
    ],
    [
      'another environment, of somebody without the right',
      yes('guest', { environment: 'prod' }),
      'other-environment',
      '@guest approved prod, and this is dev',
    ],
  ])('not %s', (_, statement, kind, reason) => {
    const decision = decideWith({ statements: [statement] });
    expect(decision).toMatchObject({ allowed: false, summary: 'Waiting for 1 of @acme/infra' });
    expect(decision.rejected).toEqual([{ statement, kind, reason }]);
  });

  test('who requests changes takes back the approval, and may give it again', () => {
    const first = yes('reviewer', { at: '2030-01-01T01:00:00Z' });
    const no = yes('reviewer', { answer: 'no', kind: 'review', at: '2030-01-01T02:00:00Z' });
    const again = yes('reviewer', { at: '2030-01-01T03:00:00Z' });
    expect(decideWith({ statements: [no, first] })).toMatchObject({
      allowed: false,
      rejected: [{ kind: 'withdrawn' }],
    });
    expect(decideWith({ statements: [again, no, first] })).toMatchObject({ allowed: true, rejected: [] });
    expect(decideWith({ statements: [first, { ...no, dismissed: true }] })).toMatchObject({ allowed: true });
    expect(decideWith({ statements: [first, { ...no, login: 'guest' }] })).toMatchObject({ allowed: true });
  });

  test('nothing is said of an old approval of somebody whose new one counts', () => {
    const statements = [yes('reviewer', { edited: true }), yes('reviewer', { digests: {} }), yes('reviewer')];
    expect(decideWith({ statements }).rejected).toEqual([]);
  });

  test('the same reason about the same person is given once', () => {
    const statements = [yes('author'), yes('author'), yes('guest')];
    expect(decideWith({ statements }).rejected.map((r) => r.kind)).toEqual(['author', 'no-right']);
  });
});

describe('rules', () => {
  test.each<readonly [string, readonly ApprovalRule[], readonly string[], boolean, string]>([
    ['nobody yet', [infra], [], false, 'Waiting for 1 of @acme/infra'],
    [
      'two of a team, one there',
      [{ ...infra, count: 2 }],
      ['reviewer'],
      false,
      'Waiting for 1 of @acme/infra',
    ],
    [
      'two of a team, both there',
      [{ ...infra, count: 2 }],
      ['reviewer', 'operator'],
      true,
      'Approved by @reviewer and @operator',
    ],
    [
      'the same person twice is one',
      [{ ...infra, count: 2 }],
      ['reviewer', 'Reviewer'],
      false,
      'Waiting for 1 of @acme/infra',
    ],
    ['one person may meet two rules', [infra, security], ['operator'], true, 'Approved by @operator'],
    ['one rule met, one not', [infra, security], ['reviewer'], false, 'Waiting for 1 of @acme/security'],
    ['both missing', [infra, security], [], false, 'Waiting for 1 of @acme/infra and 1 of @acme/security'],
    ['one named person', [{ from: ['@operator'], count: 1 }], [], false, 'Waiting for @operator'],
    [
      'people with write permission',
      [{ from: ['write'], count: 2 }],
      [],
      false,
      'Waiting for 2 people with write permission',
    ],
    ['no rule at all is the default one', [], [], false, 'Waiting for 1 person with write permission'],
    ['the default one is met by anybody who may write', [], ['reviewer'], true, 'Approved by @reviewer'],
  ])('%s', (_, rules, logins, allowed, summary) => {
    const statements = logins.map((login) => yes(login));
    expect(decideWith({ rules, statements })).toMatchObject({ allowed, summary });
  });

  test.each<readonly [string, string, readonly ApprovalRule[]]>([
    ['applies when its condition is true', "changes.exists(c, c.action == 'delete')", [infra, security]],
    ['does not apply when it is false', "changes.exists(c, c.action == 'import')", [infra]],
    ['applies when it cannot be decided', 'changes[99].action == "x"', [infra, security]],
    ['applies when it is no condition', 'size(changes)', [infra, security]],
    ['applies when it does not compile', 'changes.exists(', [infra, security]],
  ])('a rule %s', (_, when, applying) => {
    const decision = decideWith({ rules: [infra, { ...security, when }] });
    expect(decision.rules.map((r) => r.rule.from)).toEqual(applying.map((r) => r.from));
  });

  test.each<readonly [string, string, Partial<DecisionInput>]>([
    ['who opened the pull request', "author == 'author'", {}],
    ['its labels', "'urgent' in labels", { labels: ['urgent'] }],
    ['the files that it changes', "paths.exists(p, p.startsWith('src/'))", { paths: ['src/a.js'] }],
    ['where it is applied', "environment == 'dev' && stack.endsWith('@dev') && template != ''", {}],
  ])('a rule hangs on %s', (_, when, rest) => {
    const rules = [infra, { ...security, when }];
    expect(decideWith({ rules, ...rest }).rules).toHaveLength(2);
    expect(
      decideWith({ rules, ...rest, labels: [], paths: [], author: 'x', plan: allCreated('prod') }).rules,
    ).toHaveLength(1);
  });

  test('the owners of the template are asked for by name, and an owner who may write counts', () => {
    const rules = [{ from: ['codeowners'], count: 1 }];
    const owners = ['@guest', '@acme/security'];
    expect(decideWith({ rules, owners }).summary).toBe(
      'Waiting for 1 of the code owners (@guest, @acme/security)',
    );
    expect(decideWith({ rules, owners, statements: [yes('operator')] }).allowed).toBe(true);
    // Whom CODEOWNERS names without write permission owns nothing.
    expect(decideWith({ rules, owners, statements: [yes('guest')] })).toMatchObject({
      allowed: false,
      rejected: [{ kind: 'no-right' }],
    });
    expect(decideWith({ rules, owners, statements: [yes('reviewer')] }).allowed).toBe(false);
  });

  describe('of a template that moves', () => {
    const codeowners = { from: ['codeowners'], count: 1 };
    const moving = { plan: { ...nothing(), movedFrom: 'infra/old.yaml' }, rules: [codeowners] };
    const said = (login: string) => yes(login, { digests: { [moving.plan.stack]: moving.plan.digest } });
    const whose = { owners: ['@operator'], formerOwners: ['@reviewer'] };

    test('even one that changes nothing needs an approval', () => {
      expect(decideWith({ ...moving, rules: [infra] })).toMatchObject({ allowed: false });
      expect(decideWith({ ...moving, plan: nothing(), rules: [infra] })).toMatchObject({ allowed: true });
    });

    test.each<readonly [string, readonly string[], string]>([
      ['nobody', [], 'Waiting for @operator and @reviewer'],
      ['the new owner alone', ['operator'], 'Waiting for @reviewer'],
      ['the old owner alone', ['reviewer'], 'Waiting for @operator'],
      ['both', ['operator', 'reviewer'], 'Approved by @operator and @reviewer'],
    ])('the owners of both paths are asked: %s', (_, logins, summary) => {
      const decision = decideWith({ ...moving, ...whose, statements: logins.map(said) });
      expect([decision.summary, decision.rejected]).toEqual([summary, []]);
    });

    test('the same owners are asked once, in whatever order they stand', () => {
      const owners = ['@operator', '@Reviewer'];
      const formerOwners = ['@reviewer', '@operator'];
      expect(decideWith({ ...moving, owners, formerOwners }).rules).toHaveLength(1);
    });

    test('a path that nobody owns is left by nobody', () => {
      const decision = decideWith({ ...moving, owners: ['@operator'], statements: [said('operator')] });
      expect(decision.summary).toBe(
        'Waiting for 1 of the owners of infra/old.yaml, for whom CODEOWNERS names nobody',
      );
    });

    test('a rule for the old path holds, and one for the new path', () => {
      const old = { ...security, when: 'template == "infra/old.yaml"' };
      const fresh = { ...infra, when: `template == "${moving.plan.file}"` };
      const never = { ...infra, when: 'template == "infra/other.yaml"' };
      const { rules } = decideWith({ ...moving, rules: [old, fresh, never] });
      expect(rules.map((r) => r.rule)).toEqual([old, fresh]);
    });
  });

  test('what nobody owns is approved by no owner', () => {
    const rules = [{ from: ['codeowners'], count: 1 }];
    const decision = decideWith({ rules, statements: [yes('operator')] });
    expect(decision.allowed).toBe(false);
    expect(decision.summary).toBe(
      `Waiting for 1 of the owners of ${plan.file}, for whom CODEOWNERS names nobody`,
    );
  });

  test('who could still approve is told, without the author, committers and those who did', () => {
    const members = { '@acme/infra': ['author', 'committer', 'reviewer', 'operator'] };
    const rules = [{ ...infra, count: 2 }];
    const [outcome] = decideWith({ rules, members, statements: [yes('reviewer')] }).rules;
    expect(outcome).toMatchObject({ by: ['reviewer'], wanted: '1 of @acme/infra', canGive: ['@operator'] });
  });

  test.each<readonly [string, Partial<DecisionInput['plan']>, readonly string[]]>([
    ['by its name', {}, ['infra/shop.yaml']],
    [
      'a second stack that began at the path',
      { stack: 'acme/shop:infra/shop.yaml//2@dev' },
      ['infra/shop.yaml'],
    ],
    [
      'one that moved, by the path of now and by the first',
      { stack: 'acme/shop:infra/first.yaml@dev' },
      ['infra/shop.yaml', 'infra/first.yaml'],
    ],
    [
      'one that moves, by the path until now as well',
      { stack: 'acme/shop:infra/first.yaml//3@dev', movedFrom: 'infra/old.yaml' },
      ['infra/shop.yaml', 'infra/old.yaml', 'infra/first.yaml'],
    ],
  ])('a condition names a stack: %s', (_name, rest, paths) => {
    const rulesFor = (path: string) =>
      decideWith({
        plan: { ...plan, ...rest },
        rules: [infra, { ...security, when: `stack == 'acme/shop:${path}@dev'` }],
      }).rules.length;
    for (const path of paths) expect(rulesFor(path), path).toBe(2);
    expect(rulesFor('infra/other.yaml')).toBe(1);
  });

  test('a condition that could not be decided says why', () => {
    const [outcome] = decideWith({ rules: [{ ...security, when: 'size(changes)' }] }).rules;
    expect(outcome?.problem).toBe('it gives neither true nor false');
  });

  test('where no condition is true somebody has to approve all the same', () => {
    const decision = decideWith({ rules: [{ ...security, when: 'false' }] });
    expect(decision).toMatchObject({ allowed: false, summary: 'Waiting for 1 person with write permission' });
  });
});

describe('findings', () => {
  test('that block keep the gate shut although it is approved', () => {
    const decision = decideWith({ findings: [openSsh, openSsh, noOwner], statements: [yes('reviewer')] });
    expect(decision).toMatchObject({
      allowed: false,
      blockedBy: ['no-public-ssh'],
      summary: 'Approved by @reviewer and blocked by no-public-ssh',
    });
  });

  test('that advise do not', () => {
    expect(decideWith({ findings: [noOwner], statements: [yes('reviewer')] })).toMatchObject({
      allowed: true,
      blockedBy: [],
    });
  });

  test('and missing people are said together', () => {
    expect(decideWith({ findings: [openSsh] }).summary).toBe(
      'Blocked by no-public-ssh and waiting for 1 of @acme/infra',
    );
  });
});

describe('plans', () => {
  test('without changes need nobody', () => {
    const decision = decideWith({ plan: nothing() });
    expect(decision).toMatchObject({
      allowed: true,
      rules: [],
      summary: 'Nothing to change, so no approval is needed',
    });
  });

  test('that only change an output, or only clean up, need somebody', () => {
    const outputs = [{ name: 'Address', after: 'x' }];
    const deposed = [{ logicalId: 'Web', type: 'AWS::EC2::Instance', physicalId: 'i-1', dependsOn: [] }];
    expect(decideWith({ plan: { ...nothing(), outputs } }).allowed).toBe(false);
    expect(decideWith({ plan: { ...nothing(), deposed } }).allowed).toBe(false);
  });

  test('of one stack are not approved by an approval of another', () => {
    const other = allCreated('prod');
    const statements = [yes('reviewer', { digests: { [plan.stack]: plan.digest, [other.stack]: 'older' } })];
    expect(decideWith({ statements }).allowed).toBe(true);
    expect(decideWith({ plan: other, statements }).allowed).toBe(false);
  });
});
