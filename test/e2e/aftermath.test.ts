import { describe, expect, test } from 'vitest';
import {
  createTestRepository,
  isFailed,
  isGreen,
  type PullRequest,
  repliesOf,
  type Seen,
  type TestRepository,
  template,
} from './repository.ts';
import { describeWithShop, noCapacity } from './shop.ts';
import { server, subnets } from './templates.ts';

const isRolledBack = (seen: Seen) => /^## ↩️ Rolled back/m.test(seen.comment);
const isHeld = (seen: Seen) => /^## ⏸️ On hold/m.test(seen.comment);
const isWarned = (seen: Seen) => seen.comment.includes('is held by #');
const asksToGoBack = (seen: Seen) => /^## 🟡 Waiting for approval: going back/m.test(seen.comment);

await describeWithShop('after an apply that failed', (world) => {
  const kinds = async (stack: string) => (await world.cloud(stack)).map((r) => r.kind).sort();

  /** Merged with three green checks. */
  const merged = async (pull: PullRequest) => {
    await pull.planned();
    await pull.approve();
    await pull.until('three green checks', isGreen);
    await pull.merge();
  };

  /** What the Revert button of a merged one does. */
  const revertOf = async (repository: TestRepository, { number }: PullRequest) => {
    const author = repository.as('author');
    const { data } = await author.rest.pulls.get(repository.at(number));
    const made = await author.graphql<{ revertPullRequest: { revertPullRequest: { number: number } } }>(
      `mutation ($id: ID!) {
        revertPullRequest(input: { pullRequestId: $id }) { revertPullRequest { number } }
      }`,
      { id: data.node_id },
    );
    return repository.follow(made.revertPullRequest.revertPullRequest.number);
  };

  /** `subnets(1)` is there, and a pull request that was to add a group and a server to it has failed at the server. */
  const failed = async (name: string) => {
    const repository = await createTestRepository(world, name);
    const good = await repository.propose({ [template]: subnets(1) });
    await good.land();
    const pull = await repository.propose({ [template]: server() });
    await pull.planned();
    world.proxy.rules.add({ match: { action: 'RunInstances' }, fault: noCapacity });
    await merged(pull);
    const seen = await pull.until('the failure', isFailed);
    world.proxy.rules.clear();
    return { repository, good, pull, seen };
  };

  describe('an operator goes back', () => {
    let repository: TestRepository;
    let good: PullRequest;
    let pull: PullRequest;
    let other: PullRequest;

    test('the comment says what is done, that git and the cloud differ, and what can be done now', async () => {
      const made = await failed('back');
      ({ repository, good, pull } = made);
      const { comment } = made.seen;
      expect(comment).toContain('1 done, 1 failed');
      expect(comment).toContain('sufficient t3.micro capacity');
      expect(comment).toContain('`main` and the cloud differ');
      expect(comment).toContain('`/slipway retry` goes on where it stopped');
      expect(comment).toContain(`\`/slipway rollback\` plans to go back to what #${good.number} applied`);
      expect(comment).toContain('`/slipway unlock` lets other pull requests change it');
      expect(comment).toMatch(/git restore --source=[0-9a-f]{40} --staged --worktree -- infra\/shop.yaml/);
    });

    test('another pull request is warned', async () => {
      other = await repository.propose({ [template]: server().replace('shop-team', 'web-team') });
      const open = await other.planned();
      expect(open.comment).toContain(`is held by #${pull.number}**, whose apply failed`);
      expect(open.comment).toContain('Merged before that is settled, this waits');
    });

    test.for(['/slipway rollback', '/slipway unlock'])(
      '%s of whoever is no operator is refused',
      async (command) => {
        const before = repliesOf(pull.look()).length;
        for (const login of ['author', 'stranger'] as const) await pull.say(login, command);
        const seen = await pull.until('two refusals', (s) => repliesOf(s).length === before + 2);
        for (const reply of repliesOf(seen).slice(before))
          expect(reply).toContain('may not give commands here');
        expect(isFailed(seen)).toBe(true);
      },
    );

    test('the plan to go back is shown; neither the approval of the merge nor the author counts for it', async () => {
      await pull.say('operator', '/slipway rollback');
      const seen = await pull.until('the plan', asksToGoBack);
      expect(seen.comment).toContain(`Going back to what #${good.number} applied`);
      expect(seen.comment).toContain('1 to delete');
      expect(seen.comment).toContain('nothing is taken back before that');
      await pull.approve('author');
      await pull.until('a refusal', (s) => repliesOf(s).some((r) => r.includes('opened the pull request')));
      expect(await kinds(repository.stack)).toEqual(['security group', 'subnet', 'vpc']);
    });

    test('approved, it is done; the default branch still differs, so others still wait', async () => {
      await pull.approve();
      const seen = await pull.until('that it is rolled back', isRolledBack);
      expect(await kinds(repository.stack)).toEqual(['subnet', 'vpc']);
      expect(seen.comment).toContain(`the cloud is at what #${good.number} applied`);
      expect(seen.comment).toContain('**Revert** on this page');
      expect(repository.deployments()[0]?.states.at(-1)).toBe('failure');
      await pull.until('an open check', (s) => s.checks['slipway/plan']?.conclusion === 'action_required');
      expect(isWarned(other.look())).toBe(true);
      await pull.say('operator', '/slipway retry');
      await pull.until('that there is nothing to retry', (s) =>
        repliesOf(s).some((r) => r.includes('was rolled back')),
      );
    });

    test('the revert has nothing to do; merged it settles the stack, and nobody has to wait any more', async () => {
      const revert = await revertOf(repository, pull);
      const open = await revert.planned();
      expect(open.comment).toContain('Nothing to do: the cloud is there already');
      expect(open.comment).toContain(`Merging it settles #${pull.number}`);
      await revert.until('three green checks', isGreen);
      await revert.merge();
      await pull.until('that it is settled', (s) => s.comment.includes(`**Settled** by #${revert.number}`));
      expect(pull.look().comment).not.toContain('and the cloud differ');
      await other.until('that nothing holds it', (s) => !isWarned(s));
      expect(repository.issues().map((i) => i.state)).toEqual(['closed']);
    });
  });

  describe('an operator lets a fix through', () => {
    let repository: TestRepository;
    let pull: PullRequest;
    let fix: PullRequest;

    test('until then nothing of it is applied, and where to say it is told', async () => {
      ({ repository, pull } = await failed('fixed-forward'));
      fix = await repository.propose({ [template]: subnets(2) });
      await merged(fix);
      const seen = await fix.until('that it is held', isHeld);
      expect(seen.comment).toContain(`On hold: waiting for #${pull.number}`);
      expect(seen.comment).toContain('Nothing of this is applied yet');
      expect(await kinds(repository.stack)).toEqual(['security group', 'subnet', 'vpc']);
      await fix.say('operator', '/slipway unlock');
      await fix.until('where to say it', (s) => repliesOf(s).some((r) => r.includes('unlock there')));
    });

    test('unlocked, it goes on by itself, as it was approved, and settles the failed one', async () => {
      await pull.say('operator', '/slipway unlock');
      await fix.until('the comment to say Applied', (s) => /^## ✅ Applied/m.test(s.comment));
      expect(await kinds(repository.stack)).toEqual(['subnet', 'subnet', 'vpc']);
      await pull.until('that it is settled', (s) => s.comment.includes(`**Settled** by #${fix.number}`));
      expect(repository.issues().map((i) => i.state)).toEqual(['closed']);
    });
  });
});
