import { describe, expect, test } from 'vitest';
import type { Statement } from '../../src/approval/approval.ts';
import { shownBefore, withStatement } from '../../src/workflow/publish-review.ts';

const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
const shown = [1, 3, 5].map((second) => ({
  at: at(second),
  headSha: `head-${second}`,
  digests: { 'acme/shop:a.yaml@dev': `digest-${second}` },
}));

describe('what somebody can have seen who spoke', () => {
  test.for([
    { second: 0, head: undefined, what: 'before anything was shown: nothing' },
    { second: 1, head: undefined, what: 'in the very second of the first: nothing' },
    { second: 2, head: 'head-1', what: 'after the first: the first' },
    { second: 3, head: 'head-1', what: 'in the very second of the next: still the first' },
    { second: 9, head: 'head-5', what: 'after all: the last' },
  ])('$what', ({ second, head }) => {
    expect(shownBefore(shown, at(second))?.headSha).toBe(head);
  });
});

describe('statements', () => {
  const said = (id: number, kind: Statement['kind'] = 'comment', edited = false): Statement => ({
    kind,
    id,
    login: 'reviewer',
    isBot: false,
    at: at(id),
    edited,
    dismissed: false,
    answer: 'yes',
    digests: {},
  });

  test('a later account of the same comment takes the place of the earlier one', () => {
    expect(withStatement([said(1), said(2)], said(1, 'comment', true))).toEqual([
      said(2),
      said(1, 'comment', true),
    ]);
  });

  test('a review and a comment of the same number are two', () => {
    expect(withStatement([said(1)], said(1, 'review'))).toHaveLength(2);
  });
});
