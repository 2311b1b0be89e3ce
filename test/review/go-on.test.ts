import { describe, expect, test } from 'vitest';
import { nextStep } from '../../src/review/verdict.ts';
import { moved } from './plans.ts';
import { progressOf, review, stackOf } from './situations.ts';

describe('what to do about an apply that failed', () => {
  const plan = moved();
  const refused = (text: string) => `error: AWS refused EC2.RunInstances: no (cloud-refused)\n  ${text}`;
  test.each<readonly [string, string, 'mend' | 'retry']>([
    ['a group that is not there', refused('InvalidGroup.NotFound (request r-1)'), 'mend'],
    ['a role that is not there', refused('NoSuchEntity (request r-1)'), 'mend'],
    ['no capacity', refused('InsufficientInstanceCapacity (request r-1)'), 'retry'],
    ['too many calls', 'error: AWS throttled EC2.RunInstances for too long (cloud-throttled)', 'retry'],
  ])('%s', (_name, reason, wanted) => {
    const progress = progressOf(plan, 'failed', { Web: 'failed' }, { Web: reason });
    const next = nextStep(review([stackOf(plan, { phase: 'failed', progress })], { merged: true }));
    if (wanted === 'retry') expect(next).toBe('Comment `/slipway retry` to go on where it stopped.');
    else expect(next).toContain('Fix the template in a new pull request');
  });
});
