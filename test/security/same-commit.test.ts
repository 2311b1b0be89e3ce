/** Checks belong to a commit: a stranger who proposes somebody's commit once more must not speak in its name. */
import { expect, test } from 'vitest';
import { hearComment } from '../../src/workflow/hear-comment.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import { approved, openHub, openWorld, thingsNamed } from './world.ts';

test('a fork’s pull request of the same commit leaves the checks of the planned one as they are', async () => {
  const { workflow } = await openWorld();
  const hub = openHub();
  const published: string[] = [];
  const world = {
    ...hub,
    async pullRequest(number: number) {
      const own = await hub.pullRequest(number);
      return number === 1 ? own : { ...own, headSha: number === 2 ? 'head-1' : own.headSha, fromFork: true };
    },
    publishChecks: async (commit: string, checks: readonly { readonly conclusion?: unknown }[]) =>
      void published.push(`${commit} ${checks.map((check) => check.conclusion).join(' ')}`),
  };
  await approved(workflow, world, 1, thingsNamed('a'));
  expect(published.at(-1)).toBe('head-1 success success success');
  const before = published.length;

  hub.open(2, thingsNamed('a'));
  await reviewPullRequest(workflow, world, 2);
  await hearComment(workflow, world, 2, hub.say(2, 'reviewer', 'approve'));
  expect(published.slice(before)).toEqual([]);

  // One with a commit of its own is told that it is not planned, and an operator may ask for it.
  hub.open(3, thingsNamed('a'));
  await reviewPullRequest(workflow, world, 3);
  expect(published.at(-1)).toBe('head-3 action_required action_required action_required');
});
