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

  describe('in which a template is renamed', () => {
    const other = 'infra/network.yaml';

    test('the stack goes on: who owns the old path says yes, nothing is made or deleted, and it is changed in place', async () => {
      const repository = await createTestRepository(world, 'moved-template', {
        '.github/slipway.yml': settings.replace('"@acme/infra"]', 'codeowners]'),
        CODEOWNERS: `/${template} @reviewer\n/${other} @operator\n`,
      });
      const first = await repository.propose({ [template]: network() });
      await first.planned();
      await first.approve();
      await first.until('three green checks', isGreen);
      await first.merge();
      await first.until('the comment to say Applied', isApplied);
      const before = await world.cloud(repository.stack);
      expect(before).toHaveLength(1);
      // Opened before the move, it has the old path.
      const early = await repository.propose({ [template]: subnets(1) });
      await early.planned();

      const move = await repository.propose({ [template]: undefined, [other]: network() });
      const shown = await move.planned();
      expect(shown.comment).toContain(
        `| \`${other}\`, moved from \`${template}\` | \`dev\` | \`+0 ~0 ±0 -0\` |`,
      );
      expect(shown.comment).toContain('the template moves, nothing else changes');
      expect(shown.comment).toContain(`template moved from ${template}`);
      expect(conclusions(shown)).toBe(unapproved);
      await move.approve('operator');
      await move.until(
        'the old owner alone to be missed',
        (s) => s.checks['slipway/approval']?.title === 'Waiting for @reviewer',
      );
      await move.approve('reviewer');
      await move.until('three green checks', isGreen);
      await move.merge();
      await move.until('the comment to say Applied', isApplied);
      expect(await world.cloud(repository.stack)).toEqual(before);

      // The change under the old path is one at the new path by now.
      const again = await early.until('the plan at the new path', (s) =>
        s.comment.includes(`| \`${other}\` |`),
      );
      expect(again.comment).toContain('`+1 ~0 ±0 -0`');
      expect(again.comment).not.toContain(template);
      await early.approve('operator');
      await early.until('three green checks', isGreen);
      await early.merge();
      await early.until('the comment to say Applied', isApplied);

      const later = await repository.propose({ [other]: subnets(2) });
      expect((await later.planned()).comment).toContain('`+1 ~0 ±0 -0`');
      const fresh = await repository.propose({ [template]: network('10.9.0.0/16') });
      expect((await fresh.planned()).comment).toContain('`+1 ~0 ±0 -0`');
      await fresh.approve('reviewer');
      await fresh.until('three green checks', isGreen);
      await fresh.merge();
      await fresh.until('the comment to say Applied', isApplied);
      expect(await world.cloud(repository.stack.replace('@', '//2@'))).toHaveLength(1);
      const after = await world.cloud(repository.stack);
      expect(after.map((r) => r.kind).sort()).toEqual(['subnet', 'vpc']);
      expect(after).toEqual(expect.arrayContaining([...before]));
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
