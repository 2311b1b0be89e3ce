/** The contract that every resource type keeps, whoever wrote it. Called inside of a `describe`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import type { Live } from '../../src/provider/provider.ts';
import { resourceType } from '../../src/provider/registry.ts';
import { drawn } from '../seeded.ts';
import type { Change, Example } from './examples/example.ts';
import {
  canonicalOf,
  create,
  type Made,
  makeNeeds,
  newIntent,
  ownershipOf,
  plan,
  planOf,
  read,
  readBy,
  remove,
  resolve,
  update,
  type Workbench,
} from './workbench.ts';

/** @param open a workbench whose stack is this example's alone */
export function contractOf(example: Example, open: () => Workbench): void {
  let refs: ReadonlyMap<string, Live> = new Map();
  let removeNeeds = async () => {};
  let bench: Workbench;
  const type = () => resourceType(example.type, bench.types);
  const resolved = (properties: Properties) => resolve(properties, refs) as Properties;
  const changed = (change: Change) => resolved(withChange(example.properties, change));
  let kept: Made | undefined;
  const drop = async () => {
    const made = kept;
    kept = undefined;
    if (made) await remove(bench, made);
  };
  /** What stays from test to test, as long as each leaves it as it was: to make an instance takes its time. */
  const withKept = async (use: (made: Made) => Promise<Made | undefined>) => {
    const made = kept ?? (await create(bench, 'Example', example.type, resolved(example.properties)));
    kept = undefined;
    try {
      kept = (await use(made)) ?? made;
    } catch (error) {
      await remove(bench, made);
      throw error;
    }
  };

  beforeAll(async () => {
    bench = open();
    const needs = await makeNeeds(bench, example);
    refs = needs.refs;
    removeNeeds = needs.remove;
  });

  afterAll(async () => {
    await drop();
    await removeNeeds();
  });

  test('what was made plans to nothing, read by the stack and by its id', () =>
    withKept(async (made) => {
      const byStack = await readBy(bench, 'stack', made);
      expect(await readBy(bench, 'id', made)).toEqual(byStack);
      expect(byStack?.physicalId).toBe(made.live.physicalId);
      expect(byStack?.attributes).toEqual(made.live.attributes);
      expect(await plan(bench, made, resolved(example.properties))).toMatchObject({
        action: 'none',
        differences: [],
        drift: [],
      });
    }));

  test('create answers what the cloud then has, and has every attribute', () =>
    withKept(async (made) => {
      const missing = Object.keys(example.attributesNotHere ?? {});
      expect([...Object.keys(made.live.attributes), ...missing].sort()).toEqual(
        [...type().attributes].sort(),
      );
      const now = await read(bench, made);
      for (const [name, value] of Object.entries(made.live.properties)) {
        if (!type().writeOnly?.includes(name))
          expect({ [name]: now?.properties[name] }).toEqual({ [name]: value });
      }
    }));

  test('neither reading nor creating gives back a write-only property or a tag of ownership', () =>
    withKept(async (made) => {
      const now = await read(bench, made);
      for (const properties of [made.live.properties, now?.properties ?? {}]) {
        for (const name of type().writeOnly ?? []) expect(properties).not.toHaveProperty([name]);
        expect(JSON.stringify(properties)).not.toContain('slipway:');
      }
    }));

  test('canonical properties are canonical already', () => {
    const all = [
      example.properties,
      ...Object.values(example.edits).map((c) => withChange(example.properties, c)),
    ];
    for (const properties of all) {
      const once = type().canonicalise(resolved(properties));
      expect(type().canonicalise(once)).toEqual(once);
    }
  });

  for (const [name, properties] of Object.entries(example.sameAs ?? {})) {
    test(`means the same: ${name}`, () =>
      withKept(async (made) => {
        const recorded = await canonicalOf(bench, example.type, resolved(properties));
        const planned = await plan(
          bench,
          { ...made, record: { ...made.record, properties: recorded } },
          resolved(properties),
        );
        expect(planned).toMatchObject({ action: 'none', differences: [] });
      }));
  }

  for (const [name, change] of drawn('CONTRACT', Object.entries(example.edits), 1)) {
    test(`is updated in place and back: ${name}`, () =>
      withKept(async (made) => {
        const planned = await plan(bench, made, changed(change));
        expect(planned.action).toBe('update');
        const edited = await update(bench, made, (await read(bench, made))!, changed(change));
        expect(await plan(bench, edited, changed(change))).toMatchObject({
          action: 'none',
          differences: [],
          drift: [],
        });
        // A second time, as after a crash: the same request, with what was before the first.
        await update(bench, made, { ...made.live, physicalId: edited.live.physicalId }, changed(change));
        expect(await plan(bench, edited, changed(change))).toMatchObject({ action: 'none', differences: [] });
        const back = await update(bench, edited, (await read(bench, edited))!, resolved(example.properties));
        expect(await plan(bench, back, resolved(example.properties))).toMatchObject({
          action: 'none',
          differences: [],
        });
        expect(back.live.attributes).toEqual((await read(bench, back))?.attributes);
        return back;
      }));
  }

  for (const [name, change] of Object.entries(example.replacing ?? {})) {
    test(`is replaced: ${name}`, () =>
      withKept(async (made) => {
        const planned = await plan(bench, made, changed(change));
        expect(planned).toMatchObject({
          action: 'replace',
          replaceBecause: expect.arrayContaining([Object.keys(change)[0]]),
        });
        return undefined;
      }));
  }

  test('replaces for every property that the schema says replaces', () =>
    withKept(async (made) => {
      const properties = bench.schemas[example.type]?.properties ?? {};
      const live = await read(bench, made);
      const present = { recorded: [made.record], ...(live ? { live } : {}) };
      for (const [name, { replaces }] of Object.entries(properties)) {
        if (replaces !== 'always') continue;
        const other = changed({ [name]: 'something else' });
        const planned = planOf(bench, 'Example', example.type, other, present);
        // A change may take what else no longer means anything with it: a protocol its ports.
        expect(planned).toMatchObject({
          action: 'replace',
          replaceBecause: expect.arrayContaining([name]),
        });
        expect(planned.order).toMatch(/^(create-before-delete|delete-before-create)$/);
      }
      return undefined;
    }));

  test('tries every property of the schema that can be changed in place, or says why not', () => {
    const properties = bench.schemas[example.type]?.properties ?? {};
    const tried = [...Object.values(example.edits), ...Object.values(example.replacing ?? {})].flatMap(
      Object.keys,
    );
    const untried = Object.entries(properties)
      .filter(([name, { replaces }]) => replaces !== 'always' && !tried.includes(name))
      .map(([name]) => name);
    expect(untried.sort()).toEqual(Object.keys(example.notHere ?? {}).sort());
  });

  test('is gone after a delete, and deleting again is no error', async () => {
    await drop();
    const made = await create(bench, 'Example', example.type, resolved(example.properties));
    expect(await example.count(bench.context.aws, made.live, made.intent, bench.context)).toBe(1);
    await remove(bench, made);
    await remove(bench, made);
    // What is only recorded goes with its record.
    if (example.isOnlyRecorded) return;
    expect(await readBy(bench, 'stack', made)).toBeUndefined();
    expect(await readBy(bench, 'id', made)).toBeUndefined();
    expect(await example.count(bench.context.aws, made.live, made.intent, bench.context)).toBe(0);
  });

  describe('after a crash between the call and its record', () => {
    test('finds what was made, exactly once, and finishes it', async () => {
      await drop();
      await withKept(async (made) => {
        const { logicalId, properties } = made.record;
        const found = await type().find(bench.context, { logicalId, intent: made.intent, properties });
        expect(found?.physicalId).toBe(made.live.physicalId);
        const finished = await type().update(bench.context, {
          logicalId,
          physicalId: found!.physicalId,
          before: found!.properties,
          after: properties,
          ownership: ownershipOf(bench.context, logicalId, made.intent),
        });
        expect(finished.physicalId).toBe(made.live.physicalId);
        expect(finished.attributes).toEqual(made.live.attributes);
        expect(await plan(bench, made, resolved(example.properties))).toMatchObject({ action: 'none' });
        expect(await example.count(bench.context.aws, made.live, made.intent, bench.context)).toBe(1);
        return undefined;
      });
    });

    test(
      example.isOnlyRecorded ? 'finds what was not made either' : 'finds nothing when nothing was made',
      async () => {
        await drop();
        const properties = type().canonicalise(resolved(example.properties));
        const pending = { logicalId: 'Example', intent: newIntent(), properties };
        const found = await type().find(bench.context, pending);
        expect(found !== undefined).toBe(example.isOnlyRecorded !== undefined);
      },
    );
  });
}

function withChange(properties: Properties, change: Change): Properties {
  const merged = Object.entries({ ...properties, ...change });
  return Object.fromEntries(merged.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
