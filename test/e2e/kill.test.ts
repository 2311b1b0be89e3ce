import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { until } from '../../src/sandbox/demo/watch.ts';
import { drawn } from '../seeded.ts';
import { chapter, crashes, forEver, wanted } from './crash.ts';
import { isApplied, isGreen, type PullRequest, template } from './repository.ts';
import { describeWithShop } from './shop.ts';

/** One for each way of finding again what was made: by tag, by name, by token, by what it joins. */
const moments = [
  { when: 'before', action: 'CreateVpc', what: 'the very first create was sent' },
  { when: 'after', action: 'CreateSubnet', what: 'a subnet was made, unheard' },
  { when: 'after', action: 'AuthorizeSecurityGroupIngress', what: 'a group had its rules, unheard' },
  { when: 'after', action: 'CreateRole', what: 'a role was made, unheard' },
  { when: 'after', action: 'AttachInternetGateway', what: 'a gateway was attached, unheard' },
  { when: 'after', action: 'RunInstances', what: 'the instance was started, unheard' },
] as const;

await describeWithShop(
  'kill -9 in the middle of an apply',
  (world) => {
    const { shop, proxy } = world;
    const { approved, expectOnce, expectToldOnce, expectEmptyPlan } = crashes(world);

    /** Merges and kills Slipway as soon as such a call is on its way, or has been done without an answer. */
    const killAt = async (pull: PullRequest, action: string, when: 'before' | 'after') => {
      proxy.reset();
      proxy.rules.add({ match: { action, nth: 1 }, fault: { kind: 'delay', ms: forEver, when } });
      await pull.merge();
      await until(
        action,
        async () => proxy.calls.find((c) => c.action === action),
        (call) => call !== undefined && (when === 'before' || call.forwarded),
        20_000,
      );
      // For the emulator to have done it, and for what runs beside it to be anywhere.
      if (when === 'after') await sleep(150);
      await shop.slipway.kill();
      proxy.rules.clear();
    };

    describe('of a whole stack', () => {
      test.for(drawn('KILL', moments, 1))('$when $action: $what', async ({ when, action }) => {
        const text = await chapter('2-fixed');
        const { repository, pull } = await approved(`${when}-${action}`.toLowerCase(), text);
        await killAt(pull, action, when);
        await shop.restart();
        await pull.until('the comment to say Applied', isApplied);
        await expectOnce(repository, wanted);
        await expectToldOnce(repository, pull);
        expect(repository.deployments()).toHaveLength(1);
        await expectEmptyPlan(repository, text);
      });
    });

    test('of a replacement, when the new instance was started, unheard: the old one goes, the new one stays', {
      timeout: 60_000,
    }, async () => {
      const first = await approved('replacement', await chapter('2-fixed'));
      await first.pull.merge();
      await first.pull.until('the comment to say Applied', isApplied);
      const text = await chapter('3-moved');
      const { repository, pull } = await approved('replacement', text, first.repository);
      await killAt(pull, 'RunInstances', 'after');
      await shop.restart();
      await pull.until('the comment to say Applied', isApplied);
      await expectOnce(repository, { ...wanted, subnet: 1 });
      await expectToldOnce(repository, pull);
      await expectEmptyPlan(repository, text);
    });

    test('of a destruction, when the instance was told to end: everything goes', {
      timeout: 60_000,
    }, async () => {
      const first = await approved('destruction', await chapter('2-fixed'));
      await first.pull.merge();
      await first.pull.until('the comment to say Applied', isApplied);
      const pull = await first.repository.propose({ [template]: undefined });
      await pull.planned();
      await pull.approve();
      await pull.until('three green checks', isGreen);
      await killAt(pull, 'TerminateInstances', 'after');
      await shop.restart();
      await pull.until('the comment to say Applied', isApplied);
      expect(await world.cloud(first.repository.stack)).toEqual([]);
      await expectToldOnce(first.repository, pull);
    });
  },
  { database: 'embedded' },
);
