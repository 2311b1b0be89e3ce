/** Checks belong to a commit: a stranger who proposes somebody's commit once more must not speak in its name. */
import { expect, test } from 'vitest';
import type { CheckOutput } from '../../src/review/checks.ts';
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

test('a fork’s template is checked without the cloud: its mistake stands on its line, and nothing is planned', async () => {
  const { workflow } = await openWorld();
  const hub = openHub();
  const published: CheckOutput[] = [];
  hub.open(1, thingsNamed('a').replace('Acme::Thing', 'Acme::Thin'));
  const world = {
    ...hub,
    pullRequest: async (number: number) => ({ ...(await hub.pullRequest(number)), fromFork: true }),
    publishChecks: async (_: string, checks: readonly CheckOutput[]) => void published.push(...checks),
  };
  const openAws = () => {
    throw new Error('the cloud is not asked for a stranger');
  };
  await reviewPullRequest({ ...workflow, openAws }, world, 1);
  const { review } = (await workflow.pullRequests.get('acme/shop', 1))!;
  expect(review.stacks[0]?.plan).toBeUndefined();
  expect(published[0]).toMatchObject({ name: 'slipway/plan', conclusion: 'failure' });
  expect(published[0]?.annotations[0]).toMatchObject({
    path: 'infra/a.yaml',
    start_line: 1,
    annotation_level: 'failure',
    message: expect.stringContaining('Acme::Thing'),
  });
});
