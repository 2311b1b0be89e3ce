/**
 * A branch that only looks like a merge queue's: whoever may push can name one after a pull request that touches
 * nothing, on a commit that nobody has approved, and press Re-run on the checks of that commit.
 */
import { expect, test } from 'vitest';
import { createHandlers } from '../../src/jobs/handlers.ts';
import type { CheckOutput } from '../../src/review/checks.ts';
import { openHub, openWorld, thingsNamed } from './world.ts';

const sha = 'b'.repeat(40);
const ref = `refs/heads/gh-readonly-queue/main/pr-1-${'a'.repeat(40)}`;
const place = { installation: 5, owner: 'acme', repo: 'shop', repositoryId: 7 };

test('the commit of an open pull request is not the queue’s, whatever branch is on it', async () => {
  const { workflow } = await openWorld();
  const hub = openHub();
  hub.open(1, thingsNamed('a'));
  const published: string[] = [];
  const enqueued: string[] = [];
  const repository = {
    ...hub,
    changedFiles: async () => [],
    publishChecks: async (commit: string, checks: readonly CheckOutput[]) =>
      void published.push(...checks.map((check) => `${commit === sha} ${check.conclusion}`)),
  };
  /** What GitHub lists as open, each time that it is asked. */
  const asked = (...listed: readonly (readonly { readonly number: number }[])[]) => {
    const open = [...listed];
    const { 'merge-group': group } = createHandlers({
      workflow,
      open: async () => repository,
      lists: async () =>
        ({
          open: async () =>
            (open.length > 1 ? open.shift()! : open[0]!).map((p) => ({
              ...p,
              headSha: sha,
              isDefaultBase: true,
            })),
          queued: async () => new Map([[ref, sha]]),
        }) as never,
      heard: { known: async () => [] } as never,
      queue: () =>
        ({
          enqueue: async (kind: string, { number }: { number: number }) =>
            void enqueued.push(`${kind} ${number}`),
        }) as never,
    });
    return group.handle({ ...place, sha, ref }, new AbortController().signal);
  };

  await asked([{ number: 2 }]);
  expect([published, enqueued]).toEqual([[], ['review 2']]);
  // Proposed only while the group is looked at.
  await asked([], [{ number: 2 }]);
  expect(published).toEqual([]);
  // A commit of the queue's own passes.
  await asked([]);
  expect(published).toEqual(['true success', 'true success', 'true success']);
});
