import { describe, expect, test } from 'vitest';
import { renderChecks } from '../../src/review/checks.ts';
import { renderComment } from '../../src/review/comment.ts';
import { renderFailureIssue } from '../../src/review/failure-issue.ts';
import { renderPlanText } from '../../src/review/plan-text.ts';
import { renderProgress } from '../../src/review/progress.ts';
import { aftermaths } from './aftermaths.ts';
import { mixed, moved } from './plans.ts';
import { runs } from './runs.ts';
import { situations } from './situations.ts';

const all = Object.entries({ ...situations(), ...aftermaths() });

// Whole texts as files, to be opened and read as a person on GitHub would.
describe('golden texts', () => {
  test.each(all)('comment: %s', async (name, review) => {
    await expect(`${renderComment(review)}\n`).toMatchFileSnapshot(`golden/${name}.md`);
  });

  test.each(Object.entries(runs()))('comment: %s', async (name, progress) => {
    await expect(`${renderProgress(progress)}\n`).toMatchFileSnapshot(`golden/${name}.md`);
  });

  test.each(all)('checks: %s', async (name, review) => {
    const checks = renderChecks(review).map(({ text, ...check }) => ({
      ...check,
      hasText: text !== undefined,
    }));
    await expect(`${JSON.stringify(checks, null, 2)}\n`).toMatchFileSnapshot(`golden/checks/${name}.json`);
  });

  test('issue of a failed apply', async () => {
    const progress = runs()['progress-failed'];
    if (!progress) throw new Error('no such run');
    const issue = renderFailureIssue({
      progress: { ...progress, approval: 'Approved by @reviewer' },
      pullRequest: 12,
      sha: '4f1d2c3b5a69',
    });
    await expect(`# ${issue.title}\n\n${issue.body}\n`).toMatchFileSnapshot('golden/failure-issue.md');
  });

  test('plan in a terminal', async () => {
    await expect(renderPlanText(moved(), { color: false })).toMatchFileSnapshot('golden/plan.txt');
  });

  test('plan of drift, imports, lists and texts in a terminal', async () => {
    await expect(renderPlanText(mixed(), { color: false })).toMatchFileSnapshot(
      'golden/plan-of-all-kinds.txt',
    );
  });

  test('what a failed apply may have left is not said to be somebody else’s doing', () => {
    const plan = mixed();
    const changes = plan.changes.map((change) => ({ ...change, attempted: true }));
    expect(renderPlanText({ ...plan, changes }, { color: false })).toContain(
      '# left so by an apply that failed, or changed outside Slipway, from what was applied',
    );
  });
});
