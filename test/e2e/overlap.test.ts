import { describe, expect, test } from 'vitest';
import { createTestRepository, isGreen } from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network, subnets } from './templates.ts';

const file = 'infra/shop.yaml';

await describeWithShop('pull requests that plan the same stack', (world) => {
  describe.concurrent('say so of one another', () => {
    test('whichever came first, as long as both are open, and no approval is lost by it', async () => {
      const repository = await createTestRepository(world, 'overlapping');
      await (await repository.propose({ [file]: network() })).land();

      const first = await repository.propose({ [file]: network('10.2.0.0/16') });
      const alone = await first.planned();
      expect(alone.comment).not.toContain('If another pull request lands first');
      await first.approve();
      await first.until('three green checks', isGreen);

      const second = await repository.propose({ [file]: network('10.3.0.0/16') });
      const { comment } = await second.planned();
      expect(comment).toContain(
        `both change \`CidrBlock\`: #${first.number} to \`10.2.0.0/16\`, this one to \`10.3.0.0/16\``,
      );
      const told = await first.until('the second to be named', (s) =>
        s.comment.includes(`#${second.number} to \`10.3.0.0/16\`, this one to \`10.2.0.0/16\``),
      );
      expect(isGreen(told)).toBe(true);

      const third = await repository.propose({ [file]: subnets(1) });
      const hanging = (n: number) => `\`Subnet0\` here needs \`Vpc\`, which #${n} is to replace`;
      expect((await third.planned()).comment).toContain(hanging(first.number));

      await first.merge();
      await first.until('it to be applied', (s) => /^## ✅ Applied/m.test(s.comment));
      await second.until('the first to be named no more', (s) => !s.comment.includes(`#${first.number} `));
      await second.close();
      await third.until('nobody to be named', (s) => !s.comment.includes('lands first'));
    });

    test('and when they have nothing in common but the stack', async () => {
      const repository = await createTestRepository(world, 'side-by-side');
      await (await repository.propose({ [file]: network() })).land();
      const one = await repository.propose({ [file]: subnets(1) });
      await one.planned();
      const other = await repository.propose({ [file]: subnets(1).replaceAll('Subnet0', 'Another') });
      expect((await other.planned()).comment).toContain(
        `#${one.number} changes this stack too, but nothing that is planned here: this plan stays as it is.`,
      );
    });
  });
});
