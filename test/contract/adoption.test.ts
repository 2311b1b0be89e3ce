import { afterAll, describe, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry, resourceType } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { examples } from './examples/index.ts';
import { importedAsItIs } from './imported-as-it-is.ts';
import { quickClock } from './quick-clock.ts';
import { contextOf } from './workbench.ts';

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
    return [example];
  });

  describe.each(adoptable)('$type', (example) => {
    const stack = `acme/shop:infra/import-${example.type.replaceAll('::', '-')}.yaml@test`;
    const bench = { types: registry, schemas: typeSchemas, context: contextOf(aws, clock, stack) };
    test('is read by its id, planned as it is, marked as ours, and not changed by that', () =>
      importedAsItIs(example, bench));
  });
});
