import { afterAll, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { likeAws, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { quickClock } from './quick-clock.ts';
import { contextOf, create, plan, remove } from './workbench.ts';

const type = 'AWS::EC2::PlacementGroup';

/** As test/contract/faults.test.ts, which asks moto itself how many there are, and moto has none. */
await describeWithServices('placement groups when things go wrong', ['moto'], async ({ moto }) => {
  const clock = quickClock();
  const proxy = await startFaultProxy({ target: moto.url, rules: likeAws, clock });
  const aws = openAws(awsClientConfig(moto, proxy.url));
  afterAll(async () => {
    aws.destroy();
    await proxy.stop();
  });
  const bench = {
    types: registry,
    schemas: typeSchemas,
    context: contextOf(aws, clock, 'acme/shop:infra/placement.yaml@test'),
  };
  const groups = async () => (await (await aws.ec2()).describePlacementGroups({})).PlacementGroups ?? [];

  test.each(['before', 'after'] as const)(
    'one is made when its create is cut %s AWS has it',
    async (when) => {
      proxy.rules.add({ match: { action: 'CreatePlacementGroup', nth: 1 }, fault: { kind: 'cut', when } });
      const made = await create(bench, 'Group', type, { Strategy: 'spread' });
      expect(await groups()).toMatchObject([{ GroupName: made.live.physicalId, SpreadLevel: 'rack' }]);
      expect(await plan(bench, made, { Strategy: 'spread' })).toMatchObject({
        action: 'none',
        differences: [],
      });
      await remove(bench, made);
      await remove(bench, made);
      expect(await groups()).toEqual([]);
    },
  );

  test('a template that says nothing means a cluster', async () => {
    const made = await create(bench, 'Group', type, {});
    expect(await groups()).toMatchObject([{ Strategy: 'cluster' }]);
    expect(await plan(bench, made, {})).toMatchObject({ action: 'none' });
    expect(await plan(bench, made, { Strategy: 'spread' })).toMatchObject({
      action: 'replace',
      order: 'create-before-delete',
    });
    await remove(bench, made);
  });
});
