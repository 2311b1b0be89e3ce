/** What no webhook told of: labels, and the commits of a merge queue. The rest is tried from end to end. */
import { expect, test } from 'vitest';
import type { Heard, KnownPullRequest } from '../../src/state/heard.ts';
import { findMissed, type ListedPullRequest, type PullRequestLists } from '../../src/workflow/sweep.ts';

const known: KnownPullRequest = {
  number: 1,
  headSha: 'a',
  phase: 'open',
  merged: false,
  isVotedOn: true,
  labels: ['safe'],
  shownSince: undefined,
  statements: [],
  updatedAt: '2030-01-01T00:00:00Z',
};
const listed: ListedPullRequest = {
  number: 1,
  headSha: 'a',
  mergedAt: undefined,
  updatedAt: '2030-01-01T00:00:00Z',
  labels: ['safe'],
  isDefaultBase: true,
};

function sweep(heard: Partial<Heard>, lists: Partial<PullRequestLists>, read = new Map<string, string>()) {
  return findMissed(
    {
      known: async () => [known],
      heads: async () => new Set(),
      merges: async () => new Set(),
      comments: async () => new Set(),
      hasQueue: async () => false,
      groups: async () => new Set(),
      ...heard,
    },
    'acme/shop',
    {
      open: async () => [listed],
      recentlyClosed: async () => [],
      comments: async () => [],
      reviews: async () => [],
      queue: async () => [],
      ...lists,
    },
    { knownSince: undefined, before: new Date('2030-01-01T01:00:00Z'), read },
  );
}

test.each<readonly [string, Partial<ListedPullRequest>, Partial<KnownPullRequest>, boolean]>([
  ['one that was taken off', { labels: [] }, {}, true],
  ['one that was given', { labels: ['urgent', 'safe'] }, {}, true],
  ['the same in another order', { labels: ['b', 'a'] }, { labels: ['a', 'b'] }, false],
  [
    'a moment ago, of which a webhook may still tell',
    { labels: [], updatedAt: '2030-01-01T02:00:00Z' },
    {},
    false,
  ],
  ['of one that nobody decides about', { labels: [] }, { isVotedOn: false }, false],
  ['of one that was decided before labels were kept', { labels: [] }, { labels: undefined }, false],
])('labels: %s', async (_, now, before, isMissed) => {
  const missed = await sweep(
    { known: async () => [{ ...known, ...before }] },
    { open: async () => [{ ...listed, ...now }] },
  );
  expect(missed.map(({ kind, number }) => ({ kind, number }))).toEqual(
    isMissed ? [{ kind: 'labels', number: 1 }] : [],
  );
});

test('a commit of the merge queue of which nobody told is planned at the second look, and once', async () => {
  const read = new Map<string, string>();
  const queue = async () => [{ number: 1, headSha: 'q' }, { number: 2, headSha: 'told' }, { number: 3 }];
  const heard = { hasQueue: async () => true, groups: async () => new Set(['told']) };
  expect(await sweep(heard, { queue }, read)).toEqual([]);
  expect(await sweep(heard, { queue }, read)).toMatchObject([{ kind: 'merge-group', number: 1, sha: 'q' }]);
});

test('where there never was a merge queue, none is asked for', async () => {
  const queue = async () => {
    throw new Error('asked');
  };
  expect(await sweep({}, { queue })).toEqual([]);
});
