import { describe, expect, test } from 'vitest';
import { membersOf, parseQueueRef, queueRefs } from '../../src/workflow/merge-queue.ts';

const sha = (letter: string) => letter.repeat(40);
const ref = (number: number, base: string, branch = 'main') =>
  `refs/heads/gh-readonly-queue/${branch}/pr-${number}-${base}`;

describe('the branch of a merge queue', () => {
  test.for([
    [ref(12, sha('a')), { baseRef: 'main', number: 12, baseSha: sha('a') }],
    [ref(3, sha('b'), 'release/1'), { baseRef: 'release/1', number: 3, baseSha: sha('b') }],
    ['refs/heads/main', undefined],
    ['refs/heads/gh-readonly-queue/main/pr-x-abc', undefined],
    [`refs/heads/mine/gh-readonly-queue/main/pr-1-${sha('a')}`, undefined],
  ] as const)('%s', ([name, group]) => {
    expect(parseQueueRef(name)).toEqual(group);
    if (group) expect(name.startsWith(queueRefs(group))).toBe(true);
  });
});

describe('the pull requests in a group', () => {
  const queue = new Map([
    [ref(7, sha('0')), sha('1')],
    [ref(9, sha('1')), sha('2')],
    [ref(4, sha('2')), sha('3')],
    // Of another base, on the same commit.
    [ref(8, sha('0')), sha('4')],
  ]);
  test.for([
    [7, sha('0'), [7]],
    [9, sha('1'), [7, 9]],
    [4, sha('2'), [7, 9, 4]],
    [8, sha('0'), [8]],
  ] as const)('that pr-%i adds', ([number, baseSha, members]) => {
    expect(membersOf({ baseRef: 'main', number, baseSha }, queue)).toEqual(members);
  });

  test('end where branches name one another in a circle', () => {
    const circle = new Map([
      [ref(1, sha('2')), sha('1')],
      [ref(2, sha('1')), sha('2')],
    ]);
    expect(membersOf({ baseRef: 'main', number: 1, baseSha: sha('2') }, circle)).toEqual([2, 1]);
  });
});
