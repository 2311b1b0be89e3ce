/** What one pull request left unfinished, in the hands of the next. */
import { expect, test } from 'vitest';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { hearCancel, hearComment } from '../../src/workflow/hear-comment.ts';
import { approved, mergedAndInterrupted, openHub, openWorld, stack, thingsNamed } from './world.ts';

test('a run of another pull request that fails when it is resumed is not shown as this one’s', async () => {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  await approved(workflow, hub, 1, thingsNamed('first', 'second'));
  await approved(workflow, hub, 2, thingsNamed('other'));
  await mergedAndInterrupted(workflow, cloud, hub, 1);
  cloud.beforeCreate = async (name) => {
    if (name === 'second') throw new Error('AWS says no');
  };
  hub.merge(2);
  await applyMerge(workflow, hub, 2);

  const [review] = (await workflow.pullRequests.get(hub.fullName, 2))!.review.stacks;
  expect(review?.plan?.changes.map((c) => c.logicalId)).toContain('Other');
  expect(review?.plan?.changes.map((c) => c.logicalId)).not.toContain('Second');
  expect((await workflow.state.runs(stack, 5)).map((r) => [r.cause.commit, r.status])).toContainEqual([
    'merge-1',
    'failed',
  ]);
});

test('a cancel of one pull request does not end the run of another', async () => {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  await approved(workflow, hub, 1, thingsNamed('first', 'second'));
  await approved(workflow, hub, 2, thingsNamed('other'));
  await mergedAndInterrupted(workflow, cloud, hub, 1);
  hub.merge(2);
  cloud.beforeCreate = async (name) => {
    if (name !== 'second') return;
    await hearCancel(workflow, hub, 2, hub.say(2, 'operator', '/slipway cancel'));
    // Longer than it takes until somebody looks.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  };
  await applyMerge(workflow, hub, 2);

  const runs = await workflow.state.runs(stack, 5);
  expect(runs.map((r) => [r.cause.commit, r.status])).toEqual([['merge-1', 'succeeded']]);
  expect([...cloud.things.keys()]).toEqual(['first', 'second']);
  const record = await workflow.pullRequests.get(hub.fullName, 2);
  expect(record?.review.stacks.map((s) => s.phase)).not.toEqual(['applied']);
});

test('a run whose import is gone by now comes to an end, and the template can be put right', async () => {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  cloud.things.set('found', { properties: { Name: 'found' }, tags: {} });
  const template = JSON.parse(thingsNamed('first', 'found'));
  template.Resources.Found.Metadata = { Slipway: { Import: 'found' } };
  template.Resources.Found.DeletionPolicy = 'Delete';
  await approved(workflow, hub, 1, JSON.stringify(template));
  await mergedAndInterrupted(workflow, cloud, hub, 1);
  cloud.things.delete('found');
  await applyMerge(workflow, hub, 1);

  expect(await workflow.state.unfinishedRun(stack)).toBeUndefined();
  const record = await workflow.pullRequests.get(hub.fullName, 1);
  expect(record?.review.stacks.map((s) => s.phase)).toEqual(['failed']);
  expect(hub.issues.raised).toHaveLength(1);

  await hearComment(workflow, hub, 1, hub.say(1, 'operator', '/slipway unlock'));
  await approved(workflow, hub, 2, thingsNamed('first'));
  hub.merge(2);
  await applyMerge(workflow, hub, 2);
  expect([...cloud.things.keys()]).toEqual(['first']);
  expect(hub.issues.closed).toHaveLength(1);
});
