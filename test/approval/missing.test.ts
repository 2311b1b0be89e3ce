import { describe, expect, test } from 'vitest';
import type { ApprovalRule } from '../../src/approval/approval.ts';
import { cannotBeMet, describeMissing, whoCanGive } from '../../src/approval/missing.ts';
import { moved } from '../review/plans.ts';

const plan = moved();
const known = {
  plan,
  rules: [],
  overrides: [],
  owners: ['@lead', '@acme/web'],
  findings: [],
  statements: [],
  people: [],
  members: { '@acme/infra': ['author', 'Reviewer', 'operator'], '@acme/empty': [] },
  author: 'Author',
  committers: ['committer'],
  labels: [],
  paths: [],
};
const rule = (from: readonly string[], count = 1): ApprovalRule => ({ from, count });

describe('who could still give it', () => {
  test.each<readonly [string, ApprovalRule, readonly string[], readonly string[]]>([
    ['the others of a team', rule(['@acme/infra']), [], ['@Reviewer', '@operator']],
    ['not who gave it', rule(['@Acme/Infra'], 2), ['reviewer'], ['@operator']],
    ['a team of which the members are not known', rule(['@acme/large']), [], ['@acme/large']],
    ['people by name, without author and committers', rule(['@author', '@committer', '@x']), [], ['@x']],
    ['anyone who may write', rule(['write']), ['reviewer'], ['write']],
    ['the owners', rule(['codeowners']), [], ['@lead', '@acme/web']],
    ['everybody once', rule(['@reviewer', '@acme/infra']), [], ['@Reviewer', '@operator']],
    ['nobody', rule(['@acme/empty']), [], []],
  ])('%s', (_, what, by, expected) => {
    expect(whoCanGive(what, by, known)).toEqual(expected);
  });

  test.each<readonly [string, number, readonly string[], boolean]>([
    ['nobody is left', 1, [], true],
    ['one is left, and two are asked for', 2, ['@a'], true],
    ['enough are left', 1, ['@a'], false],
    ['a team of unknown size is left', 3, ['@acme/infra'], false],
    ['anyone who may write is left', 3, ['write'], false],
  ])('a rule cannot be met: %s', (_, missing, canGive, expected) => {
    expect(cannotBeMet({ missing, canGive })).toBe(expected);
  });
});

describe('what is missing, in words', () => {
  test.each<readonly [ApprovalRule, number, string]>([
    [rule(['@acme/infra']), 2, '2 of @acme/infra'],
    [rule(['@lead']), 1, '@lead'],
    [rule(['write']), 1, '1 person with write permission'],
    [rule(['codeowners']), 1, '1 of the code owners (@lead, @acme/web)'],
    [rule(['codeowners', '@x']), 1, '1 of the code owners (@lead, @acme/web) or @x'],
  ])('%j: %s', (what, missing, expected) => {
    expect(describeMissing(what, missing, { ...known, file: plan.file })).toBe(expected);
  });

  test('of what nobody owns', () => {
    expect(describeMissing(rule(['codeowners']), 1, { ...known, file: plan.file, owners: [] })).toBe(
      `1 of the owners of ${plan.file}, for whom CODEOWNERS names nobody`,
    );
  });
});
