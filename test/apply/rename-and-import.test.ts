import { describe, expect, test } from 'vitest';
import { hasChanges } from '../../src/plan/plan.ts';
import type { DesiredResource } from '../../src/stack/stack.ts';
import { attempt, createWorld, planOnce, resource, stack, stackOf, type World } from './engine.ts';
import { createProcess } from './simulator.ts';

const ref = (id: string) => ({ Ref: id });
const renamed = (old: string) => ({ metadata: { Slipway: { RenamedFrom: old } } });

async function succeed(world: World, ...resources: DesiredResource[]): Promise<void> {
  const ended = await attempt(world, stackOf(resources));
  expect(ended).toMatchObject({ kind: 'applied', result: { status: 'succeeded' } });
}

const records = async (world: World) =>
  (await world.state.resources(stack)).map((r) => `${r.logicalId} ${r.generation} ${r.physicalId}`);
const tagOf = (world: World, id: string) => world.cloud.get(id)?.tags['slipway:logical-id'];

const before = [
  resource('Old', 'Test::Tagged', { Size: 1, Note: 'a' }),
  resource('User', 'Test::Tagged', { Parent: ref('Old') }),
];
const moved = (properties: object = {}, more: object = {}) => [
  resource('New', 'Test::Tagged', { Size: 1, Note: 'a', ...properties }, { ...renamed('Old'), ...more }),
  resource('User', 'Test::Tagged', { Parent: ref('New') }),
];

describe('a renamed resource', () => {
  test('stays what it is, and its tag says its new name', async () => {
    const world = createWorld();
    await succeed(world, ...before);
    await succeed(world, ...moved());
    expect(await records(world)).toEqual(['New current tagged-1', 'User current tagged-2']);
    expect(tagOf(world, 'tagged-1')).toBe('New');
    expect((await world.state.resources(stack))[1]?.dependsOn).toEqual(['New']);
    for (const metadata of [renamed('Old').metadata, {}]) {
      const plan = await planOnce(world, stackOf(moved({}, { metadata })));
      expect(hasChanges(plan)).toBe(false);
    }
  });

  test('that is replaced at once leaves nothing behind', async () => {
    const world = createWorld();
    await succeed(world, ...before);
    await succeed(world, ...moved({ Size: 2 }));
    expect(await records(world)).toEqual(['New current tagged-3', 'User current tagged-4']);
    expect(world.cloud.live().map((o) => o.id)).toEqual(['tagged-3', 'tagged-4']);
  });

  test('whose tag cannot be written keeps its old name, and is renamed by the next apply', async () => {
    const world = createWorld();
    await succeed(world, ...before);
    const ended = await attempt(world, stackOf(moved()), {
      fault: (name) => (name === 'Tag Test::Tagged' ? 'refused' : 'none'),
    });
    expect(ended).toMatchObject({ result: { status: 'failed' } });
    expect(await records(world)).toEqual(['Old current tagged-1', 'User current tagged-2']);
    await succeed(world, ...moved());
    expect(await records(world)).toEqual(['New current tagged-1', 'User current tagged-2']);
    expect(tagOf(world, 'tagged-1')).toBe('New');
  });

  test.each([
    ['renamed', moved(), ['tagged-1', 'tagged-2']],
    ['renamed and changed', moved({ Note: 'b' }), ['tagged-1', 'tagged-2']],
    ['renamed and replaced', moved({ Size: 2 }), ['tagged-3', 'tagged-4']],
  ])('is there once, under one name, wherever a process dies while it is %s', async (_, desired, ids) => {
    for (let point = 0; ; point++) {
      const world = createWorld();
      await succeed(world, ...before);
      const process = createProcess((_name, count) => count === point);
      const ended = await attempt(world, stackOf(desired), { process });
      if (ended.kind === 'applied') break;
      await succeed(world, ...desired);
      expect((await records(world)).map((r) => r.split(' ', 2).join(' '))).toEqual([
        'New current',
        'User current',
      ]);
      expect(tagOf(world, (await world.state.resources(stack))[0]!.physicalId)).toBe('New');
      expect(world.cloud.live()).toHaveLength(ids.length);
      expect(hasChanges(await planOnce(world, stackOf(desired)))).toBe(false);
    }
  });
});
