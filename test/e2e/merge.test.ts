import { describe, expect, test } from 'vitest';
import {
  createTestRepository,
  isApplied,
  isFailed,
  isGreen,
  type PullRequest,
  type Seen,
  settings,
  type TestRepository,
  template,
} from './repository.ts';
import { describeWithShop, noCapacity } from './shop.ts';
import { network, server, subnets } from './templates.ts';

await describeWithShop('a merge', (world) => {
  const kinds = async (stack: string) => (await world.cloud(stack)).map((r) => r.kind).sort();
  const states = (repository: TestRepository) =>
    Object.fromEntries(repository.deployments().map((d) => [d.environment, d.states]));

  describe.concurrent('of what is approved or not', () => {
    test('without approval, by an administrator, applies nothing; the approval afterwards does', async () => {
      const repository = await createTestRepository(world, 'unapproved');
      const pull = await repository.propose({ [template]: network() });
      await pull.planned();
      await expect(pull.merge('author')).rejects.toThrow(/required status check/i);
      await pull.merge('operator');
      const waiting = await pull.until('a word about it', (s) => s.comment.includes('It is merged'));
      expect(waiting.comment).toContain('nothing is applied before that');
      expect(await kinds(repository.stack)).toEqual([]);
      expect(states(repository)).toEqual({});
      await pull.approve();
      await pull.until('the comment to say Applied', isApplied);
      expect(await kinds(repository.stack)).toEqual(['vpc']);
      expect(states(repository)).toEqual({ dev: ['in_progress', 'success'] });
      await pull.say('operator', '/slipway apply');
      await pull.until('a refusal', (s) => s.comments.some((c) => c.body.includes('is merged and applied')));
    });

    test('whose plan came out differently applies nothing, shows the difference and asks again', async () => {
      const repository = await createTestRepository(world, 'stale');
      await (await repository.propose({ [template]: subnets(2) })).land();
      const pull = await repository.propose({ [template]: subnets(2).replace('shop-team', 'web-team') });
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      // Past every pull request, so that the merged template is not the one that was planned.
      const elsewhere = subnets(2).replace('10.1.1.0/24', '10.1.9.0/24');
      await repository.push('main', { [template]: elsewhere }, { as: 'operator' });
      await pull.merge();
      const seen = await pull.until('a word about it', (s) => s.comment.includes('Out of date'));
      expect(seen.comment).toContain('the plan is not the approved one');
      expect(seen.comment).toContain('10.1.9.0/24');
      await pull.until('an open check', (s) => s.checks['slipway/plan']?.conclusion === 'action_required');
      expect(states(repository)).toEqual({ dev: ['in_progress', 'success'] });
      await pull.approve();
      await pull.until('the comment to say Applied', isApplied);
      const subnet = (await world.cloud(repository.stack)).find((r) => r.detail.startsWith('10.1.9.0/24'));
      expect(subnet?.tags['slipway:logical-id']).toBe('Subnet1');
    });

    test('plans the other pull requests on the same stack again', async () => {
      const repository = await createTestRepository(world, 'two-at-once');
      const first = await repository.propose({ [template]: network() });
      const second = await repository.propose({ [template]: subnets(1) });
      await second.planned();
      expect(second.look().comment).toContain('`+2 ~0 ±0 -0`');
      await first.land();
      const seen = await second.until('the second plan', (s) => s.comment.includes('`+1 ~0 ±0 -0`'));
      expect(seen.planComments).toBe(1);
    });

    test('leaves the approval of another one alone that changes something else in the same template', async () => {
      const repository = await createTestRepository(world, 'side-by-side');
      await (await repository.propose({ [template]: subnets(2) })).land();
      const first = await repository.propose({ [template]: subnets(3) });
      const second = await repository.propose({ [template]: subnets(2).replace('shop-team', 'web-team') });
      await second.planned();
      await second.approve();
      await second.until('three green checks', isGreen);
      const before = second.look().comment;
      await first.land();
      await second.merge();
      const seen = await second.until('the comment to say Applied', isApplied);
      expect(before).toContain('`+0 ~1 ±0 -0`');
      expect(seen.comment).toContain('`+0 ~1 ±0 -0`');
      expect(await world.cloud(repository.stack)).toHaveLength(4);
    });

    test('of two at once on one stack applies both, each as it was approved', async () => {
      const repository = await createTestRepository(world, 'both-at-once');
      await (await repository.propose({ [template]: subnets(2) })).land();
      const pulls = [
        await repository.propose({ [template]: subnets(2).replace('shop-team', 'web-team') }),
        await repository.propose({ [template]: subnets(2).replace('10.1.1.0/24', '10.1.9.0/24') }),
      ];
      for (const pull of pulls) await pull.planned();
      for (const pull of pulls) await pull.approve();
      for (const pull of pulls) await pull.until('three green checks', isGreen);
      await Promise.all(pulls.map((pull) => pull.merge()));
      for (const pull of pulls) await pull.until('the comment to say Applied', isApplied);
    });
  });

  describe('that fails, of two templates in two environments', () => {
    const promoted = settings.replace(
      'operators:',
      `  prod:
    region: eu-west-1
    after: [dev]
    approvals: [{ from: ["@operator"], count: 1 }]
operators:`,
    );
    let repository: TestRepository;
    let pull: PullRequest;

    test('is red everywhere: three lists, the deployment, the check, an issue; prod is held back', async () => {
      repository = await createTestRepository(world, 'failing', { '.github/slipway.yml': promoted });
      pull = await repository.propose({ [template]: server(), 'infra/web.yaml': network() });
      await pull.planned();
      await pull.approve('reviewer');
      await pull.approve('operator');
      await pull.until('three green checks', isGreen);
      world.proxy.rules.add({ match: { action: 'RunInstances' }, fault: noCapacity });
      await pull.merge();
      const seen = await pull.until('the failure', isFailed);
      expect(seen.comment).toContain('3 done, 1 failed');
      expect(seen.comment).toContain('prod comes after dev, which has not been applied');
      await pull.until('a red check', (s) => s.checks['slipway/plan']?.conclusion === 'failure');
      expect(states(repository)).toEqual({ dev: ['in_progress', 'failure'] });
      expect(await kinds(repository.stack)).toEqual(['security group', 'subnet', 'vpc']);
      expect(await kinds(`${repository.fullName}:infra/web.yaml@dev`)).toEqual(['vpc']);
      const [issue, ...more] = repository.issues();
      expect(more).toEqual([]);
      expect(issue).toMatchObject({
        state: 'open',
        title: expect.stringContaining('infra/shop.yaml in dev'),
      });
      expect(issue?.body).toContain(`#${pull.number}`);
      expect(issue?.body).toContain('sufficient t3.micro capacity');
      for (const list of ['**1 resource failed**', '**3 done**']) {
        expect(issue?.body).toContain(list);
      }
    });

    test('fails again when it is retried, which opens no second issue', async () => {
      await pull.say('operator', '/slipway retry');
      await pull.until('the second failure', () => states(repository).dev?.length === 4);
      expect(states(repository).dev?.slice(2)).toEqual(['in_progress', 'failure']);
      expect(repository.issues()).toHaveLength(1);
    });

    test('is finished by /slipway retry without another approval; prod follows, the issue is closed', async () => {
      world.proxy.rules.clear();
      await pull.say('operator', '/slipway retry');
      await pull.until('the comment to say Applied', isApplied);
      expect(await kinds(repository.stack)).toEqual(['instance', 'security group', 'subnet', 'vpc']);
      expect(states(repository).dev?.slice(4)).toEqual(['in_progress', 'success']);
      expect(states(repository).prod).toEqual(['in_progress', 'success']);
      expect(await kinds(`${repository.fullName}:infra/web.yaml@prod`)).toEqual(['vpc']);
      expect(await kinds(`${repository.fullName}:infra/web.yaml@dev`)).toEqual(['vpc']);
      expect(repository.issues().map((i) => i.state)).toEqual(['closed']);
      await pull.until('three green checks', isGreen);
    });
  });

  describe('that an operator cancels', () => {
    const isCancelled = (seen: Seen) => /^## ⏹️ Apply cancelled/m.test(seen.comment);
    const web = 'infra/web.yaml';
    let repository: TestRepository;
    let pull: PullRequest;

    test('stops between two resources, says so everywhere, and begins nothing else', async () => {
      repository = await createTestRepository(world, 'cancelled');
      pull = await repository.propose({ [template]: subnets(3), [web]: network('10.9.0.0/16') });
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      world.proxy.rules.add({
        match: { action: 'CreateVpc' },
        fault: { kind: 'delay', ms: 8_000, when: 'after' },
      });
      await pull.merge();
      await pull.until('the progress', (s) => s.comments.some((c) => /^## 🔵 Applying/m.test(c.body)));
      await pull.say('author', '/slipway cancel');
      await pull.until('a refusal', (s) => s.comments.some((c) => c.body.includes('may not give commands')));
      await pull.say('operator', '/slipway cancel');
      const seen = await pull.until('the cancel', isCancelled);
      expect(seen.comment).toContain('1 done, 3 not started');
      expect(seen.comment).toContain('/slipway retry');
      await pull.until('a red check', (s) => s.checks['slipway/plan']?.conclusion === 'failure');
      expect(states(repository)).toEqual({ dev: ['in_progress', 'failure'] });
      expect(await kinds(repository.stack)).toEqual(['vpc']);
      expect(await kinds(`${repository.fullName}:${web}@dev`)).toEqual([]);
      expect(repository.issues()).toEqual([]);
      await pull.say('operator', '/slipway cancel');
      await pull.until('another refusal', (s) =>
        s.comments.some((c) => c.body.includes('nothing of this pull request is being applied')),
      );
    });

    test('goes on by /slipway retry without another approval', async () => {
      world.proxy.rules.clear();
      await pull.say('operator', '/slipway retry');
      await pull.until('the comment to say Applied', isApplied);
      expect(await kinds(repository.stack)).toEqual(['subnet', 'subnet', 'subnet', 'vpc']);
      expect(await kinds(`${repository.fullName}:${web}@dev`)).toEqual(['vpc']);
      expect(states(repository).dev?.slice(2)).toEqual(['in_progress', 'success']);
      await pull.until('three green checks', isGreen);
    });
  });
});
