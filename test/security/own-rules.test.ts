/** A pull request that brings its own rules: they are read from elsewhere, so nothing of it is asked for. */
import { expect, test } from 'vitest';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import { file, openHub, openWorld, thingsNamed } from './world.ts';

test('neither settings nor owners nor policies are read from the commit of the pull request', async () => {
  const { workflow } = await openWorld();
  const hub = openHub();
  hub.open(1, thingsNamed('a'));
  const read: string[] = [];
  const own = ['policies/default.yaml', 'policies/no-public-ssh.yaml', 'infra/policies/x.yaml', 'CODEOWNERS'];
  await reviewPullRequest(
    workflow,
    {
      ...hub,
      changedFiles: async () => [file, ...own].map((path) => ({ path, status: 'modified' })),
      readFiles: (revision, paths) => {
        if (!revision.startsWith('refs/heads/')) read.push(...paths);
        return hub.readFiles(revision, paths);
      },
    },
    1,
  );
  expect(read).toContain(file);
  const others = read.filter((path) => !path.startsWith('infra/'));
  expect(others).toEqual([]);
  // A template by its path, and no policy: it holds no resources, so it is no stack either.
  const { review } = (await workflow.pullRequests.get('acme/shop', 1))!;
  expect(review.stacks.map((s) => s.file)).toEqual([file]);
  expect(review.stacks[0]?.decision?.allowed).toBe(false);
});
