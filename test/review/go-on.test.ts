import { describe, expect, test } from 'vitest';
import { renderFailureIssue } from '../../src/review/failure-issue.ts';
import { howToGoOn } from '../../src/review/go-on.ts';
import { renderProgress } from '../../src/review/progress.ts';
import { nextStep } from '../../src/review/verdict.ts';
import { moved } from './plans.ts';
import { progressOf, refused } from './runs.ts';
import { review, stackOf } from './situations.ts';

const plan = moved();
const failedWith = (...reasons: readonly string[]) => {
  const failing = ['Web', 'WebGroup', 'SubnetA'].slice(0, reasons.length);
  const told = failing.map((id, i) => [id, reasons[i]!] as const);
  const states = failing.map((id) => [id, 'failed'] as const);
  return progressOf(plan, 'failed', Object.fromEntries(states), Object.fromEntries(told));
};
const aws = (code: string) => refused('EC2.RunInstances', code, 'no');
const denied =
  'error: AWS does not allow ec2:RunInstances to these credentials (cloud-denied)\n  AccessDenied: no';

const fix =
  'Fix the template in a new pull request, and comment `/slipway unlock` here so that it may be applied';
const retry = 'comment `/slipway retry`';

describe('what to do about an apply that failed', () => {
  test.each<readonly [string, readonly string[], string]>([
    [
      'a group that is not there',
      [aws('InvalidGroup.NotFound')],
      `${fix}; or make what is missing, then ${retry}.`,
    ],
    ['a role that is not there', [aws('NoSuchEntity')], `${fix}; or make what is missing, then ${retry}.`],
    ['a value that AWS does not take', [aws('InvalidParameterValue')], `${fix}.`],
    ['a policy document that is none', [aws('MalformedPolicyDocument')], `${fix}.`],
    [
      'a name that is taken',
      [aws('EntityAlreadyExists')],
      `${fix}; or remove what is in the way, then ${retry}.`,
    ],
    ['a quota', [aws('VpcLimitExceeded')], `Have it raised, or make room, then ${retry}.`],
    [
      'a refusal that is none of these',
      [aws('OperationNotPermitted')],
      `${fix}; or see to the cause, then ${retry}.`,
    ],
    [
      'a policy that was asked at the apply',
      ['error: The policy a stands against B (policy-refused)'],
      `${fix}.`,
    ],
    [
      'what the role may not do',
      [denied],
      `may not do what is needed. Give the role that right, then ${retry}.`,
    ],
    [
      'what is still used',
      ['error: vpc-1 is still in use (cloud-in-use)\n  By b.'],
      `Remove what uses it, then ${retry}.`,
    ],
    [
      'a template and a role',
      [denied, aws('InvalidParameterValue')],
      `${fix}. Before that, give the role that right.`,
    ],
    [
      'no capacity',
      [aws('InsufficientInstanceCapacity')],
      'Comment `/slipway retry` to go on where it stopped.',
    ],
    [
      'too many calls',
      ['error: AWS throttled it for too long (cloud-throttled)'],
      'Comment `/slipway retry` to go on where it stopped.',
    ],
    ['capacity and a template', [aws('InsufficientInstanceCapacity'), aws('ValidationError')], `${fix}.`],
  ])('%s', (_name, reasons, wanted) => {
    const progress = failedWith(...reasons);
    const next = nextStep(review([stackOf(plan, { phase: 'failed', progress })], { merged: true })) ?? '';
    expect(next.endsWith(wanted), next).toBe(true);
    expect(renderProgress(progress)).toContain(next);
    const issue = renderFailureIssue({ progress, pullRequest: 12, sha: '4f1d2c3b5a69' });
    expect(issue.body).toContain(howToGoOn([progress], 'on #12'));
  });

  test('an issue says where a command is to be said', () => {
    expect(howToGoOn([failedWith(denied)], 'on #12')).toContain('then comment `/slipway retry` on #12.');
    expect(howToGoOn([failedWith(aws('ValidationError'))], 'on #12')).toContain(
      '`/slipway unlock` on #12 so',
    );
  });

  test('going back is not mended by fixing the template that is gone back from', () => {
    const back = { ...failedWith(aws('ValidationError')), back: true as const };
    expect(howToGoOn([back])).toContain('Say in a new pull request what is to be there instead');
  });

  test('what somebody else has settled asks for nothing', () => {
    const progress = failedWith(aws('ValidationError'));
    const aftermath = { branch: 'main', restore: [], remove: [], operators: [], settledBy: 14 };
    const stacks = [stackOf(plan, { phase: 'failed', progress, aftermath })];
    expect(nextStep(review(stacks, { merged: true }))).toBeUndefined();
  });
});
