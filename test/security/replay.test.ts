/** A webhook that is sent again, at a time or with a number of the attacker's choice: it says nothing that is not so. */
import { expect, test } from 'vitest';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { hearCancel, hearComment } from '../../src/workflow/hear-comment.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import { openHub, openWorld, thingsNamed } from './world.ts';

test('an approval, a merge and a command that are heard again do nothing more than they did', async () => {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  const made: string[] = [];
  cloud.beforeCreate = async (name) => void made.push(name);
  const allowed = async (number: number) =>
    (await workflow.pullRequests.get('acme/shop', number))?.review.stacks[0]?.decision?.allowed;

  hub.open(1, thingsNamed('a'));
  await reviewPullRequest(workflow, hub, 1);
  const yes = hub.say(1, 'reviewer', 'approve');
  hub.open(2, thingsNamed('b'));
  await reviewPullRequest(workflow, hub, 2);
  // With the number of another pull request: the comment itself says where it stands.
  await hearComment(workflow, hub, 2, yes);
  expect(await allowed(2)).toBe(false);
  // Where it stands, but only after another plan is shown there.
  hub.open(1, thingsNamed('evil'));
  await reviewPullRequest(workflow, hub, 1);
  await hearComment(workflow, hub, 1, yes);
  expect(await allowed(1)).toBe(false);
  // And again, for the plan that it was said of.
  hub.open(1, thingsNamed('a'));
  await reviewPullRequest(workflow, hub, 1);
  await hearComment(workflow, hub, 1, yes);
  await hearComment(workflow, hub, 1, yes);
  expect(await allowed(1)).toBe(true);

  // A merge that GitHub knows nothing of.
  await applyMerge(workflow, hub, 1);
  expect(made).toEqual([]);
  hub.merge(1);
  await applyMerge(workflow, hub, 1);
  await applyMerge(workflow, hub, 1);
  // What stopped it would have stopped nothing, and what is said as an approval is no cancel.
  await hearCancel(workflow, hub, 1, yes);
  await applyMerge(workflow, hub, 1);
  expect(made).toEqual(['a']);
  expect((await workflow.pullRequests.get('acme/shop', 1))?.phase).toBe('settled');
});
