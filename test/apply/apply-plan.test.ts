import { describe, expect, test } from 'vitest';
import { type Change, hasChanges } from '../../src/plan/plan.ts';
import type { DesiredResource } from '../../src/stack/stack.ts';
import { attempt, createWorld, lockTtlMs, planOnce, resource, stack, stackOf, type World } from './engine.ts';
import { createProcess, type Fault } from './simulator.ts';

const named = (id: string, name: string, more = {}) => resource(id, 'Test::Named', { Name: name, ...more });
const ref = (id: string) => ({ Ref: id });

/** A world in which this has been applied. */
async function applied(...resources: DesiredResource[]): Promise<World> {
  const world = createWorld();
  await succeed(world, ...resources);
  return world;
}

async function succeed(world: World, ...resources: DesiredResource[]): Promise<void> {
  const ended = await attempt(world, stackOf(resources));
  expect(ended).toMatchObject({ kind: 'applied', result: { status: 'succeeded' } });
}

/** Fails or dies on the way. */
function once(name: string, fault: Fault): (name: string) => Fault {
  let isOpen = true;
  return (called) => {
    if (called !== name || !isOpen) return 'none';
    isOpen = false;
    return fault;
  };
}

const idsIn = (world: World) => world.cloud.live().map((o) => o.id);
const records = async (world: World) =>
  (await world.state.resources(stack)).map((r) => `${r.logicalId} ${r.generation} ${r.physicalId}`);

describe('a create that failed', () => {
  test('and left something half made is known to the next plan, which finishes it', async () => {
    const world = createWorld();
    const desired = stackOf([
      resource('A', 'Test::Steps', { Note: 'a', Password: { $slipway: 'parameter', name: 'p' } }),
    ]);
    const ended = await attempt(world, desired, { fault: once('Set Test::Steps', 'refused') });
    expect(ended).toMatchObject({
      result: { status: 'failed', failed: [{ operation: { id: 'create A' } }] },
    });
    // Not shown by the cloud yet: the call stays open, and planning without the lock writes nothing down.
    expect(await records(world)).toEqual([]);
    for (let n = 0; n < 2; n++) {
      expect((await planOnce(world, desired)).changes).toMatchObject([
        { action: 'update', physicalId: 'steps-1' },
      ]);
    }
    expect(await world.state.openEntries(stack)).toHaveLength(1);
    await succeed(world, ...desired.resources.values());
    expect(idsIn(world)).toEqual(['steps-1']);
    expect(world.cloud.get('steps-1')?.properties).toMatchObject({ Note: 'a', Password: 'plaintext of p' });
    expect(await world.state.openEntries(stack)).toEqual([]);
  });

  test('while the cloud does not answer at all is looked for before the next plan, or there is none', async () => {
    const world = createWorld();
    const desired = stackOf([resource('A', 'Test::Tagged')]);
    const silent = (name: string): Fault =>
      name.startsWith('List') ? 'before' : name.startsWith('Create') ? 'after' : 'none';
    expect(await attempt(world, desired, { fault: silent })).toMatchObject({ result: { status: 'failed' } });
    expect(await attempt(world, desired, { fault: silent })).toMatchObject({
      kind: 'threw',
      error: { code: 'cloud-unreachable' },
    });
    expect((await planOnce(world, desired)).changes).toMatchObject([
      { action: 'none', physicalId: 'tagged-1' },
    ]);
    await succeed(world, ...desired.resources.values());
    expect(idsIn(world)).toEqual(['tagged-1']);
  });

  test('stops what hangs on it and nothing else, and deletes nothing', async () => {
    const world = await applied(resource('Old', 'Test::Tagged'));
    const desired = stackOf([
      resource('Bad', 'Test::Token'),
      resource('Child', 'Test::Tagged', { Parent: ref('Bad') }),
      resource('Good', 'Test::Tagged'),
    ]);
    const ended = await attempt(world, desired, { fault: once('Create Test::Token', 'refused') });
    expect(ended).toMatchObject({
      result: {
        status: 'failed',
        done: [{ id: 'create Good' }],
        failed: [{ operation: { id: 'create Bad' } }],
        notStarted: [{ id: 'create Child' }, { id: 'delete Old' }],
      },
    });
  });

  test('of a name that is another’s does not take the other for its own', async () => {
    const world = await applied(resource('A', 'Test::Link', { Slot: 1 }, { deletionPolicy: 'Retain' }));
    const desired = [resource('B', 'Test::Link', { Slot: 1 })];
    for (let n = 0; n < 2; n++) {
      expect(await attempt(world, stackOf(desired))).toMatchObject({ result: { status: 'failed' } });
    }
    expect(await records(world)).toEqual(['A current root|1']);
  });
});

describe('an update that failed half way', () => {
  const password = (name: string) => ({ Password: { $slipway: 'parameter', name } });

  test('is finished by the next apply', async () => {
    const world = await applied(resource('A', 'Test::Tagged', { Note: 'a', ...password('one') }));
    const next = resource('A', 'Test::Tagged', { Note: 'b', ...password('two') });
    await attempt(world, stackOf([next]), { fault: once('Set Test::Tagged', 'after') });
    await succeed(world, next);
    expect(world.cloud.get('tagged-1')?.properties).toMatchObject({
      Note: 'b',
      Password: 'plaintext of two',
    });
  });

  test('is undone by going back, also what the cloud never gives back and what was new', async () => {
    const first = resource('A', 'Test::Tagged', { Config: { Mode: 'x' }, ...password('one') });
    const world = await applied(first);
    const next = resource('A', 'Test::Tagged', {
      Note: 'new',
      Config: { Mode: 'x', Zone: 'z9' },
      ...password('two'),
    });
    await attempt(world, stackOf([next]), { fault: once('Get Test::Tagged', 'before') });
    expect(world.cloud.get('tagged-1')?.properties).toMatchObject({
      Note: 'new',
      Password: 'plaintext of two',
    });
    await succeed(world, first);
    expect(world.cloud.get('tagged-1')?.properties).toEqual({
      Size: 1,
      Config: { Mode: 'x' },
      Password: 'plaintext of one',
    });
    expect(hasChanges(await planOnce(world, stackOf([first])))).toBe(false);
  });
});

test('an update of what has a secret leaves alone what the template does not speak of', async () => {
  const wish = (Label: string) =>
    resource('A', 'Test::Tagged', { Label, Password: { $slipway: 'parameter', name: 'p' } });
  const world = await applied(wish('one'));
  const there = world.cloud.get('tagged-1')!;
  there.properties = { ...there.properties, Note: 'by hand' };
  await succeed(world, wish('two'));
  expect(world.cloud.get('tagged-1')?.properties).toMatchObject({ Note: 'by hand', Label: 'two' });
});

describe('a replacement', () => {
  const parent = (size: number, more = {}) => resource('A', 'Test::Tagged', { Size: size }, more);

  test('that is retained keeps the old one for good: no later apply deletes it', async () => {
    const retain = { updateReplacePolicy: 'Retain' } as const;
    const world = await applied(parent(1, retain));
    await succeed(world, parent(2, retain));
    expect(idsIn(world)).toEqual(['tagged-1', 'tagged-2']);
    expect(await records(world)).toEqual(['A current tagged-2']);
    await succeed(world, parent(2, retain));
    expect(idsIn(world)).toEqual(['tagged-1', 'tagged-2']);
  });

  test('whose old one cannot be deleted leaves it deposed, and the next apply deletes it', async () => {
    const world = await applied(parent(1));
    await attempt(world, stackOf([parent(2)]), { fault: once('Delete Test::Tagged', 'before') });
    expect(await records(world)).toEqual(['A current tagged-2', 'A deposed tagged-1']);
    await succeed(world, parent(2));
    expect(idsIn(world)).toEqual(['tagged-2']);
  });

  test('of a name lets the old one go first', async () => {
    const world = await applied(named('A', 'n'));
    const made = world.cloud.get('n')?.madeBy;
    await succeed(world, named('A', 'n', { Size: 2 }));
    expect(world.cloud.get('n')?.madeBy).not.toBe(made);
  });

  test.each([
    ['dies', { process: createProcess((point) => point === 'after Create Test::Tagged') }],
    ['gets no answer', { fault: once('Create Test::Tagged', 'after') }],
  ])(
    'that %s between its create and the record never takes the old one for the new one',
    async (_title, how) => {
      const world = await applied(parent(1));
      await attempt(world, stackOf([parent(2)]), how);
      await attempt(world, stackOf([parent(2)]));
      await succeed(world, parent(2));
      expect(idsIn(world)).toEqual(['tagged-2']);
      expect(await records(world)).toEqual(['A current tagged-2']);
    },
  );

  test('of which the journal has the create and not the delete goes on with the delete', async () => {
    const world = await applied(parent(1));
    const dies = createProcess((point) => point === 'before Delete Test::Tagged');
    expect(await attempt(world, stackOf([parent(2)]), { process: dies })).toMatchObject({ kind: 'died' });
    expect(await records(world)).toEqual(['A current tagged-2', 'A deposed tagged-1']);
    await succeed(world, parent(2));
    expect(idsIn(world)).toEqual(['tagged-2']);
  });
});

describe('a name that moves', () => {
  test('to another logical id is free when the new one comes', async () => {
    const world = await applied(named('Old', 'n'), resource('Child', 'Test::Tagged', { Parent: ref('Old') }));
    await succeed(world, named('New', 'n'), resource('Child', 'Test::Tagged', { Parent: ref('New') }));
    expect(await records(world)).toEqual(['Child current tagged-2', 'New current n']);
  });

  test('both ways at once', async () => {
    const world = await applied(named('A', 'a'), named('B', 'b'));
    await succeed(world, named('A', 'b'), named('B', 'a'));
    expect(await records(world)).toEqual(['A current b', 'B current a']);
  });

  test('from what has vanished is the new one’s alone, even when the apply fails on the way', async () => {
    const world = await applied(named('A', 'n'));
    world.cloud.vanish('n');
    const desired = [named('B', 'n'), resource('C', 'Test::Tagged')];
    await attempt(world, stackOf(desired), { fault: once('Create Test::Tagged', 'refused') });
    expect(await records(world)).toEqual(['B current n']);
    await succeed(world, ...desired);
    expect(idsIn(world).sort()).toEqual(['n', 'tagged-1']);
  });
});

describe('policies', () => {
  test('reach the state although the rest fails, and then hold', async () => {
    const world = await applied(resource('A', 'Test::Tagged'));
    const kept = resource('A', 'Test::Tagged', {}, { deletionPolicy: 'Retain' });
    await attempt(world, stackOf([kept, resource('B', 'Test::Token')]), {
      fault: once('Create Test::Token', 'refused'),
    });
    await attempt(world, undefined);
    await attempt(world, undefined);
    expect(idsIn(world)).toEqual(['tagged-1']);
    expect(await records(world)).toEqual([]);
  });
});

describe('a change that is not permitted', () => {
  const refuse = (logicalId: string) => (change: Change) => {
    if (change.logicalId === logicalId) throw new Error(`${logicalId} with ${JSON.stringify(change.after)}`);
  };

  test('is told with its values as they will be sent, fails without a call, and stops what hangs on it alone', async () => {
    const world = createWorld();
    const desired = stackOf([
      resource('A', 'Test::Tagged'),
      resource('B', 'Test::Tagged', { Note: ref('A') }),
      resource('C', 'Test::Tagged', { Note: ref('B') }),
      named('D', 'd'),
    ]);
    const ended = await attempt(world, desired, { permit: refuse('B') });
    expect(ended).toMatchObject({
      result: { status: 'failed', notStarted: [{ id: 'create C' }] },
    });
    const failed = ended.kind === 'applied' ? ended.result.failed : [];
    const idOfA = (await world.state.resources(stack)).find((r) => r.logicalId === 'A')?.physicalId;
    expect(failed.map((f) => f.operation.id)).toEqual(['create B']);
    expect(world.cloud.live()).toHaveLength(2);
    expect(await world.state.openEntries(stack)).toEqual([]);

    const seen: unknown[] = [];
    await attempt(world, desired, { permit: (change) => seen.push([change.logicalId, change.after?.Note]) });
    expect(seen[0]).toEqual(['B', idOfA]);
    expect(world.cloud.live()).toHaveLength(4);
  });

  test.each([
    ['an update', named('A', 'n', { Note: 'old' }), named('A', 'n', { Note: 'new' })],
    ['a replacement that lets the old one go first', named('A', 'n'), named('A', 'n', { Size: 2 })],
  ])('of %s leaves what is there', async (_, before, after) => {
    const world = await applied(before);
    const was = world.cloud.live();
    const ended = await attempt(world, stackOf([after]), { permit: refuse('A') });
    expect(ended).toMatchObject({ result: { status: 'failed' } });
    expect(world.cloud.live()).toEqual(was);
  });

  test('is not asked for when it goes', async () => {
    const world = await applied(named('A', 'n'));
    const ended = await attempt(world, stackOf([]), { permit: refuse('A') });
    expect(ended).toMatchObject({ result: { status: 'succeeded' } });
  });
});

describe('deleting', () => {
  test('what is gone already succeeds', async () => {
    const world = await applied(resource('A', 'Test::Tagged'));
    const vanishing = createProcess((point) => {
      if (point === 'before Delete Test::Tagged') world.cloud.vanish('tagged-1');
      return false;
    });
    expect(await attempt(world, undefined, { process: vanishing })).toMatchObject({
      result: { status: 'succeeded' },
    });
    expect(await records(world)).toEqual([]);
  });

  test('goes on where the records of two runs contradict one another', async () => {
    const world = await applied(
      resource('A', 'Test::Tagged'),
      resource('B', 'Test::Tagged', { Parent: ref('A') }),
    );
    const lock = (await world.state.lock(stack, 'test', 1000))!;
    const [a] = await world.state.resources(stack);
    await world.state.putResource({ ...a!, dependsOn: ['B'] }, lock);
    await world.state.unlock(lock);
    expect(await attempt(world, undefined)).toMatchObject({
      result: { status: 'succeeded', done: [{ needs: ['delete B'] }, { needs: [] }] },
    });
  });
});

describe('outputs', () => {
  test('are what the cloud says at the end, and a plan afterwards is empty', async () => {
    const world = await applied(resource('A', 'Test::Tagged', { Note: 'a' }));
    const desired = stackOf([resource('A', 'Test::Tagged', { Note: 'b' })], {
      Note: { 'Fn::GetAtt': ['A', 'Note'] },
      Id: ref('A'),
    });
    await attempt(world, desired);
    expect((await world.state.stack(stack))?.outputs).toEqual({
      Note: { value: 'b' },
      Id: { value: 'tagged-1' },
    });
    expect(hasChanges(await planOnce(world, desired))).toBe(false);
  });
});

describe('a run that is interrupted', () => {
  test('leaves what it was at begun, starts nothing more, and is resumed', async () => {
    const world = createWorld();
    const stop = new AbortController();
    const desired = [resource('A', 'Test::Tagged'), resource('B', 'Test::Tagged', { Parent: ref('A') })];
    const stopping = createProcess((point) => {
      if (point === 'after Create Test::Tagged') stop.abort();
      return false;
    });
    expect(await attempt(world, stackOf(desired), { process: stopping, signal: stop.signal })).toMatchObject({
      result: { status: 'interrupted', failed: [] },
    });
    expect(await world.state.unfinishedRun(stack)).toBeDefined();
    await succeed(world, ...desired);
    expect(idsIn(world)).toEqual(['tagged-1', 'tagged-2']);
  });

  test('by its lock being lost says so', async () => {
    const world = createWorld();
    const losing = createProcess((point) => {
      if (point === 'before Create Test::Tagged') {
        world.cloud.advance(lockTtlMs);
        void world.state.lock(stack, 'another', lockTtlMs);
      }
      return false;
    });
    expect(await attempt(world, stackOf([resource('A', 'Test::Tagged')]), { process: losing })).toMatchObject(
      {
        kind: 'threw',
        error: { code: 'apply-fenced' },
      },
    );
  });
});

describe('a process that stalls and wakes up when another has taken over', () => {
  const moments = ['before Create', 'after Create', 'before end', 'after begin'];
  const types = ['Test::Tagged', 'Test::Token', 'Test::Named', 'Test::Steps'];
  test.each(moments.flatMap((moment) => types.map((type) => [moment, type] as const)))(
    '%s of %s leaves one thing, not two',
    async (moment, type) => {
      const world = createWorld();
      const desired = stackOf([resource('A', type, type === 'Test::Named' ? { Name: 'n' } : {})]);
      const wake = Promise.withResolvers<void>();
      const asleep = Promise.withResolvers<void>();
      const first = createProcess();
      const stalling = {
        ...first,
        async pass(point: string) {
          if (point === moment || point === `${moment} ${type}`) {
            asleep.resolve();
            await wake.promise;
          }
          await first.pass(point);
        },
      };
      const late = attempt(world, desired, { process: stalling });
      await asleep.promise;
      await succeed(world, ...desired.resources.values());
      wake.resolve();
      expect(await late).toMatchObject({ kind: 'threw', error: { code: 'apply-fenced' } });
      expect(idsIn(world)).toHaveLength(1);
      expect(await records(world)).toEqual([`A current ${idsIn(world)[0]}`]);
    },
  );
});
