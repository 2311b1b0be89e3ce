/** Situations after a merge that did not reach its template: stopped, gone back from, and in the way of others. */
import type { Change, Plan } from '../../src/plan/plan.ts';
import type { Aftermath, Hold } from '../../src/review/aftermath.ts';
import type { Progress } from '../../src/review/progress.ts';
import type { Review, StackReview } from '../../src/review/review.ts';
import { withLeftBehind } from '../../src/workflow/left-behind.ts';
import { file, moved, nothing, plan } from './plans.ts';
import { progressOf, refused } from './runs.ts';
import { review, says, stackOf } from './situations.ts';

/** What a later environment is while `dev` is not applied. */
function heldIn(environment: string): StackReview {
  return {
    stack: `acme/shop:${file}@${environment}`,
    environment,
    file,
    phase: 'held',
    waitsFor: 'dev',
    diagnostics: [
      {
        severity: 'warning',
        code: 'apply-order',
        summary: `${environment} comes after dev, which has not been applied`,
        remedy: 'See to dev first; then comment /slipway retry.',
      },
    ],
    findings: [],
  };
}

/** Where to go back to, and by whose word: what a failed apply of a living stack leaves. */
const aftermath: Aftermath = {
  good: {
    run: '01J0000000000000000000000A',
    pullRequest: 11,
    commit: '9c1d2c3b5a6978877665544332211000ffeeddcc',
  },
  branch: 'main',
  restore: [file],
  remove: [],
  operators: ['@acme/infra'],
};

function failedMove(): Progress {
  return progressOf(
    moved(),
    'failed',
    { Web: 'failed', SubnetA: 'skipped' },
    {
      Web: refused('EC2.RunInstances', 'InsufficientInstanceCapacity', 'there is none of that in eu-west-1b'),
    },
  );
}

/** What the failed apply has done, taken back: the rule goes again. */
function undo(): Plan {
  const { changes } = moved();
  const none = changes.map((c): Change => ({ ...c, action: 'none', differences: [] }));
  const back = changes.flatMap(({ differences, ...c }): Change[] =>
    c.logicalId === 'WebGroup'
      ? [
          {
            ...c,
            differences: differences.map(({ before, after, ...d }) => ({
              ...d,
              before: after!,
              after: before!,
            })),
          },
        ]
      : [],
  );
  return plan([...none.filter((c) => c.logicalId !== 'WebGroup'), ...back]);
}

function backRun(status: Progress['status'], states: Parameters<typeof progressOf>[2] = {}): Progress {
  const reasons = {
    WebGroup: 'error: AWS throttled EC2.RevokeSecurityGroupIngress for too long (cloud-throttled)',
  };
  return { ...progressOf(undo(), status, states, reasons), back: true };
}

const goingBack: Aftermath = { ...aftermath, rollbackBy: 'operator' };

/** An open pull request's stack, while another's apply is not settled. */
const held = (hold: Partial<Hold>): Hold => ({
  pullRequest: 11,
  stage: 'failed',
  restores: false,
  operators: ['@acme/infra'],
  ...hold,
});

export function aftermaths(): Readonly<Record<string, Review>> {
  const move = moved();
  const allowed = { statements: [says('reviewer', move)] };
  const failed = stackOf(move, { phase: 'failed', progress: failedMove(), aftermath }, allowed);
  const merged = (stacks: readonly StackReview[]) => review(stacks, { merged: true });
  return {
    'promotion-stopped': merged([failed, heldIn('prod')]),
    'rollback-planned': merged([stackOf(undo(), { progress: failedMove(), aftermath: goingBack })]),
    'rollback-failed': merged([
      stackOf(
        undo(),
        { phase: 'failed', progress: backRun('failed', { WebGroup: 'failed' }), aftermath: goingBack },
        { statements: [says('reviewer', undo())] },
      ),
    ]),
    'rolled-back': merged([
      stackOf(nothing(), { phase: 'rolled-back', progress: backRun('succeeded'), aftermath: goingBack }),
    ]),
    unlocked: merged([{ ...failed, aftermath: { ...aftermath, unlockedBy: 'operator' } }]),
    'settled-promotion': merged(
      withLeftBehind([
        stackOf(nothing(), { phase: 'rolled-back', aftermath: { ...goingBack, settledBy: 14 } }),
        heldIn('prod'),
      ]),
    ),
    'settled-elsewhere': merged([{ ...failed, aftermath: { ...aftermath, settledBy: 14 } }]),
    'held-by-another': review([stackOf(move, { hold: held({}) }, allowed)]),
    'held-after-the-merge': merged([
      stackOf(move, { phase: 'held', hold: held({ stage: 'rolled-back' }) }, allowed),
    ]),
    'taking-back': review([stackOf(undo(), { hold: held({ restores: true }) })]),
  };
}
