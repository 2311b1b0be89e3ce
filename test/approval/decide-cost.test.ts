import { describe, expect, test } from 'vitest';
import type { ApprovalRule } from '../../src/approval/approval.ts';
import type { DecisionInput } from '../../src/approval/decide.ts';
import { allCreated, nothing } from '../review/plans.ts';
import { stackOf } from '../review/situations.ts';

const infra: ApprovalRule = { from: ['@acme/infra'], count: 1 };
const dear: ApprovalRule = { from: ['@acme/security'], count: 1, when: 'cost.change > 100' };

/** The decision on a plan that makes one t3.micro, at these prices of instances. */
function decisionAt(values?: Readonly<Record<string, number>>, plan = allCreated()) {
  const resources = values && { 'AWS::EC2::Instance': { by: 'InstanceType', values } };
  const gate: Partial<DecisionInput> = {
    rules: [infra, dear],
    ...(resources ? { prices: { currency: 'USD', resources } } : {}),
  };
  return stackOf(plan, {}, gate).decision!;
}

describe('a rule that asks what the plan costs', () => {
  test.each<[string, Readonly<Record<string, number>> | undefined, readonly ApprovalRule[]]>([
    ['applies where it costs more', { 't3.micro': 100.5 }, [infra, dear]],
    ['does not apply where it costs less', { 't3.micro': 100 }, [infra]],
    ['applies where a value has no price', { 'm5.large': 70 }, [infra, dear]],
    ['applies where there are no prices', undefined, [infra, dear]],
  ])('%s', (_, values, applying) => {
    expect(decisionAt(values).rules.map((outcome) => outcome.rule)).toEqual(applying);
  });

  test('says what has no price', () => {
    const problem = 'what the plan costs is not known: no price for t3.micro (Web)';
    expect(decisionAt({}).rules.at(-1)).toMatchObject({ met: false, problem });
  });
});

describe('the decision has the cost', () => {
  test('where there are prices', () => {
    expect(decisionAt({ 't3.micro': 8 }).cost).toEqual({
      currency: 'USD',
      before: 0,
      after: 8,
      change: 8,
      unpriced: [],
    });
  });

  test('and not where there are none, or there is nothing to change', () => {
    expect(decisionAt()).not.toHaveProperty('cost');
    expect(decisionAt({ 't3.micro': 8 }, nothing())).not.toHaveProperty('cost');
  });
});
