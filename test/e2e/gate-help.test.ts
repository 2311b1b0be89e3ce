import { describe, expect, test } from 'vitest';
import { readThePlan } from '../../src/sandbox/demo/watch.ts';
import {
  createTestRepository,
  isGreen,
  type Login,
  type PullRequest,
  repliesOf,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';
import { network } from './templates.ts';

await describeWithShop('what is answered', (world) => {
  const proposed = async (name: string) => {
    const repository = await createTestRepository(world, name);
    const pull = await repository.propose({ [template]: network() });
    await pull.planned();
    return pull;
  };
  /** What Slipway answers next. */
  const answer = async (pull: PullRequest, who: Login, said: string) => {
    const before = repliesOf(pull.look()).length;
    await pull.say(who, said);
    const seen = await pull.until('a reply', (s) => repliesOf(s).length > before);
    return repliesOf(seen)[before]!;
  };
  const verbsIn = (help: string) => [...help.matchAll(/^\| `\/slipway (\w+)/gm)].map((m) => m[1]);

  test('help shows what this person may do here now', async () => {
    const pull = await proposed('help');
    await readThePlan();
    expect(verbsIn(await answer(pull, 'operator', '/slipway help'))).toEqual(['plan', 'approve', 'help']);
    expect(verbsIn(await answer(pull, 'author', '/slipway help'))).toEqual(['help']);
    expect(verbsIn(await answer(pull, 'stranger', '/slipway'))).toEqual(['help']);
    await pull.approve();
    await pull.until('three green checks', isGreen);
    expect(verbsIn(await answer(pull, 'reviewer', '/slipway help'))).toEqual(['plan', 'help']);
    await pull.merge();
    await pull.until('the comment to say Applied', (s) => s.comment.includes('Applied'));
    expect(verbsIn(await answer(pull, 'operator', '/slipway help'))).toEqual(['rollback', 'help']);
  });

  describe.concurrent('a command that is for all environments refuses one', () => {
    test.for(['plan', 'apply', 'cancel'])('%s', async (verb) => {
      const pull = await proposed(`whole-${verb}`);
      expect(await answer(pull, 'operator', `/slipway ${verb} dev`)).toBe(
        `Not done: ${verb} takes no environment: it is for all of them. Comment /slipway ${verb} alone.`,
      );
    });
  });
});
