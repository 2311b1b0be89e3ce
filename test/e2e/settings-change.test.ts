import { describe, expect, test } from 'vitest';
import { conclusions, createTestRepository, isGreen, settings, template } from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network } from './templates.ts';

const file = '.github/slipway.yml';
const green = 'plan success, policy success, approval success';

await describeWithShop('a pull request that changes the settings', (world) => {
  describe.concurrent('and nothing else', () => {
    test('is told what would be asked for, what would be left alone, and passes', async () => {
      const repository = await createTestRepository(world, 'explained');
      await (await repository.propose({ [template]: network() })).land();
      const next = settings
        .replace('count: 1', 'count: 2')
        .replace('infra/*.yaml', 'stacks/*.yaml')
        .replace('operators:', '  "prod": { approvals: [{ from: ["@acme/security"] }] }\noperators:');
      const pull = await repository.propose({ [file]: next });
      const seen = await pull.planned();
      expect(conclusions(seen)).toBe(green);
      expect(seen.comment).toContain('The settings change');
      expect(seen.comment).toContain('dev will need 2 of `@acme/infra` instead of 1');
      expect(seen.comment).toContain('The environment prod is added');
      expect(seen.comment).toMatch(/No pull request will change these stacks any more.*infra\/shop\.yaml/);
      expect(seen.checks['slipway/plan']?.text).toContain('The environment prod is added');
      await pull.merge();
      const after = await repository.propose({ 'stacks/web.yaml': network('10.2.0.0/16') });
      expect((await after.planned()).comment).toContain('Waiting for 2 of `@acme/infra`');
    });

    test('with a mistake: the plan check fails on its line, and the pull requests of today are judged as before', async () => {
      const repository = await createTestRepository(world, 'mistaken');
      const wrong = settings.replace('approvals:', 'aprovals:');
      const seen = await (await repository.propose({ [file]: wrong })).planned();
      expect(conclusions(seen)).toBe('plan failure, policy failure, approval failure');
      expect(seen.checks['slipway/plan']?.annotations[0]).toMatchObject({
        path: file,
        startLine: wrong.split('\n').findIndex((line) => line.includes('aprovals')) + 1,
      });
      const other = await repository.propose({ [template]: network() });
      expect(conclusions(await other.planned())).toBe(
        'plan success, policy success, approval action_required',
      );
    });

    test('so that what is wrong on the base branch is right again can be merged by its author', async () => {
      const broken = settings.replace('operators:', 'operator:');
      const repository = await createTestRepository(world, 'mended', { [file]: broken });
      const pull = await repository.propose({ [file]: settings });
      const seen = await pull.until('three green checks', isGreen);
      expect(seen.comment).toContain('can be read again');
      await pull.merge();
    });

    test('and a file besides does not pass while the settings are broken: nobody knows whether that is a template', async () => {
      const broken = settings.replace('operators:', 'operator:');
      const repository = await createTestRepository(world, 'mended-besides', { [file]: broken });
      const pull = await repository.propose({ [file]: settings, [template]: network() });
      expect(conclusions(await pull.planned())).toBe('plan failure, policy failure, approval failure');
    });
  });
});
