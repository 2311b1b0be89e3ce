/** An operator's word to stop that comes at a moment in which it could be lost, or taken for more than it said. */
import { describe, expect, test } from 'vitest';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { hearCancel, hearComment } from '../../src/workflow/hear-comment.ts';
import { approved, mergedAndInterrupted, openHub, openWorld, stack, thingsNamed } from './world.ts';

test('a cancel that meets a process that stopped ends its run: the next pull request does not go on with it', async () => {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  await approved(workflow, hub, 1, thingsNamed('first', 'unwanted'));
  await mergedAndInterrupted(workflow, cloud, hub, 1);
  await hearCancel(workflow, hub, 1, hub.say(1, 'operator', '/slipway cancel'));
  // The same job, in another process.
  await applyMerge(workflow, hub, 1);

  expect(await workflow.state.unfinishedRun(stack)).toBeUndefined();
  expect((await workflow.state.runs(stack, 1))[0]).toMatchObject({
    status: 'cancelled',
    error: 'Cancelled: operator',
  });
  const record = await workflow.pullRequests.get(hub.fullName, 1);
  expect(record?.review.stacks.map((s) => s.phase)).toEqual(['cancelled']);

  await hearComment(workflow, hub, 1, hub.say(1, 'operator', '/slipway unlock'));
  const made: string[] = [];
  cloud.beforeCreate = async (name) => void made.push(name);
  await approved(workflow, hub, 2, thingsNamed('other'));
  hub.merge(2);
  await applyMerge(workflow, hub, 2);
  expect(made).toEqual(['other']);
  expect([...cloud.things.keys()]).toEqual(['other']);
});

describe('a retry of what failed', () => {
  async function failedAndRetried() {
    const world = { ...(await openWorld()), hub: openHub() };
    const { workflow, cloud, hub } = world;
    await approved(workflow, hub, 1, thingsNamed('first', 'second'));
    hub.merge(1);
    cloud.beforeCreate = async () => {
      throw new Error('AWS says no');
    };
    await applyMerge(workflow, hub, 1);
    const retry = hub.say(1, 'operator', '/slipway retry');
    expect(await hearComment(workflow, hub, 1, retry)).toEqual(['merge']);
    return world;
  }

  test('is cancelled while it applies, though GitHub keeps no deployment of it', async () => {
    const { workflow, cloud, hub } = await failedAndRetried();
    cloud.beforeCreate = async () => {
      await hearCancel(workflow, hub, 1, hub.say(1, 'operator', '/slipway cancel'));
      // Longer than it takes until the apply looks.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    };
    await applyMerge(workflow, hub, 1);
    expect([...cloud.things.keys()]).toEqual(['first']);
  });

  test('is cancelled before its job begins', async () => {
    const { workflow, cloud, hub } = await failedAndRetried();
    cloud.beforeCreate = async () => {};
    await hearCancel(workflow, hub, 1, hub.say(1, 'operator', '/slipway cancel'));
    await applyMerge(workflow, hub, 1);
    expect([...cloud.things.keys()]).toEqual([]);
    const again = hub.say(1, 'operator', '/slipway cancel');
    await hearCancel(workflow, hub, 1, again);
    expect(hub.comments.get(again + 1)?.body).toMatch('nothing of this pull request is being applied');
  });
});

test('a cancel of one environment is refused and cancels nothing, since it would stop all of them', async () => {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  await approved(workflow, hub, 1, thingsNamed('first'));
  hub.merge(1);
  const said = hub.say(1, 'operator', '/slipway cancel dev');
  await hearCancel(workflow, hub, 1, said);
  expect(hub.comments.get(said + 1)?.body).toMatch('cancel takes no environment');
  await applyMerge(workflow, hub, 1);
  expect([...cloud.things.keys()]).toEqual(['first']);
});
