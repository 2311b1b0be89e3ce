/** An operator's word to stop that comes at a moment in which it could be lost, or taken for more than it said. */
import { expect, test } from 'vitest';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { hearCancel, hearComment } from '../../src/workflow/hear-comment.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import { type Hub, openHub, openWorld, stack, thingsNamed, type World } from './world.ts';

/** A pull request that makes these, approved. */
async function approved({ workflow }: World, hub: Hub, number: number, ...names: readonly string[]) {
  hub.open(number, thingsNamed(...names));
  await reviewPullRequest(workflow, hub, number);
  await hearComment(workflow, hub, number, hub.say(number, 'reviewer', 'approve'));
}

/** Its merge, in a process that has to end while it makes the first thing. */
async function mergedAndInterrupted({ workflow, cloud }: World, hub: Hub, number: number) {
  hub.merge(number);
  const stop = new AbortController();
  cloud.beforeCreate = async () => stop.abort(new Error('this process has to end'));
  await expect(applyMerge(workflow, hub, number, stop.signal)).rejects.toThrow('interrupted');
  cloud.beforeCreate = async () => {};
}

test('a cancel that meets a process that stopped ends its run: the next pull request does not go on with it', async () => {
  const world = await openWorld();
  const { workflow, cloud } = world;
  const hub = openHub();
  await approved(world, hub, 1, 'first', 'unwanted');
  await mergedAndInterrupted(world, hub, 1);
  await hearCancel(workflow, hub, 1, hub.say(1, 'operator', '/slipway cancel'));
  // The same job, in another process.
  await applyMerge(workflow, hub, 1);

  expect(await workflow.state.unfinishedRun(stack)).toBeUndefined();
  expect((await workflow.state.runs(stack, 1))[0]?.error).toBe('Cancelled: operator');
  const record = await workflow.pullRequests.get(hub.fullName, 1);
  expect(record?.review.stacks.map((s) => s.phase)).toEqual(['cancelled']);

  const made: string[] = [];
  cloud.beforeCreate = async (name) => void made.push(name);
  await approved(world, hub, 2, 'other');
  hub.merge(2);
  await applyMerge(workflow, hub, 2);
  expect(made).toEqual(['other']);
  expect([...cloud.things.keys()]).toEqual(['other']);
});
