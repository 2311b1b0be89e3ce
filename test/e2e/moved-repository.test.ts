import { describe, expect, test } from 'vitest';
import { conclusions, createTestRepository, isApplied, isGreen, settings, template } from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network, subnets } from './templates.ts';

const unapproved = 'plan success, policy success, approval action_required';

await describeWithShop('a repository that does not stay where it is', (world) => {
  const { github, app } = world.shop;

  describe('renamed', () => {
    test('keeps its stacks: a change of them is planned as one, approved and applied', async () => {
      const repository = await createTestRepository(world, 'first-name');
      await (await repository.propose({ [template]: network() })).land();
      const open = await repository.propose({ [template]: subnets(1) });
      await open.planned();
      await github.renameRepository(repository.fullName, 'second-name');
      await open.push({ [template]: subnets(2) });
      const seen = await open.until('the plan', (s) => s.comment.includes('`+2 ~0 ±0 -0`'));
      expect(seen.planComments).toBe(1);
      await open.land();
      expect((await world.cloud(repository.stack)).map((r) => r.kind).sort()).toEqual([
        'subnet',
        'subnet',
        'vpc',
      ]);
    });

    test('leaves nothing to a new repository that takes its old name', async () => {
      const repository = await createTestRepository(world, 'first-name', {
        '.github/slipway.yml': settings.replace('reviewer', 'author'),
      });
      const pull = await repository.propose({ [template]: network() });
      expect((await pull.planned()).comment).toContain('`+1 ~0 ±0 -0`');
      await pull.land();
      // What the first one has is as it was, and tagged as its own.
      expect(await world.cloud(repository.stack)).toHaveLength(3);
      const own = (await world.cloud()).filter((r) =>
        r.tags['slipway:stack']?.startsWith(`${repository.fullName}+`),
      );
      expect(own).toHaveLength(1);
    });

    test('while it waits for its merge: the approval stands, and is what is applied', async () => {
      const repository = await createTestRepository(world, 'approved-name');
      const pull = await repository.propose({ [template]: network() });
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      await github.renameRepository(repository.fullName, 'applied-name');
      await pull.merge();
      await pull.until('the comment to say Applied', isApplied);
      expect(await world.cloud(repository.stack)).toHaveLength(1);
    });
  });

  test('transferred to an organisation where the App is, keeps its stacks', async () => {
    await github.createOrganisation('globex', { owners: ['operator'], members: ['author', 'reviewer'] });
    await github.install(app.appId, 'globex');
    const repository = await createTestRepository(world, 'sold', {
      '.github/slipway.yml': settings.replaceAll('"@acme/infra"', '"@reviewer", "@operator"'),
    });
    await (await repository.propose({ [template]: network() })).land();
    await github.transferRepository(repository.fullName, 'globex');
    const pull = await repository.propose({ [template]: subnets(1) });
    expect((await pull.planned()).comment).toContain('`+1 ~0 ±0 -0`');
    await pull.land();
    expect(await world.cloud(repository.stack)).toHaveLength(2);
  });

  test('from which the App is taken off and put back: nothing is destroyed, what is open is planned again', async () => {
    const repository = await createTestRepository(world, 'reinstalled');
    await (await repository.propose({ [template]: network() })).land();
    const before = await repository.propose({ [template]: subnets(1) });
    await before.planned();
    await github.uninstall(app.installationId);
    await before.push({ [template]: subnets(2) });
    const after = await repository.propose({ [template]: network('10.5.0.0/16') });
    expect(await world.cloud(repository.stack)).toHaveLength(1);
    await github.install(app.appId, 'acme');
    const seen = await before.until('the plan of the push', (s) => s.comment.includes('`+2 ~0 ±0 -0`'));
    expect(seen.planComments).toBe(1);
    expect(conclusions(await before.planned())).toBe(unapproved);
    expect(conclusions(await after.planned())).toBe(unapproved);
  });
});
