import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../../src/sandbox/demo/watch.ts';
import { chapter, crashes, forEver, isApplied, wanted } from './crash.ts';
import { describeWithShop } from './shop.ts';

await describeWithShop('kill -9 while GitHub is told of an apply', (world) => {
  const { shop } = world;
  const { approved, expectOnce, expectToldOnce } = crashes(world);
  const deployments = '/repos/{owner}/{repo}/deployments';

  test.for([
    { what: 'the deployment was made, unheard', path: `POST ${deployments}`, when: 'afterHandling' },
    {
      what: 'the progress comment was written, unheard',
      path: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      when: 'afterHandling',
    },
    {
      what: 'everything was applied and nobody was told',
      path: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      when: 'before',
    },
    {
      what: 'everything was applied and the deployment was not told',
      path: `POST ${deployments}/{deployment_id}/statuses`,
      when: 'before',
    },
  ] as const)('when $what: it is told once', { timeout: 60_000 }, async ({ what, path, when }) => {
    const text = await chapter('2-fixed');
    const { repository, pull } = await approved(what.replaceAll(/\W+/g, '-').toLowerCase(), text);
    const { faults, requests } = shop.github;
    faults.clear();
    // The first status says that it begins, the second how it ended.
    if (path.endsWith('statuses')) faults.onRequests({ path }, { kind: 'delay', milliseconds: 0 });
    faults.onRequests(
      { path },
      when === 'before' ? { kind: 'delay', milliseconds: forEver } : { kind: 'cut', afterHandling: true },
    );
    const before = requests.entries.length;
    await pull.merge();
    await (when === 'before'
      ? until(
          'the end of the run',
          async () => shop.slipway.log(),
          (log) => log.includes('create Server done'),
        )
      : until(
          'the call',
          async () => requests.entries.slice(before).filter((e) => e.route === path),
          (all) => all.length > 0,
        ));
    if (when === 'before') await sleep(500);
    await shop.slipway.kill();
    faults.clear();
    await shop.restart();
    await pull.until('the comment to say Applied', isApplied);
    await expectOnce(repository, wanted);
    await expectToldOnce(repository, pull);
    expect(repository.deployments()).toHaveLength(1);
  });
});
