import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readThePlan, until } from '../../src/sandbox/demo/watch.ts';
import type { RequestFault } from '../../src/sandbox/github/http/faults.ts';
import { drawn } from '../seeded.ts';
import { chapter, crashes, forEver, wanted } from './crash.ts';
import {
  createTestRepository,
  isApplied,
  isGreen,
  type PullRequest,
  type TestRepository,
  template,
} from './repository.ts';
import { describeWithShop } from './shop.ts';

interface Moment {
  readonly what: string;
  /** The call that goes wrong, and how. */
  readonly path: string;
  readonly fault: RequestFault;
  /** Whether it is time for the kill. */
  readonly isThere: (repository: TestRepository, pull: PullRequest, log: string) => boolean;
}

const deployments = '/repos/{owner}/{repo}/deployments';
const unheard: RequestFault = { kind: 'cut', afterHandling: true };
const held: RequestFault = { kind: 'delay', milliseconds: forEver };

const moments: readonly Moment[] = [
  {
    what: 'the deployment was made, unheard',
    path: `POST ${deployments}`,
    fault: unheard,
    isThere: (repository) => repository.deployments().length > 0,
  },
  {
    what: 'the progress comment was written, unheard',
    path: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    fault: unheard,
    isThere: (_, pull) => pull.look().comments.some((c) => c.body.startsWith('<!-- slipway:progress')),
  },
  {
    what: 'all was applied and no comment says so',
    path: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
    fault: held,
    isThere: (_, __, log) => log.includes('create Server done'),
  },
  {
    what: 'all was applied and the deployment still waits',
    path: `POST ${deployments}/{deployment_id}/statuses`,
    fault: held,
    isThere: (_, __, log) => log.includes('create Server done'),
  },
];

await describeWithShop('kill -9 while GitHub is told of an apply', (world) => {
  const { shop } = world;
  const { approved, expectOnce, expectToldOnce } = crashes(world);

  test.for(drawn('KILL', moments, 1))('when $what: it is told once', async (moment) => {
    const { what, path, fault, isThere } = moment;
    const name = what.replaceAll(/\W+/g, '-');
    const { repository, pull } = await approved(name, await chapter('2-fixed'));
    const { faults } = shop.github;
    // The first of them says that it begins, which is waited for; a later one how it ended.
    if (fault === held) faults.onRequests({ path }, { kind: 'delay', milliseconds: 0 });
    faults.onRequests({ path }, fault);
    await pull.merge();
    await until('the moment', async () => isThere(repository, pull, shop.slipway.log()), Boolean);
    // From the end of the run to what is said of it.
    if (fault === held) await sleep(500);
    await shop.slipway.kill();
    faults.clear();
    await shop.restart();
    await pull.until('the comment to say Applied', isApplied);
    await expectOnce(repository, wanted);
    await expectToldOnce(repository, pull);
    expect(repository.deployments()).toHaveLength(1);
  });

  test('when an approval was shown and not yet remembered: it counts all the same', async () => {
    const repository = await createTestRepository(world, 'approved-unremembered');
    const pull = await repository.propose({ [template]: await chapter('2-fixed') });
    await pull.planned();
    await readThePlan();
    shop.github.faults.onRequests({ path: 'POST /repos/{owner}/{repo}/check-runs' }, held);
    await pull.say('reviewer', 'approve');
    await pull.until('the comment to count it', (seen) => /^## 🟢 Approved/m.test(seen.comment));
    await shop.slipway.kill();
    shop.github.faults.clear();
    await shop.restart();
    await pull.until('three green checks', isGreen);
    await pull.merge();
    await pull.until('the comment to say Applied', isApplied);
  });

  test('a lost answer alone makes no second comment and no second deployment', async () => {
    const { repository, pull } = await approved('lost-answers', await chapter('2-fixed'));
    for (const { path, fault } of moments) {
      if (fault === unheard) shop.github.faults.onRequests({ path }, fault);
    }
    await pull.merge();
    await pull.until('the comment to say Applied', isApplied);
    shop.github.faults.clear();
    await expectToldOnce(repository, pull);
    expect(repository.deployments()).toHaveLength(1);
  });
});
