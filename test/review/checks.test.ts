import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/policy/finding.ts';
import { checkNames, renderChecks } from '../../src/review/checks.ts';
import { renderComment } from '../../src/review/comment.ts';
import type { Review, StackReview } from '../../src/review/review.ts';
import { aftermaths } from './aftermaths.ts';
import { allCreated, at, moved, noOwner, nothing, openSsh } from './plans.ts';
import { progressOf } from './runs.ts';
import { review, says, situations, stackOf } from './situations.ts';

const plan = moved();
const approved = () => stackOf(plan, {}, { statements: [says('reviewer', plan)] });
const broken: StackReview = {
  stack: 'acme/shop:infra/shop.yaml@dev',
  environment: 'dev',
  file: 'infra/shop.yaml',
  phase: 'planned',
  findings: [],
  diagnostics: [{ severity: 'error', code: 'template-syntax', summary: 'It is broken', where: at(3) }],
};
const settingsError = [
  { severity: 'error', code: 'settings-invalid', summary: 'Unknown key polices' },
] as const;

describe('conclusions', () => {
  test.each<readonly [string, Review, readonly (string | undefined)[]]>([
    ['no template is touched', review([]), ['success', 'success', 'success']],
    ['nothing changes', review([stackOf(nothing())]), ['success', 'success', 'success']],
    ['waiting for approval', review([stackOf(plan)]), ['success', 'success', 'action_required']],
    ['approved', review([approved()]), ['success', 'success', 'success']],
    ['advice only', review([{ ...approved(), findings: [noOwner] }]), ['success', 'success', 'success']],
    [
      'a policy blocks',
      review([stackOf(plan, { findings: [openSsh] })]),
      ['success', 'failure', 'action_required'],
    ],
    [
      'a policy blocks what is approved',
      review([stackOf(plan, { findings: [openSsh] }, { statements: [says('reviewer', plan)] })]),
      ['success', 'failure', 'action_required'],
    ],
    ['the template is broken', review([broken]), ['failure', 'failure', 'failure']],
    [
      'one template is broken, another approved',
      review([approved(), broken]),
      ['failure', 'failure', 'failure'],
    ],
    [
      'the settings are broken',
      review([], { diagnostics: settingsError }),
      ['failure', 'failure', 'failure'],
    ],
    [
      'one of two environments approved',
      review([approved(), stackOf(moved('prod'))]),
      ['success', 'success', 'action_required'],
    ],
    [
      'a decision is missing',
      review([{ ...approved(), decision: undefined } as never]),
      ['success', 'success', 'action_required'],
    ],
    [
      'out of date',
      review([{ ...approved(), phase: 'stale' }]),
      ['action_required', 'success', 'action_required'],
    ],
    ['applying', review([{ ...approved(), phase: 'applying' }]), ['success', 'success', 'success']],
    ['applied', review([{ ...approved(), phase: 'applied' }]), ['success', 'success', 'success']],
    [
      'the apply failed',
      review([{ ...approved(), phase: 'failed', progress: progressOf(plan, 'failed') }]),
      ['failure', 'success', 'success'],
    ],
  ])('%s', (_, input, expected) => {
    const checks = renderChecks(input);
    expect(checks.map((c) => c.name)).toEqual(checkNames);
    expect(checks.map((c) => c.conclusion)).toEqual(expected);
    for (const check of checks) {
      expect(check.title).not.toBe('');
      expect(check.summary).not.toBe('');
    }
  });
});

describe('titles say it in a few words', () => {
  test.each<readonly [string, readonly string[]]>([
    ['first-plan', ['+11 ~0 ±0 -0', 'Every policy is met', 'Waiting for 1 of @acme/infra']],
    [
      'three-environments',
      [
        '+0 ~2 ±2 -2 in 3 stacks',
        'Nothing blocks; 1 remark',
        'Waiting for 1 of @acme/infra and 1 of @acme/security',
      ],
    ],
    ['approved', ['+0 ~1 ±1 -1', 'Every policy is met', 'Approved by @reviewer']],
    ['error-in-template', ['Cannot be planned: 2 errors', 'There is no plan', 'There is no plan']],
    ['nothing-to-do', ['Nothing to change', 'Every policy is met', 'No approval is needed']],
    [
      'failed-apply',
      ['Apply failed: 7 done, 2 failed, 2 not started', 'Every policy is met', 'No approval is needed'],
    ],
  ])('%s', (name, titles) => {
    const input = situations()[name];
    expect(input && renderChecks(input).map((c) => c.title)).toEqual(titles);
  });
});

describe('annotations', () => {
  const annotationsOf = (input: Review) => renderChecks(input).map((c) => c.annotations);

  test('a replace stands on the line of the property that forces it', () => {
    const [onPlan] = annotationsOf(review([stackOf(plan)]));
    expect(onPlan).toEqual([
      {
        path: 'infra/shop.yaml',
        start_line: 76,
        end_line: 76,
        annotation_level: 'warning',
        title: 'Web will be replaced',
        message:
          'SubnetId of AWS::EC2::Instance cannot be changed in place: the resource is made anew and the old one deleted.',
      },
    ]);
  });

  test('an error stands on its line, what blocks before what advises', () => {
    expect(annotationsOf(review([broken]))[0]).toMatchObject([
      { start_line: 3, annotation_level: 'failure', title: 'It is broken' },
    ]);
    const [, onPolicy] = annotationsOf(review([stackOf(allCreated(), { findings: [noOwner, openSsh] })]));
    expect(onPolicy?.map((a) => [a.start_line, a.annotation_level])).toEqual([
      [49, 'failure'],
      [33, 'notice'],
    ]);
  });

  test('the same in every environment is said once, in some with their names', () => {
    const stacks = ['dev', 'test', 'prod'].map((e) => stackOf(allCreated(e), { findings: [openSsh] }));
    expect(annotationsOf(review(stacks))[1]?.map((a) => a.title)).toEqual([
      'Not met: SSH and RDP are closed to the internet (high)',
    ]);
    const some = [...stacks.slice(1), stackOf(allCreated('dev'))];
    expect(annotationsOf(review(some))[1]?.map((a) => a.title)).toEqual([
      'Not met: SSH and RDP are closed to the internet (high) (test, prod)',
    ]);
  });

  test('what is of the plan as a whole is on no resource, and what is undecided is not said to be broken', () => {
    const ofPlan = { ...openSsh, ofPlan: true as const };
    const undecided = { ...openSsh, undecided: true };
    const of = (finding: Finding) => review([stackOf(allCreated(), { findings: [finding] })]);
    expect(annotationsOf(of(ofPlan))[1]?.[0]).toMatchObject({ path: 'infra/shop.yaml', start_line: 1 });
    expect(renderComment(of(ofPlan))).toContain(
      'SSH and RDP are closed to the internet · the plan as a whole<br>',
    );
    expect(renderComment(of(openSsh))).toContain(
      '**high**, not met: SSH and RDP are closed to the internet · `WebGroup`',
    );
    expect(renderComment(of(undecided))).not.toContain('not met');
    expect(annotationsOf(of(undecided))[1]?.[0]?.title).toBe('SSH and RDP are closed to the internet (high)');
  });

  test.each([
    ['settled-elsewhere', 'Settled by #14: apply failed'],
    ['settled-promotion', 'Settled by #14: rolled back'],
  ])('what others have settled waits for nobody: %s', (name, title) => {
    const [plan] = renderChecks(aftermaths()[name]!);
    expect(plan).toMatchObject({ conclusion: 'neutral', title });
    expect(renderComment(aftermaths()[name]!)).toContain(`## ☑️ ${title}\n`);
  });

  test('what is rolled back and not settled does', () => {
    expect(renderChecks(aftermaths()['rolled-back']!)[0]?.conclusion).toBe('action_required');
    const waiting: StackReview = { ...approved(), environment: 'prod', stack: 'other', phase: 'stale' };
    const [settled] = aftermaths()['settled-elsewhere']!.stacks;
    expect(renderChecks(review([settled!, waiting], { merged: true }))[0]?.conclusion).toBe(
      'action_required',
    );
  });

  test('what stands nowhere has none', () => {
    const { where: _, ...nowhere } = openSsh;
    expect(annotationsOf(review([stackOf(plan, { findings: [nowhere] })]))[1]).toEqual([]);
  });
});
