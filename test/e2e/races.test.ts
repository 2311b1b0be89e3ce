import { afterEach, describe, expect, test } from 'vitest';
import { readThePlan } from '../../src/sandbox/demo/watch.ts';
import {
  conclusions,
  createTestRepository,
  isApplied,
  isConcluded,
  isGreen,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network, subnets } from './templates.ts';

const waiting = 'plan success, policy success, approval action_required';

// One after the other: what is slow is slow for all.
await describeWithShop('two things at once', (world) => {
  const { faults } = world.shop.github;
  afterEach(() => {
    faults.clear();
    world.proxy.rules.clear();
  });
  const proposed = async (name: string) => {
    const repository = await createTestRepository(world, name);
    const pull = await repository.propose({ [template]: network() });
    await pull.planned();
    return { repository, pull };
  };

  test('an approval and the merge in the same second: it is applied, once', async () => {
    const { repository, pull } = await proposed('approve-and-merge');
    await readThePlan();
    await Promise.all([pull.say('reviewer', 'approve'), pull.merge('operator')]);
    await pull.until('the comment to say Applied', isApplied);
    await pull.until('three green checks', isGreen);
    expect(repository.deployments()).toMatchObject([{ states: ['in_progress', 'success'] }]);
    expect(await world.cloud(repository.stack)).toHaveLength(1);
  });

  test('a push while an approval is being heard: it counts for what was read, and not for the push', async () => {
    const { repository, pull } = await proposed('push-and-approve');
    await readThePlan();
    faults.onRequests(
      { method: 'GET', path: /\/push-and-approve\/issues\/comments\/\d+$/ },
      { kind: 'delay', milliseconds: 2_000 },
    );
    await pull.say('reviewer', 'approve');
    await pull.push({ [template]: network('10.2.0.0/16') });
    const seen = await pull.until('the new plan', (s) => isConcluded(s) && s.comment.includes('10.2.0.0/16'));
    expect(conclusions(seen)).toBe(waiting);
    await pull.merge('operator');
    await pull.until('a word about it', (s) => s.comment.includes('Nothing was applied.'));
    expect(await world.cloud(repository.stack)).toEqual([]);
  });

  test('a merge while the plan is being made: nothing is applied that nobody approved', async () => {
    const repository = await createTestRepository(world, 'merge-and-plan');
    faults.onRequests(
      { method: 'GET', path: /\/merge-and-plan\/pulls\/\d+\/files/ },
      { kind: 'delay', milliseconds: 2_000 },
    );
    const pull = await repository.propose({ [template]: network() });
    await pull.until('planning to begin', () => repository.calls().length > 0);
    await pull.merge('operator');
    await pull.until('a word about it', (s) => s.comment.includes('It is merged'));
    expect(isConcluded(await pull.planned())).toBe(true);
    expect(await world.cloud(repository.stack)).toEqual([]);
  });

  describe('a revert while what it reverts is being applied', () => {
    test('waits for it, is planned against what it made, and takes that away once approved', async () => {
      const repository = await createTestRepository(world, 'revert');
      const pull = await repository.propose({ [template]: subnets(2) });
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      world.proxy.rules.add({
        match: { action: 'CreateVpc' },
        fault: { kind: 'delay', ms: 6_000, when: 'after' },
      });
      const before = world.proxy.count('CreateVpc');
      await pull.merge();
      await pull.until('the apply to begin', () => world.proxy.count('CreateVpc') > before);
      const revert = await repository.propose({ [template]: undefined });
      await revert.merge('operator');
      await pull.until('the comment to say Applied', isApplied);
      const seen = await revert.until('the plan of all three', (s) => s.comment.includes('`+0 ~0 ±0 -3`'));
      expect(seen.comment).toContain('It is merged');
      expect(await world.cloud(repository.stack)).toHaveLength(3);
      await revert.approve();
      await revert.until('the comment to say Applied', isApplied);
      expect(await world.cloud(repository.stack)).toEqual([]);
    });
  });
});
