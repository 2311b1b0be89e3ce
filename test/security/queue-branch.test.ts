/**
 * A branch that only looks like a merge queue's: whoever may push can name one after a pull request that touches
 * nothing, on a commit that nobody has approved, and press Re-run on the checks of that commit.
 */
import { expect, test } from 'vitest';
import { rerun } from '../../src/github/events/rerun.ts';
import { createHandlers } from '../../src/jobs/handlers.ts';
import type { RepositoryJobs } from '../../src/jobs/kinds.ts';
import type { CheckOutput } from '../../src/review/checks.ts';
import type { QueueEntry } from '../../src/workflow/merge-queue.ts';
import { approved, file, openHub, openWorld, thingsNamed } from './world.ts';

const sha = 'b'.repeat(40);
/** Named after a pull request that touches nothing. */
const branch = `gh-readonly-queue/main/pr-1-${'a'.repeat(40)}`;
const place = { installation: 5, owner: 'acme', repo: 'shop', repositoryId: 7 };

/** What the button Re-run asks for on a commit that the branch is on. */
function pressed(commit: string): RepositoryJobs['merge-group'] {
  const { kind, payload } = rerun(place, commit, branch);
  expect(kind).toBe('merge-group');
  return payload as RepositoryJobs['merge-group'];
}

test('the commit of an open pull request is not the queue’s, whatever branch is on it', async () => {
  const { workflow } = await openWorld();
  const hub = openHub();
  hub.open(1, thingsNamed('a'));
  const queued = [{ number: 1, headSha: sha }];
  const published: string[] = [];
  const enqueued: string[] = [];
  const repository = {
    ...hub,
    changedFiles: async () => [],
    publishChecks: async (commit: string, checks: readonly CheckOutput[]) =>
      void published.push(...checks.map((check) => `${commit === sha} ${check.conclusion}`)),
  };
  /** What GitHub lists as open, each time that it is asked. */
  const asked = (
    queue: readonly QueueEntry[],
    ...listed: readonly (readonly { readonly number: number }[])[]
  ) => {
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
          queue: async () => queue,
        }) as never,
      heard: { known: async () => [] } as never,
      queue: () =>
        ({
          enqueue: async (kind: string, { number }: { number: number }) =>
            void enqueued.push(`${kind} ${number}`),
        }) as never,
    });
    return group.handle(pressed(sha), new AbortController().signal);
  };

  await asked([], [{ number: 2 }]);
  expect([published, enqueued]).toEqual([[], ['review 2']]);
  // Proposed only while the group is looked at.
  await asked(queued, [], [{ number: 2 }]);
  expect(published).toEqual([]);
  // Proposed by nobody, and in no queue.
  await asked([], []);
  expect(published).toEqual([]);
  // A commit of the queue's own passes.
  await asked(queued, []);
  expect(published).toEqual(['true success', 'true success', 'true success']);
});

test('a branch named as a harmless pull request’s, on the commit of another’s place in the queue, speaks for neither', async () => {
  const { workflow } = await openWorld();
  const hub = openHub();
  hub.open(1, thingsNamed('a'));
  hub.open(2, thingsNamed('a'));
  /** The commit that GitHub made to merge the second, which nobody has approved. */
  const queuedCommit = 'merge-2';
  const published: string[] = [];
  const { 'merge-group': group } = createHandlers({
    workflow,
    open: async () => ({
      ...hub,
      changedFiles: async (number) => [{ path: number === 1 ? 'README.md' : file, status: 'modified' }],
      publishChecks: async (commit: string, checks: readonly CheckOutput[]) =>
        void published.push(...checks.map((check) => `${commit} ${check.name} ${check.conclusion}`)),
    }),
    lists: async () =>
      ({
        open: async () => [
          { number: 1, headSha: 'head-1', isDefaultBase: true },
          { number: 2, headSha: 'head-2', isDefaultBase: true },
        ],
        queue: async () => [{ number: 2, headSha: queuedCommit }],
      }) as never,
    heard: { known: async () => [] } as never,
    queue: () => ({ enqueue: async () => {} }) as never,
  });
  await group.handle(pressed(queuedCommit), new AbortController().signal);
  expect(published).toEqual([
    'merge-2 slipway/plan success',
    'merge-2 slipway/policy success',
    'merge-2 slipway/approval action_required',
  ]);
});

test.each([
  ['what was approved', thingsNamed('a'), 'success'],
  ['more than was approved', thingsNamed('a', 'evil'), 'action_required'],
])('the commit that the queue made is planned itself: with %s in it', async (_, queued, approval) => {
  const { workflow } = await openWorld();
  const hub = openHub();
  await approved(workflow, hub, 1, thingsNamed('a'));
  // The pull request is as it was approved; what it is merged with is in the queue's commit alone.
  hub.open(1, queued);
  const published: (readonly CheckOutput[])[] = [];
  const { 'merge-group': group } = createHandlers({
    workflow,
    open: async () => ({ ...hub, publishChecks: async (_commit, checks) => void published.push(checks) }),
    lists: async () =>
      ({ open: async () => [], queue: async () => [{ number: 1, headSha: 'merge-1' }] }) as never,
    heard: { known: async () => [] } as never,
    queue: () => ({ enqueue: async () => {} }) as never,
  });
  await group.handle(pressed('merge-1'), new AbortController().signal);
  const checks = published.at(-1)!;
  expect(checks.map((check) => check.conclusion)).toEqual(['success', 'success', approval]);
  const told = JSON.stringify(checks).includes('would merge is not what was approved');
  expect(told).toBe(approval !== 'success');
});
