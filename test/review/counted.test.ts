import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { renderChecks } from '../../src/review/checks.ts';
import { renderComment } from '../../src/review/comment.ts';
import { renderProgress } from '../../src/review/progress.ts';
import type { StepState } from '../../src/review/words.ts';
import { aftermaths } from './aftermaths.ts';
import { allCreated, at, file, moved } from './plans.ts';
import { progressOf } from './runs.ts';
import { review, situations } from './situations.ts';

const plan = moved();
const all = (state: StepState) =>
  Object.fromEntries(
    plan.changes.filter((c) => c.action !== 'none').map((c) => [c.logicalId, state] as const),
  );
const stopped = (states: Readonly<Record<string, StepState>>) =>
  renderComment(
    review(
      [
        {
          stack: plan.stack,
          environment: 'dev',
          file,
          phase: 'failed',
          plan,
          diagnostics: [],
          findings: [],
          progress: progressOf(plan, 'failed', states),
        },
      ],
      { merged: true },
    ),
  );

describe('what there is none of is not counted', () => {
  test.each<readonly [string, Readonly<Record<string, StepState>>, string]>([
    ['nothing was done', { ...all('skipped'), Web: 'failed' }, '1 failed, 2 not started'],
    ['everything was begun', { Web: 'failed' }, '2 done, 1 failed'],
    ['everything failed', all('failed'), '3 failed'],
  ])('where %s', (_, states, expected) => {
    const comment = stopped(states);
    expect(comment).toContain(`## ❌ Apply failed: ${expected}\n`);
    expect(comment).not.toMatch(/\b0 (done|failed|not started)/);
    expect(renderProgress(progressOf(plan, 'failed', states))).not.toContain('**0 ');
  });

  test('where it stopped before any resource', () => {
    const ended = { ...progressOf(allCreated(), 'failed'), steps: [] };
    expect(renderProgress(ended)).not.toContain('**0 ');
  });
});

test('an error that is the same in two environments is one error', () => {
  const error: Diagnostic = {
    severity: 'error',
    code: 'template-reference',
    summary: 'WebGrop is neither a resource nor a parameter',
    where: at(74, 11),
  };
  const stacks = ['dev', 'prod'].map((environment) => ({
    stack: `acme/shop:${file}@${environment}`,
    environment,
    file,
    phase: 'planned' as const,
    diagnostics: [error],
    findings: [],
  }));
  const comment = renderComment(review(stacks));
  expect(comment).toContain('Cannot be planned: 1 error\n');
  expect(comment.match(/^- ❌/gm)).toHaveLength(1);
});

test('what cannot be mended by a push to this branch is planned again by what anybody may do', () => {
  const error: Diagnostic = {
    severity: 'error',
    code: 'cloud-credentials',
    summary: 'There are no AWS credentials',
  };
  const comment = renderComment(review([], { diagnostics: [error] }));
  const [, next] = comment.match(/\*\*Next:\*\* (.*)/) ?? [];
  expect(next).toBe('Fix what is below, then push a commit, or press Re-run of the check `slipway/plan`.');
});

/** Of each line that matches: how much is created, updated, replaced and deleted, in all. */
function sumOf(text: string, line: RegExp): readonly number[] {
  const counts = [...text.matchAll(line)].map(([, ...numbers]) => numbers.map(Number));
  return counts.reduce((sum, numbers) => sum.map((n, i) => n + numbers[i]!), [0, 0, 0, 0]);
}

const said = (text: string, verbs: readonly string[]) =>
  verbs.map((verb) => Number(new RegExp(`(\\d+) ${verb}`).exec(text)?.[1] ?? 0));

describe('numbers agree wherever they stand', () => {
  const all = Object.entries({ ...situations(), ...aftermaths() }).filter(([, { stacks }]) =>
    stacks.some((stack) => stack.plan),
  );
  const verbs = ['create', 'update', 'replace', 'delete'];

  test.each(all)('%s', (_, shown) => {
    const comment = renderComment(shown);
    const [check] = renderChecks(shown);
    const table = sumOf(comment, /^\| .*\| `\+(\d+) ~(\d+) ±(\d+) -(\d+)` \|/gm);
    expect(sumOf(check!.summary, /^- .*`\+(\d+) ~(\d+) ±(\d+) -(\d+)`/gm)).toEqual(table);
    const [headline] = /^## .*/m.exec(comment)!;
    for (const text of [headline, check!.title]) {
      if (/\d to \w+/.test(text))
        expect(
          said(
            text,
            verbs.map((verb) => `to ${verb}`),
          ),
        ).toEqual(table);
      if (/^\+\d/.test(text)) expect(sumOf(text, /\+(\d+) ~(\d+) ±(\d+) -(\d+)/g)).toEqual(table);
    }
    const [alert] = /^> \*\*.*will be (?:deleted|replaced).*/m.exec(comment) ?? [];
    const destroyed = said(alert ?? '', ['resources? will be replaced', 'resources? will be deleted']);
    if (alert) expect(destroyed).toEqual(table.slice(2));
  });
});
