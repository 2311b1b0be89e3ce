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

describe('an imported resource', () => {
  const made = (world: World, properties: object) =>
    world.cloud.add({
      id: 'tagged-by-hand',
      type: 'Test::Tagged',
      properties: properties as never,
      tags: { team: 'shop' },
      madeBy: 'hand',
    });
  const imported = (properties: object, more: object = {}) => [
    resource(
      'Mine',
      'Test::Tagged',
      { Size: 1, ...properties },
      {
        metadata: { Slipway: { Import: 'tagged-by-hand' } },
        ...more,
      },
    ),
    resource('User', 'Test::Tagged', { Parent: ref('Mine') }),
  ];

  test.each([
    ['as it is', imported({ Note: 'a' })],
    ['and changed', imported({ Note: 'b', Label: 'x' })],
  ])(
    'is there once, marked and recorded, wherever a process dies while it is imported %s',
    async (_, desired) => {
      for (let point = 0; ; point++) {
        const world = createWorld();
        made(world, { Size: 1, Note: 'a' });
        world.cloud.advance(10_000);
        const process = createProcess((_name, count) => count === point);
        const ended = await attempt(world, stackOf(desired), { process });
        if (ended.kind === 'applied') {
          expect(ended.plan.changes[0]).toMatchObject({ action: 'import', physicalId: 'tagged-by-hand' });
          break;
        }
        await succeed(world, ...desired);
        expect((await records(world))[0]).toBe('Mine current tagged-by-hand');
        expect(tagOf(world, 'tagged-by-hand')).toBe('Mine');
        expect(world.cloud.get('tagged-by-hand')?.properties).toMatchObject(desired[0]!.properties);
        expect(world.cloud.live()).toHaveLength(2);
        for (const metadata of [desired[0]!.metadata, {}]) {
          const plan = await planOnce(world, stackOf([{ ...desired[0]!, metadata }, desired[1]!]));
          expect(hasChanges(plan)).toBe(false);
        }
        expect(await attempt(world, undefined)).toMatchObject({ result: { status: 'succeeded' } });
        expect(world.cloud.live()).toEqual([]);
      }
    },
  );

  test('has attributes that are in no plan before it is there, and are plain after, wherever a process dies', async () => {
    const arn = { 'Fn::GetAtt': ['Mine', 'Arn'] };
    const desired = stackOf(
      [
        ...imported({ Note: 'a' }),
        resource('Making', 'Test::Tagged', { Parent: ref('Mine'), Label: arn }),
        resource('Staying', 'Test::Tagged', { Size: 7, Note: arn }),
      ],
      { Arn: arn },
    );
    for (let point = 0; ; point++) {
      const world = createWorld();
      await succeed(world, resource('Staying', 'Test::Tagged', { Size: 7, Note: 'arn:tagged-by-hand' }));
      made(world, { Size: 1, Note: 'a' });
      world.cloud.advance(10_000);
      const plan = await planOnce(world, desired);
      expect(JSON.stringify(plan.changes.map((c) => c.after))).not.toContain('arn:tagged-by-hand');
      expect(plan.changes.map((c) => c.action)).toEqual(['create', 'import', 'none', 'create']);
      const process = createProcess((_name, count) => count === point);
      const ended = await attempt(world, desired, { process });
      if (ended.kind !== 'applied') {
        expect(ended.kind).toBe('died');
        expect(await attempt(world, desired)).toMatchObject({ result: { status: 'succeeded' } });
      }
      const now = new Map((await world.state.resources(stack)).map((r) => [r.logicalId, r]));
      expect(now.get('Making')?.properties.Label).toBe('arn:tagged-by-hand');
      expect(now.get('Staying')?.properties.Note).toBe('arn:tagged-by-hand');
      expect(world.cloud.get(now.get('Making')!.physicalId)?.properties.Label).toBe('arn:tagged-by-hand');
      expect((await world.state.stack(stack))?.outputs.Arn?.value).toBe('arn:tagged-by-hand');
      expect(hasChanges(await planOnce(world, desired))).toBe(false);
      if (ended.kind === 'applied') break;
    }
  });

  test('is recorded as it is, also when the update after it is refused', async () => {
    const world = createWorld();
    made(world, { Size: 1, Note: 'a' });
    world.cloud.advance(10_000);
    const ended = await attempt(world, stackOf(imported({ Note: 'b' })), {
      fault: (name) => (name === 'Set Test::Tagged' ? 'refused' : 'none'),
    });
    expect(ended).toMatchObject({ result: { failed: [{ operation: { id: 'update Mine' } }] } });
    expect((await world.state.resources(stack))[0]?.properties).toMatchObject({ Size: 1, Note: 'a' });
  });

  test('that is gone later is made anew, though the metadata stays and the first attempt fails', async () => {
    const world = createWorld();
    made(world, { Size: 1, Note: 'a' });
    world.cloud.advance(10_000);
    const desired = imported({ Note: 'a' });
    await succeed(world, ...desired);
    world.cloud.vanish('tagged-by-hand');
    const ended = await attempt(world, stackOf(desired), {
      fault: (name) => (name === 'Create Test::Tagged' ? 'refused' : 'none'),
    });
    expect(ended).toMatchObject({ result: { status: 'failed' } });
    await succeed(world, ...desired);
    expect(await records(world)).toEqual([
      expect.stringMatching(/^Mine current tagged-\d+$/),
      expect.stringMatching(/^User current tagged-\d+$/),
    ]);
  });

  test("that another takes in the same moment is that one's, in the state and by its mark, and nothing deletes it", async () => {
    const world = createWorld();
    const { state } = world;
    made(world, { Size: 1, Note: 'a' });
    world.cloud.advance(10_000);
    const other = 'acme/other:infra/other.yaml@dev';
    // Between the mark and the record: the other one has looked before, and has marked it first.
    const end: World['state']['end'] = async (outcome, lock) => {
      if (outcome.put?.physicalId === 'tagged-by-hand') {
        const updatedAt = world.cloud.clock.now().toISOString();
        const target = { account: '111111111111', region: 'eu-west-1', environment: 'dev', file: 'x' };
        await state.putStack({ ...target, id: other, status: 'applied', outputs: {}, updatedAt });
        await state.putStack({ ...target, id: stack, status: 'applying', outputs: {}, updatedAt });
        const theirs = (await state.lock(other, 'theirs', 1000))!;
        await state.putResource({ ...outcome.put, stack: other, logicalId: 'Theirs' }, theirs);
      }
      return state.end(outcome, lock);
    };
    const ended = await attempt({ ...world, state: { ...state, end } }, stackOf(imported({ Note: 'a' })));
    expect(ended).toMatchObject({
      kind: 'applied',
      result: { status: 'failed', failed: [{ operation: { id: 'import Mine' } }] },
    });
    expect(await records(world)).toEqual([]);
    expect(world.cloud.get('tagged-by-hand')?.tags).toMatchObject({
      'slipway:stack': other,
      'slipway:logical-id': 'Theirs',
    });
    expect(await attempt(world, undefined)).toMatchObject({ result: { status: 'succeeded' } });
    expect(world.cloud.live().map((o) => o.id)).toEqual(['tagged-by-hand']);
  });

  test('that another has taken since the plan was made is left to that one', async () => {
    const world = createWorld();
    const object = made(world, { Size: 1, Note: 'a' });
    world.cloud.advance(10_000);
    const ended = await attempt(world, stackOf(imported({ Note: 'b' })), {
      onPlan: () => {
        object.tags = { 'slipway:stack': 'another' };
      },
    });
    expect(ended).toMatchObject({
      result: { status: 'failed', failed: [{ operation: { id: 'import Mine' } }] },
    });
    expect(object.tags).toEqual({ 'slipway:stack': 'another' });
    expect(await records(world)).toEqual([]);
  });
});
