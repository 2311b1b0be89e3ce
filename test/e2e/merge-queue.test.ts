import { describe, expect, test } from 'vitest';
import { checkRunsOn } from '../../src/sandbox/github/model/checks-on-commit.ts';
import { findRepository } from '../../src/sandbox/github/model/world.ts';
import {
  createTestRepository,
  isApplied,
  isGreen,
  type PullRequest,
  settings,
  type TestRepository,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network, subnets } from './templates.ts';

await describeWithShop('a merge queue', (world) => {
  const { github } = world.shop;

  /** As the button 'Merge when ready' does. */
  const enqueue = async (repository: TestRepository, pull: PullRequest) => {
    const client = repository.as('author');
    const { data } = await client.rest.pulls.get(repository.at(pull.number));
    await client.graphql(
      'mutation ($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }',
      {
        id: data.node_id,
      },
    );
  };
  /** The conclusions of the checks on every commit that the queue made for it, the latest last. */
  const groups = (repository: TestRepository, pull: PullRequest) => {
    const stored = findRepository(github.world, repository.fullName)!;
    return github.deliveries
      .filter((d) => d.event === 'merge_group' && d.action === 'checks_requested')
      .filter((d) => d.repositoryId === stored.id)
      .map((d) => (JSON.parse(d.body) as { merge_group: { head_sha: string; head_ref: string } }).merge_group)
      .filter((g) => g.head_ref.includes(`/pr-${pull.number}-`))
      .map((g) => checkRunsOn(stored, g.head_sha, 'latest').map((run) => run.conclusion));
  };
  const approved = async (repository: TestRepository, text: string, file = template) => {
    const pull = await repository.propose({ [file]: text });
    await pull.planned();
    await pull.approve();
    await pull.until('three green checks', isGreen);
    return pull;
  };

  describe.concurrent('with one pull request', () => {
    test('passes what was approved, and it is merged and applied', async () => {
      const repository = await createTestRepository(world, 'queued');
      const pull = await approved(repository, network());
      await enqueue(repository, pull);
      await pull.until('the comment to say Applied', isApplied);
      expect(groups(repository, pull)).toEqual([['success', 'success', 'success']]);
      expect(await world.cloud(repository.stack)).toHaveLength(1);
    });

    test('passes one that touches no template', async () => {
      const repository = await createTestRepository(world, 'queued-nothing');
      const pull = await repository.propose({ 'README.md': '# Shop\n' });
      await pull.planned();
      await enqueue(repository, pull);
      await pull.until('three green checks on its commit', () =>
        groups(repository, pull).some((all) => all.length === 3 && all.every((c) => c === 'success')),
      );
    });

    test('passes settings as they were approved, and no two changes of them that nobody saw as one', async () => {
      const repository = await createTestRepository(world, 'queued-settings');
      const file = '.github/slipway.yml';
      const first = await approved(repository, settings.replace('count: 1', 'count: 2'), file);
      const second = await approved(repository, settings.replace('infra/*.yaml', 'stacks/*.yaml'), file);
      await enqueue(repository, first);
      await enqueue(repository, second);
      await first.until('the first to hold', isApplied);
      await second.until('three checks on its commit', () => groups(repository, second)[0]?.length === 3);
      expect([...groups(repository, second)[0]!].sort()).toEqual(['action_required', 'success', 'success']);
      await second.until('it to be asked for again', (seen) =>
        seen.comment.includes('approved settings that have changed since'),
      );
    });

    test('does not pass what nobody approved, however green its head was made', async () => {
      const repository = await createTestRepository(world, 'queued-unapproved');
      const pull = await repository.propose({ [template]: network() });
      await pull.planned();
      await enqueue(repository, pull);
      await pull.until('three checks on its commit', () => groups(repository, pull)[0]?.length === 3);
      expect([...groups(repository, pull)[0]!].sort()).toEqual(['action_required', 'success', 'success']);
      expect(await world.cloud(repository.stack)).toEqual([]);
    });
  });

  test('with two on one stack: the second waits for the first to be applied, and passes as it was approved', async () => {
    const repository = await createTestRepository(world, 'queued-two');
    await (await repository.propose({ [template]: subnets(2) })).land();
    const first = await approved(repository, subnets(2).replace('shop-team', 'web-team'));
    const second = await approved(repository, subnets(2).replace('10.1.1.0/24', '10.1.9.0/24'));
    await enqueue(repository, first);
    await enqueue(repository, second);
    await first.until('the first to be applied', isApplied);
    await second.until('the second to be applied', isApplied);
  });
});
