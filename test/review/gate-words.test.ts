import { describe, expect, test } from 'vitest';
import type { DecisionInput } from '../../src/approval/decide.ts';
import type { Finding } from '../../src/policy/finding.ts';
import { findingAnnotations } from '../../src/review/annotations.ts';
import { renderChecks } from '../../src/review/checks.ts';
import { renderComment } from '../../src/review/comment.ts';
import type { StackReview } from '../../src/review/review.ts';
import { nextStep } from '../../src/review/verdict.ts';
import { moved, openSsh } from './plans.ts';
import { review, says, stackOf } from './situations.ts';

const plan = moved();
const waiting = (gate: Partial<DecisionInput>) => review([stackOf(plan, {}, gate)]);
const team = (...logins: string[]) => ({ members: { '@acme/infra': logins } });

describe('who could approve is named', () => {
  test.each<readonly [string, Partial<DecisionInput>, string]>([
    ['where it is not known, the team', {}, 'An approval by 1 of @acme/infra: '],
    ['by name', team('author', 'reviewer', 'lead'), 'An approval by 1 of @acme/infra (@reviewer or @lead): '],
    [
      'five by name',
      team('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      'An approval by 1 of @acme/infra (@a, @b, @c, @d, @e or 2 more): ',
    ],
    [
      'nobody',
      team('author'),
      'An approval by 1 of @acme/infra (nobody is left who may, since the author and committers do not count): ',
    ],
    [
      'too few',
      { ...team('author', 'lead'), rules: [{ from: ['@acme/infra'], count: 2 }] },
      'An approval by 2 of @acme/infra (only @lead is left who may, since the author and committers do not count): ',
    ],
    [
      'no team that does not exist, beside one that does',
      {
        rules: [{ from: ['@acme/infra', '@acme/Ghosts'], count: 1 }],
        members: { '@acme/infra': ['lead'], '@acme/ghosts': [] },
        missingTeams: ['@acme/ghosts'],
      },
      'An approval by 1 of @acme/infra (@lead): ',
    ],
    [
      'no owner that does not exist',
      {
        rules: [{ from: ['codeowners'], count: 1 }],
        owners: ['@lead', '@acme/ghosts'],
        members: { '@acme/ghosts': [] },
        missingTeams: ['@acme/ghosts'],
      },
      'An approval by @lead: ',
    ],
    [
      'that there is no such team, where there is none else',
      {
        rules: [{ from: ['@acme/Ghosts'], count: 1 }],
        members: { '@acme/ghosts': [] },
        missingTeams: ['@acme/ghosts'],
      },
      'An approval by 1 of @acme/Ghosts (there is no team @acme/Ghosts): ',
    ],
    [
      'that the owners are no such team',
      {
        rules: [{ from: ['codeowners'], count: 1 }],
        owners: ['@acme/ghosts'],
        members: { '@acme/ghosts': [] },
        missingTeams: ['@acme/ghosts'],
      },
      'An approval by 1 of the code owners (@acme/ghosts) (there is no team @acme/ghosts): ',
    ],
    ['once', { rules: [{ from: ['codeowners'], count: 1 }], owners: ['@lead'] }, 'An approval by @lead: '],
  ])('%s', (_, gate, expected) => {
    expect(nextStep(waiting(gate))).toContain(expected);
  });
});

describe('a finding that may be overridden', () => {
  const finding: Finding = { ...openSsh, enforcement: 'overridable' };
  const overrides = [{ policies: [finding.policy], from: ['@reviewer'] }];
  const override = { policy: finding.policy, reason: 'until @lead has <b>moved</b>' };
  const blocked = stackOf(plan, { findings: [finding] }, { findings: [finding], overrides });
  const lifted = stackOf(
    plan,
    { findings: [finding] },
    { findings: [finding], overrides, statements: [says('reviewer', plan, { override })] },
  );
  const policyCheck = (stack: typeof blocked) => renderChecks(review([stack]))[1]!;

  test('blocks, and the next step says who may lift it and how', () => {
    expect(policyCheck(blocked).conclusion).toBe('failure');
    expect(nextStep(review([blocked]))).toBe(
      'Fix the findings below and push. Or @reviewer: `/slipway override no-public-ssh <reason>`.',
    );
    expect(nextStep(review([blocked], { merged: true }))).toContain('Nothing was applied.');
  });

  test('that nothing was applied is said only where that is so', () => {
    const other = stackOf(moved('prod'), { phase: 'applied' });
    const stale: StackReview = { ...blocked, phase: 'stale' };
    const broken = [{ severity: 'error', code: 'internal', summary: 'It is broken' }] as const;
    for (const rest of [{}, { diagnostics: broken }]) {
      for (const stack of [blocked, stale]) {
        const next = (...stacks: readonly StackReview[]) =>
          nextStep(review(stacks, { merged: true, ...rest }));
        expect(next(stack)).toMatch(/^Nothing was applied\. /);
        expect(next(stack, other)).toMatch(/^(Fix|See) /);
        expect(next({ ...stack, progressComment: 7 })).toMatch(/^(Fix|See) /);
      }
    }
  });

  describe('in several environments', () => {
    const inProd = moved('prod');
    const prodWith = (from?: string) =>
      stackOf(
        inProd,
        { findings: [finding] },
        {
          findings: [finding],
          overrides: from === undefined ? [] : [{ policies: [finding.policy], from: [from] }],
        },
      );
    const only = 'Fix the findings below and push.';
    const command = '`/slipway override no-public-ssh <reason>`.';
    test.each<readonly [string, readonly StackReview[], string]>([
      [
        'is offered for all that it blocks',
        [blocked, prodWith('@reviewer')],
        `${only} Or @reviewer for dev and prod: ${command}`,
      ],
      [
        'is offered to each one who has a say',
        [blocked, prodWith('@lead')],
        `${only} Or @reviewer for dev and @lead for prod: ${command}`,
      ],
      [
        'is not offered where it would block one all the same, and what keeps it is said',
        [blocked, prodWith()],
        `${only} Nobody may override \`no-public-ssh\` in prod; \`overrides\` in \`.github/slipway.yml\` would say who may.`,
      ],
      [
        'is offered for the one that it blocks',
        [lifted, prodWith('@lead')],
        `${only} Or @lead for prod: ${command}`,
      ],
    ])('%s', (_, stacks, expected) => {
      expect(nextStep(review(stacks))).toBe(expected);
    });
  });

  test('blocks no more once it is, and says who and why everywhere', () => {
    const why = 'overridden by `@reviewer`: until `@lead` has &lt;b&gt;moved&lt;/b&gt;';
    const comment = renderComment(review([lifted]));
    expect(comment).toContain(why);
    expect(comment).toMatch(/^## 🟡 Waiting for approval/m);
    expect(policyCheck(lifted)).toMatchObject({
      conclusion: 'success',
      title: 'Nothing blocks; 1 policy overridden',
      summary: expect.stringContaining(why),
    });
    expect(findingAnnotations(review([blocked]))[0]?.annotation_level).toBe('failure');
    expect(findingAnnotations(review([lifted]))[0]?.annotation_level).toBe('warning');
  });

  test('in one environment is lifted there alone', () => {
    const elsewhere = { ...blocked, environment: 'prod', stack: `${blocked.stack}-prod` };
    const comment = renderComment(review([lifted, elsewhere]));
    expect(comment).toMatch(/\*\*high\*\*, not met: .* in `prod`/);
    expect(comment).toMatch(/high, overridden, not met: .* in `dev`.*overridden by `@reviewer`/);
  });
});
