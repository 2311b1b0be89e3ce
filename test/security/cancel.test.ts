/** An operator's word to stop that comes at a moment in which it could be lost, or taken for more than it said. */
import { expect, test } from 'vitest';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { hearCancel } from '../../src/workflow/hear-comment.ts';
import { approved, mergedAndInterrupted, openHub, openWorld, stack } from './world.ts';

test('a cancel that meets a process that stopped ends its run: the next pull request does not go on with it', async () => {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  await approved(workflow, hub, 1, 'first', 'unwanted');
  await mergedAndInterrupted(workflow, cloud, hub, 1);
  await hearCancel(workflow, hub, 1, hub.say(1, 'operator', '/slipway cancel'));
  // The same job, in another process.
  await applyMerge(workflow, hub, 1);

  expect(await workflow.state.unfinishedRun(stack)).toBeUndefined();
  expect((await workflow.state.runs(stack, 1))[0]?.error).toBe('Cancelled: operator');
  const record = await workflow.pullRequests.get(hub.fullName, 1);
  expect(record?.review.stacks.map((s) => s.phase)).toEqual(['cancelled']);

  const made: string[] = [];
  cloud.beforeCreate = async (name) => void made.push(name);
  await approved(workflow, hub, 2, 'other');
  hub.merge(2);
  await applyMerge(workflow, hub, 2);
  expect(made).toEqual(['other']);
  expect([...cloud.things.keys()]).toEqual(['other']);
});
