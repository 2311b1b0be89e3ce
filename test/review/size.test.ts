import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { overlapOf } from '../../src/plan/overlap.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { renderChecks } from '../../src/review/checks.ts';
import { maxCommentLength, renderComment } from '../../src/review/comment.ts';
import { renderProgress } from '../../src/review/progress.ts';
import type { Review, StackReview } from '../../src/review/review.ts';
import { threadTime } from '../thread-time.ts';
import { change, difference, plan } from './plans.ts';
import { progressOf } from './runs.ts';
import { review, stackOf } from './situations.ts';

const long = 'x'.repeat(40_000);
const lines = (word: string) =>
  Array.from({ length: 1000 }, (_, i) => `echo ${word} ${i} ........................`).join('\n');

function created(n: number, prefix = 'Subnet'): Change[] {
  return Array.from({ length: n }, (_, i) =>
    change(`${prefix}${i}`, `AWS::EC2::${prefix}`, 'create', {
      after: { CidrBlock: `10.0.${i % 256}.0/24`, Tags: [{ Key: 'Name', Value: `${prefix}-${i}` }] },
      dependsOn: ['Vpc'],
    }),
  );
}

const removed = change('Database', 'AWS::RDS::DBInstance', 'delete', { physicalId: 'db-1' });

const manyStacks = (n: number, changes: number): StackReview[] =>
  Array.from({ length: n }, (_, i) =>
    stackOf(plan(created(changes), { file: `infra/team-${i}/service-with-a-name-${i}.yaml` })),
  );

const huge: Readonly<Record<string, Review>> = {
  '500 stacks': review(manyStacks(500, 3)),
  '500 stacks with paths of 400 characters': review(
    manyStacks(500, 1).map((s) => ({ ...s, file: `${'folder/'.repeat(57)}${s.file}` })),
  ),
  '500 stacks with 20 changes each': review(manyStacks(500, 20)),
  '5,000 changes in one stack': review([stackOf(plan([...created(5000), removed]))]),
  '5,000 deletions in one stack': review([
    stackOf(
      plan(created(5000).map((c) => ({ ...c, action: 'delete', physicalId: 'subnet-0123456789' }) as const)),
    ),
  ]),
  '40 KB of user data on one line': review([
    stackOf(plan([change('Web', 'AWS::EC2::Instance', 'create', { after: { UserData: long } })])),
  ]),
  '40 KB of user data, rewritten': review([
    stackOf(
      plan([
        change('Web', 'AWS::EC2::Instance', 'replace', {
          differences: [difference('UserData', lines('old'), lines('new'), true)],
          replaceBecause: ['UserData'],
        }),
      ]),
    ),
  ]),
  '2,000 errors': review([], {
    diagnostics: Array.from({ length: 2000 }, (_, i) => ({
      severity: 'error',
      code: 'template-syntax',
      summary: `Error ${i} ${'word '.repeat(300)}`,
      detail: long,
      where: { file: 'infra/shop.yaml', line: i + 1, column: 1 },
    })),
  }),
  '1,000 findings with long texts': review([
    stackOf(plan(created(1000)), {
      findings: Array.from({ length: 1000 }, (_, i) => ({
        policy: `policy-${i}`,
        title: long.slice(0, 3000),
        severity: 'high',
        enforcement: 'mandatory',
        logicalId: `Subnet${i}`,
        type: 'AWS::EC2::Subnet',
        message: long.slice(0, 3000),
        remedy: long.slice(0, 3000),
        controls: [long.slice(0, 3000)],
      })),
    }),
  ]),
  '60 other pull requests that change the same 300 resources': review(
    [stackOf(plan(created(300).map((c) => ({ ...c, logicalId: `${c.logicalId}${'x'.repeat(200)}` }))))],
    {
      others: Array.from({ length: 60 }, (_, i) => ({
        pullRequest: 100 + i,
        environment: 'dev',
        file: 'infra/shop.yaml',
        overlap: overlapOf(
          plan(created(300)),
          plan(created(300, 'Subnet').map((c) => ({ ...c, action: 'delete' }))),
        )!,
      })),
    },
  ),
  '300 outputs of an applied stack': review([
    stackOf(plan(created(3)), {
      phase: 'applied',
      progress: {
        ...progressOf(plan(created(3)), 'succeeded'),
        outputs: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`Output${i}`, long])),
      },
    }),
  ]),
};

describe('whatever the size', () => {
  test.each(Object.entries(huge))('%s make one comment that GitHub takes', (_, big) => {
    const comment = renderComment(big);
    expect(comment.length).toBeLessThanOrEqual(maxCommentLength);
    expect(comment).toMatch(/^<!-- slipway:review -->\n## /);
    // Nothing is cut in the middle: what is opened is closed.
    const html = marked.parse(comment, { async: false });
    expect(html.match(/<details/g)?.length).toBe(html.match(/<\/details>/g)?.length);
    expect(comment.match(/^```/gm)?.length ?? 0).toBe(
      2 * (comment.match(/^```(?:diff|mermaid)$/gm)?.length ?? 0),
    );
    expect(comment).toContain('/slipway help');
    for (const check of renderChecks(big)) {
      expect(check.summary.length).toBeLessThanOrEqual(65_535);
      expect(check.text?.length ?? 0).toBeLessThanOrEqual(65_535);
      expect(check.annotations.length).toBeLessThanOrEqual(100);
    }
  });

  test('the one deletion among 5,000 creations is named at the top and in the plan', () => {
    const comment = renderComment(huge['5,000 changes in one stack'] ?? review([]));
    expect(comment).toContain('## 🟡 Waiting for approval: 1 to delete, 5,000 to create');
    expect(comment).toContain('> - `Database` (`AWS::RDS::DBInstance`) is **deleted**');
    expect(comment).toContain('-   delete   Database  AWS::RDS::DBInstance  db-1');
    expect(comment).toContain('create   5,000 × AWS::EC2::Subnet');
    expect(comment).toContain(
      '[the page of the `slipway/plan` check](https://github.com/acme/shop/pull/12/checks)',
    );
  });

  test('a stack with little to say keeps its values beside one with very much', () => {
    const small = plan([change('Vpc', 'AWS::EC2::VPC', 'create', { after: { CidrBlock: '10.9.0.0/16' } })], {
      file: 'infra/small.yaml',
    });
    const comment = renderComment(review([stackOf(plan(created(5000))), stackOf(small)]));
    expect(comment).toContain('CidrBlock: 10.9.0.0/16');
    expect(comment).toContain('5,000 × AWS::EC2::Subnet');
  });

  test('of 500 stacks the one that destroys is in the table, and the rest are counted', () => {
    const stacks = [...manyStacks(499, 1), stackOf(plan([removed], { file: 'infra/last.yaml' }))];
    const comment = renderComment(review(stacks));
    expect(comment).toMatch(/\| `infra\/last.yaml` \| `dev` \| `\+0 ~0 ±0 -1` \|/);
    expect(comment).toMatch(/… and 4\d\d more stacks: 4\d\d waiting for approval/);
  });

  test('the line that forces a replacement says so although it is cut', () => {
    const comment = renderComment(
      review([
        stackOf(
          plan([
            change('Web', 'AWS::EC2::Instance', 'replace', {
              differences: [difference('ImageId', `a${long}`, `b${long}`, true)],
              replaceBecause: ['ImageId'],
            }),
          ]),
        ),
      ]),
    );
    expect(comment).toMatch(/\+ {7}ImageId: bx{300,}… \(40,010 characters\) {2}← forces replacement/);
  });

  test('a run over 5,000 resources shows what runs and what failed first', () => {
    const big: Plan = plan(created(5000));
    const comment = renderProgress(
      progressOf(big, 'running', { Subnet4999: 'running', Subnet4998: 'failed' }),
    );
    expect(comment.length).toBeLessThan(maxCommentLength);
    expect(comment).toMatch(/\n\| ❌ \| `Subnet4998` .*\n\| 🔵 \| `Subnet4999` /);
  });

  test('5,000 changes become comment and checks in under three seconds', () => {
    const big = huge['5,000 changes in one stack'] ?? review([]);
    const begin = threadTime();
    renderComment(big);
    renderChecks(big);
    expect(threadTime() - begin).toBeLessThan(3000);
  });
});
