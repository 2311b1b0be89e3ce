import { afterAll, describe, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import type { Live } from '../../src/provider/provider.ts';
import { readUnrecorded } from '../../src/provider/refresh.ts';
import { registry, resourceType } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { examples } from './examples/index.ts';
import { quickClock } from './quick-clock.ts';
import {
  contextOf,
  create,
  makeNeeds,
  newIntent,
  ownershipOf,
  planOf,
  remove,
  resolve,
} from './workbench.ts';

test('every type says whether it can be imported, or why not', () => {
  const silent = Object.values(registry).filter(({ adoption }) => adoption === undefined);
  expect(silent.map(({ type }) => type)).toEqual([]);
});

await describeWithServices('what can be imported', ['moto'], async ({ moto }) => {
  const clock = quickClock();
  const aws = openAws(awsClientConfig(moto));
  afterAll(() => aws.destroy());
  const typeOf = (name: string) => resourceType(name, registry);
  const adoptable = examples.flatMap((example) => {
    const { adoption } = typeOf(example.type);
    if (!adoption || 'refused' in adoption || example.notOnMoto !== undefined) return [];
    return [{ ...example, tagsOf: adoption.tags }];
  });

  describe.each(adoptable)('$type', (example) => {
    const stack = `acme/shop:infra/import-${example.type.replaceAll('::', '-')}.yaml@test`;
    const bench = { types: registry, schemas: typeSchemas, context: contextOf(aws, clock, stack) };
    const { context } = bench;

    test('is read by its id, planned as it is, marked as ours, and not changed by that', async () => {
      const needs = await makeNeeds(bench, example);
      const properties = resolve(example.properties, needs.refs) as Properties;
      const made = await create(bench, 'Example', example.type, properties);
      try {
        const { physicalId } = made.record;
        expect(await example.tagsOf(context, physicalId)).toMatchObject({ 'slipway:stack': stack });

        const wanted = {
          logicalId: 'Taken',
          type: example.type,
          physicalId,
          properties: typeOf(example.type).canonicalise(properties),
        };
        const read = async (): Promise<Live> =>
          (await readUnrecorded(context, [wanted], typeOf)).get('Taken')!;
        const live = await read();
        const change = planOf(bench, 'Taken', example.type, properties, { adopted: live });
        expect(change).toMatchObject({ action: 'import', physicalId, differences: [] });

        const ownership = ownershipOf(context, 'Taken', newIntent());
        const present = change.before!;
        await typeOf(example.type).update(context, {
          logicalId: 'Taken',
          physicalId,
          before: present,
          after: present,
          ownership,
        });
        expect(await example.tagsOf(context, physicalId)).toMatchObject(ownership);
        expect(await read()).toEqual(live);
        expect(
          (await readUnrecorded(context, [{ ...wanted, physicalId: `${physicalId}0` }], typeOf)).size,
        ).toBe(0);
      } finally {
        await remove(bench, made);
        await needs.remove();
      }
    });
  });
});
