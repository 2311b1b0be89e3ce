import { expect } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import type { Live } from '../../src/provider/provider.ts';
import { readUnrecorded } from '../../src/provider/refresh.ts';
import { resourceType } from '../../src/provider/registry.ts';
import type { Example } from './examples/example.ts';
import {
  create,
  makeNeeds,
  newIntent,
  ownershipOf,
  planOf,
  remove,
  resolve,
  type Workbench,
} from './workbench.ts';

/** What every type that can be imported keeps, whoever wrote it. One that the cloud has no mark for bears none. */
export async function importedAsItIs(example: Example, bench: Workbench): Promise<void> {
  const { context } = bench;
  const typeOf = (name: string) => resourceType(name, bench.types);
  const { adoption } = typeOf(example.type);
  if (!adoption || 'refused' in adoption) throw new Error(`${example.type} cannot be imported`);
  const needs = await makeNeeds(bench, example);
  const properties = resolve(example.properties, needs.refs) as Properties;
  const made = await create(bench, 'Example', example.type, properties);
  try {
    const { physicalId } = made.record;
    const isMarked = Object.keys(await adoption.tags(context, physicalId)).length > 0;
    const expectMarks = async (marks: object) =>
      expect(await adoption.tags(context, physicalId)).toMatchObject(isMarked ? marks : {});
    await expectMarks({ 'slipway:stack': context.stack });

    const wanted = {
      logicalId: 'Taken',
      type: example.type,
      physicalId,
      properties: typeOf(example.type).canonicalise(properties),
    };
    const read = async (): Promise<Live> => (await readUnrecorded(context, [wanted], typeOf)).get('Taken')!;
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
    await expectMarks(ownership);
    expect(await read()).toEqual(live);
    const another = { ...wanted, physicalId: `${physicalId}0` };
    expect((await readUnrecorded(context, [another], typeOf)).size).toBe(0);
  } finally {
    await remove(bench, made);
    await needs.remove();
  }
}
