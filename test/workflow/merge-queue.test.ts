import { expect, test } from 'vitest';
import { membersOf } from '../../src/workflow/merge-queue.ts';

const queue = [
  { number: 7, headSha: 'a' },
  { number: 9, headSha: 'b' },
  { number: 4, headSha: 'c' },
  { number: 5 },
];

test.for([
  ['the first in the queue', 'a', [7]],
  ['one behind others', 'c', [7, 9, 4]],
  ['no commit of the queue', 'd', []],
] as const)('what is merged with %s', ([, sha, members]) => {
  expect(membersOf(queue, sha)).toEqual(members);
});
