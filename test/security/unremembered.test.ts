/** A plan that was shown by a process that died, or failed, before it could remember that. */
import { expect, test } from 'vitest';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { hearComment } from '../../src/workflow/hear-comment.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import { openHub, openWorld, thingsNamed } from './world.ts';

/** One plan is shown and remembered; then another is shown, and not remembered. */
async function shownUnremembered() {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  hub.open(1, thingsNamed('evil'));
  await reviewPullRequest(workflow, hub, 1);
  hub.open(1, thingsNamed('harmless'));
  const broken = {
    ...hub,
    publishChecks: () => Promise.reject(new Error('502')),
  };
  await expect(reviewPullRequest(workflow, broken, 1)).rejects.toThrow('502');
  const [shown] = hub.comments.values();
  expect(shown?.body).toMatch(/harmless/);
  const merged = async () => {
    hub.merge(1);
    await applyMerge(workflow, hub, 1);
    return [...cloud.things.keys()];
  };
  return { workflow, hub, merged, commentId: shown!.id };
}

test.each(['before', 'after'])(
  'its approval does not count for the plan before it, heard %s that is planned again',
  async (when) => {
    const { workflow, hub, merged } = await shownUnremembered();
    const approval = hub.say(1, 'reviewer', 'approve');
    hub.open(1, thingsNamed('evil'));
    if (when === 'before') await hearComment(workflow, hub, 1, approval);
    await reviewPullRequest(workflow, hub, 1);
    if (when === 'after') await hearComment(workflow, hub, 1, approval);
    expect(await merged()).toEqual([]);
  },
);

test('its approval counts for it', async () => {
  const { workflow, hub, merged } = await shownUnremembered();
  await hearComment(workflow, hub, 1, hub.say(1, 'reviewer', 'approve'));
  await reviewPullRequest(workflow, hub, 1);
  expect(await merged()).toEqual(['harmless']);
});

test('what was said while somebody had edited it counts for nothing, also once it is restored', async () => {
  const { workflow, hub, merged, commentId } = await shownUnremembered();
  const { body } = (await hub.comment(commentId))!;
  await hub.writeComment(1, commentId, 'Nothing to see here.');
  const approval = hub.say(1, 'reviewer', 'approve');
  await hub.writeComment(1, commentId, body);
  await hearComment(workflow, hub, 1, approval);
  await reviewPullRequest(workflow, hub, 1);
  expect(await merged()).toEqual([]);
});
