/** What every `State` does, wherever it keeps what it is given. Called inside of a `describe`. */
import { describe, expect, test } from 'vitest';
import { seal, unknown } from '../../src/base/value.ts';
import type { Action, Change, Plan } from '../../src/plan/plan.ts';
import type { Lock, StackVersion, State } from '../../src/state/state.ts';
import { begun, resourceRecord, runRecord, shop, stackRecord } from './records.ts';

const aMinute = 60_000;

const fencedOff = { code: 'apply-fenced' };
const refused = { code: 'internal' };

export async function hold(state: State, holder = 'first', ttlMs = aMinute): Promise<Lock> {
  const lock = await state.lock(shop, holder, ttlMs);
  if (!lock) throw new Error(`${holder} did not get the lock`);
  return lock;
}

/** A stack that is held, with a run that goes on. */
async function running(state: State): Promise<Lock> {
  const lock = await hold(state);
  await state.beginRun(runRecord(), lock);
  return lock;
}

/** @param open an empty state, dated 2026-01-02T03:05:00.000Z, whose locks expire by real time */
export function contractOfState(open: () => Promise<State>): void {
  test('a stack reads back as it was written, and a second write replaces the first', async () => {
    const state = await open();
    expect(await state.stack(shop)).toBeUndefined();
    await state.putStack(stackRecord({ status: 'applying' }));
    const record = stackRecord({
      outputs: {
        Id: { value: 'vpc-1', exportName: 'shop-vpc', description: 'The network' },
        N: { value: [1] },
      },
    });
    await state.putStack(record, await hold(state));
    expect(await state.stack(shop)).toEqual(record);
    expect(await state.stacks()).toEqual([record]);
  });

  test('exports are those of one account and region, as text, and not those of a destroyed stack', async () => {
    const state = await open();
    const exporting = (id: string, changes: object) =>
      state.putStack(
        stackRecord({
          id,
          outputs: {
            A: { value: id, exportName: `${id}-a` },
            Port: { value: 80, exportName: `${id}-port` },
            Private: { value: 'not exported' },
            Password: { value: seal('hunter2', 'key'), exportName: `${id}-password` },
            Claimed: { value: unknown, exportName: `${id}-claimed` },
          },
          ...changes,
        }),
      );
    await exporting('here', {});
    await exporting('elsewhere', { region: 'us-east-1' });
    await exporting('others', { account: '222222222222' });
    await exporting('gone', { status: 'destroyed' });
    expect([...(await state.exports('111111111111', 'eu-west-1'))]).toEqual([
      ['here-a', 'here'],
      ['here-port', '80'],
    ]);
  });

  test('a resource reads back as it was written, sorted by logical id', async () => {
    const state = await open();
    const lock = await hold(state);
    const vpc = resourceRecord();
    const others = ['zone', 'Zone', 'alpha'].map((logicalId) => resourceRecord({ logicalId }));
    for (const record of [vpc, ...others]) await state.putResource(record, lock);
    const read = await state.resources(shop);
    expect(read.map((r) => r.logicalId)).toEqual(['Vpc', 'Zone', 'alpha', 'zone']);
    expect(read[0]).toEqual(vpc);
    await state.removeResource(vpc, lock);
    expect((await state.resources(shop)).map((r) => r.logicalId)).toEqual(['Zone', 'alpha', 'zone']);
    expect(await state.resources('another')).toEqual([]);
  });

  test('who has something is found among the stacks of an account, and of a region where one is named', async () => {
    const state = await open();
    const owned = async (id: string, region: string, physicalId: string) => {
      await state.putStack(stackRecord({ id, region }));
      const lock = (await state.lock(id, 'first', aMinute))!;
      await state.putResource(resourceRecord({ stack: id, physicalId }), lock);
    };
    await owned('here', 'eu-west-1', 'vpc-1');
    await owned('there', 'us-east-1', 'vpc-1');
    await owned('else', 'eu-west-1', 'vpc-2');
    const ofVpc1 = async (target: { account: string; region?: string }) =>
      (await state.recordsOf('AWS::EC2::VPC', 'vpc-1', target)).map((r) => r.stack);
    expect(await ofVpc1({ account: '111111111111', region: 'eu-west-1' })).toEqual(['here']);
    expect(await ofVpc1({ account: '111111111111' })).toEqual(['here', 'there']);
    expect(await ofVpc1({ account: '222222222222' })).toEqual([]);
    expect(await state.recordsOf('AWS::EC2::Subnet', 'vpc-1', { account: '111111111111' })).toEqual([]);
  });

  test('of two who take the lock at the same time exactly one gets it', async () => {
    const state = await open();
    const locks = await Promise.all(['a', 'b', 'c'].map((holder) => state.lock(shop, holder, aMinute)));
    expect(locks.filter((lock) => lock !== undefined)).toHaveLength(1);
  });

  test('the same holder does not get the lock twice', async () => {
    const state = await open();
    await hold(state, 'one');
    expect(await state.lock(shop, 'one', aMinute)).toBeUndefined();
  });

  test('stacks are locked apart', async () => {
    const state = await open();
    await hold(state);
    expect(await state.lock('another', 'second', aMinute)).toBeDefined();
  });

  test('a released lock can be taken, and the fence still grows', async () => {
    const state = await open();
    const first = await hold(state, 'first');
    await state.unlock(first);
    const second = await hold(state, 'second');
    expect(second.fence).toBeGreaterThan(first.fence);
    await state.unlock(first);
    expect(await state.lock(shop, 'third', aMinute)).toBeUndefined();
  });

  test('an expired lock is taken over with a higher fence, and its holder can neither renew nor unlock', async () => {
    const state = await open();
    const late = await hold(state, 'late', 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const successor = await hold(state, 'successor');
    expect(successor.fence).toBeGreaterThan(late.fence);
    await expect(state.renew(late)).rejects.toMatchObject(fencedOff);
    await state.unlock(late);
    expect(await state.lock(shop, 'third', aMinute)).toBeUndefined();
  });

  test('a renewed lock outlives its first time to live', async () => {
    const state = await open();
    const lock = await hold(state, 'first', 400);
    const until = Date.now() + 700;
    while (Date.now() < until) {
      await state.renew(lock);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await state.lock(shop, 'second', aMinute)).toBeUndefined();
  });

  test('a late writer is refused in every write, and nothing of it is stored', async () => {
    const state = await open();
    const late = await hold(state, 'late', 1);
    await state.beginRun(runRecord(), late);
    await state.begin(begun(), late);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await hold(state, 'successor');
    const put = resourceRecord();
    const writes = [
      () => state.putStack(stackRecord(), late),
      () => state.putResource(put, late),
      () => state.removeResource(put, late),
      () => state.beginRun(runRecord({ id: 'run-2' }), late),
      () => state.endRun('run-1', 'succeeded', undefined, late),
      () => state.begin(begun({ intent: 'intent-2' }), late),
      () => state.end({ run: 'run-1', intent: 'intent-1', status: 'done', put }, late),
      () => state.renew(late),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject(fencedOff);
    expect(await state.stacks()).toMatchObject([{ id: shop, status: 'applying' }]);
    expect(await state.resources(shop)).toEqual([]);
    expect(await state.journal('run-1')).toMatchObject([{ intent: 'intent-1', status: 'begun' }]);
    expect(await state.unfinishedRun(shop)).toMatchObject({ id: 'run-1' });
  });

  test('a run reads back as it was written, and ends with the time and its error', async () => {
    const state = await open();
    const lock = await hold(state);
    const run = runRecord();
    await state.beginRun(run, lock);
    expect(await state.run('run-1')).toEqual(run);
    expect(await state.unfinishedRun(shop)).toEqual(run);
    await state.endRun('run-1', 'failed', 'the subnet was refused', lock);
    expect(await state.unfinishedRun(shop)).toBeUndefined();
    expect(await state.run('run-1')).toEqual({
      ...run,
      status: 'failed',
      error: 'the subnet was refused',
      endedAt: '2026-01-02T03:05:00.000Z',
    });
    expect(await state.run('no such run')).toBeUndefined();
  });

  describe('a run that begins', () => {
    const runAt = (id: string, file: string) => runRecord({ id, plan: { ...runRecord().plan, file } });
    const moved = async (state: State, lock: Lock, ...files: readonly string[]) => {
      for (const file of files) {
        const id = `run-${(await state.history(shop)).length}`;
        await state.beginRun(runAt(id, file), lock);
        await state.endRun(id, 'failed', undefined, lock);
      }
    };

    test('leaves a record of its stack, so that whoever comes after a crash finds it by its template', async () => {
      const state = await open();
      await state.beginRun(runAt('run-1', 'infra/web.yaml'), await hold(state));
      const { updatedAt: _, ...record } = stackRecord({ status: 'applying', file: 'infra/web.yaml' });
      expect(await state.stack(shop)).toMatchObject(record);
    });

    test('says where the template is now, and keeps where it was, whatever becomes of the run', async () => {
      const state = await open();
      const record = stackRecord({ outputs: { Id: { value: 'vpc-1' } }, imports: ['network'] });
      const lock = await hold(state);
      await state.putStack(record, lock);
      await moved(state, lock, 'infra/web.yaml', 'infra/api.yaml');
      const formerFiles = ['infra/shop.yaml', 'infra/web.yaml'];
      expect(await state.stack(shop)).toEqual({ ...record, file: 'infra/api.yaml', formerFiles });
      await state.putStack({ ...record, file: 'infra/api.yaml' }, lock);
      expect(await state.stacks()).toEqual([{ ...record, file: 'infra/api.yaml', formerFiles }]);
    });

    test('of a template that comes back: each path is kept once, and not the one where it is', async () => {
      const state = await open();
      const lock = await hold(state);
      await moved(state, lock, 'infra/shop.yaml', 'infra/web.yaml', 'infra/shop.yaml');
      const back = await state.stack(shop);
      expect([back?.file, back?.formerFiles]).toEqual(['infra/shop.yaml', ['infra/web.yaml']]);
    });

    test('of a stack that was destroyed elsewhere: nothing was where it was', async () => {
      const state = await open();
      const lock = await hold(state);
      await moved(state, lock, 'infra/shop.yaml', 'infra/web.yaml');
      await state.putStack(stackRecord({ file: 'infra/web.yaml', status: 'destroyed' }), lock);
      await moved(state, lock, 'infra/shop.yaml');
      expect((await state.stack(shop))?.formerFiles).toBeUndefined();
    });

    test('without the lock, or beside another, moves nothing', async () => {
      const state = await open();
      const late = await hold(state, 'late', 1);
      await state.beginRun(runRecord(), late);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const lock = await hold(state, 'successor');
      const begin = (by: Lock) => state.beginRun(runAt('run-2', 'infra/web.yaml'), by);
      await expect(begin(late)).rejects.toMatchObject(fencedOff);
      await expect(begin(lock)).rejects.toMatchObject({ code: 'apply-locked' });
      expect((await state.stack(shop))?.file).toBe('infra/shop.yaml');
    });
  });

  test('runs come newest first, as many as asked for', async () => {
    const state = await open();
    const lock = await hold(state);
    for (const day of [1, 2, 3]) {
      await state.beginRun(runRecord({ id: `run-${day}`, startedAt: `2026-01-0${day}T00:00:00.000Z` }), lock);
      await state.endRun(`run-${day}`, 'succeeded', undefined, lock);
    }
    expect((await state.runs(shop, 2)).map((run) => run.id)).toEqual(['run-3', 'run-2']);
  });

  test('the history has every run, newest first, with its counts and whether its version was kept', async () => {
    const state = await open();
    const lock = await hold(state);
    const version: StackVersion = {
      file: 'infra/shop.yaml',
      text: 'Resources: {}',
      parameters: { Zone: 'b', Azs: ['a', 1] },
      secretParameters: ['Password'],
      ssmParameters: { '/ami': 'ami-1' },
    };
    const run = (id: string, minute: number, actions: readonly Action[]) => {
      const changes = actions.map((action, i) => ({ logicalId: `R${i}`, action }) as Change);
      const begun = runRecord({ id, startedAt: `2026-01-02T03:0${minute}:00.000Z` });
      return { ...begun, plan: { ...begun.plan, digest: `digest of ${id}`, changes } };
    };
    await state.beginRun({ ...run('run-1', 1, ['create', 'create', 'none']), version }, lock);
    await state.endRun('run-1', 'succeeded', undefined, lock);
    await state.beginRun({ ...run('run-2', 2, []), kind: 'destroy', cause: { by: 'operator' } }, lock);
    await state.endRun('run-2', 'failed', 'Vpc: in use', lock);
    await state.beginRun({ ...run('run-0', 2, ['delete']) }, lock);
    const counts = { create: 0, update: 0, replace: 0, delete: 0, import: 0, forget: 0, none: 0 };
    const ended = { endedAt: '2026-01-02T03:05:00.000Z', stack: shop };
    expect(await state.history(shop)).toEqual([
      {
        ...{ ...ended, id: 'run-2', kind: 'destroy', status: 'failed', cause: { by: 'operator' } },
        ...{ startedAt: '2026-01-02T03:02:00.000Z', error: 'Vpc: in use', digest: 'digest of run-2' },
        ...{ counts, kept: false },
      },
      {
        ...{ id: 'run-0', stack: shop, kind: 'apply', status: 'running', cause: runRecord().cause },
        ...{ startedAt: '2026-01-02T03:02:00.000Z', digest: 'digest of run-0' },
        ...{ counts: { ...counts, delete: 1 }, kept: false },
      },
      {
        ...{ ...ended, id: 'run-1', kind: 'apply', status: 'succeeded', cause: runRecord().cause },
        ...{ startedAt: '2026-01-02T03:01:00.000Z', digest: 'digest of run-1' },
        ...{ counts: { ...counts, create: 2, none: 1 }, kept: true },
      },
    ]);
    expect((await state.run('run-1'))?.version).toEqual(version);
    expect((await state.run('run-2'))?.version).toBeUndefined();
    expect(await state.history('another')).toEqual([]);
  });

  test('a second run of a stack cannot begin before the first has ended', async () => {
    const state = await open();
    const lock = await running(state);
    await expect(state.beginRun(runRecord({ id: 'run-2' }), lock)).rejects.toMatchObject({
      code: 'apply-locked',
    });
  });

  test('what began stands in the journal in that order until it ends', async () => {
    const state = await open();
    const lock = await running(state);
    await state.begin(begun({ intent: 'b' }), lock);
    await state.begin(begun({ intent: 'a', logicalId: 'Role', operation: 'delete' }), lock);
    await state.end({ run: 'run-1', intent: 'b', status: 'failed', error: 'refused' }, lock);
    expect(await state.journal('run-1')).toEqual([
      {
        ...begun({ intent: 'b' }),
        status: 'failed',
        error: 'refused',
        endedAt: '2026-01-02T03:05:00.000Z',
      },
      { ...begun({ intent: 'a', logicalId: 'Role', operation: 'delete' }), status: 'begun' },
    ]);
  });

  test('what is begun once more is dated anew, and what has ended cannot begin', async () => {
    const state = await open();
    const lock = await running(state);
    const again = begun({ beganAt: '2026-01-02T03:04:59.000Z' });
    await state.begin(begun(), lock);
    await state.begin(begun({ intent: 'later' }), lock);
    await state.begin(again, lock);
    expect(await state.journal('run-1')).toEqual([
      { ...again, status: 'begun' },
      { ...begun({ intent: 'later' }), status: 'begun' },
    ]);
    await state.end({ run: 'run-1', intent: again.intent, status: 'done' }, lock);
    await expect(state.begin(again, lock)).rejects.toMatchObject(refused);
  });

  test('nothing can begin in a run that has ended or is of another stack', async () => {
    const state = await open();
    const lock = await running(state);
    const other = await state.lock('another', 'first', aMinute);
    await expect(state.begin(begun(), other!)).rejects.toMatchObject(refused);
    await state.endRun('run-1', 'succeeded', undefined, lock);
    await expect(state.begin(begun(), lock)).rejects.toMatchObject(refused);
    expect(await state.journal('run-1')).toEqual([]);
  });

  test('an outcome deposes the old generation and puts the new one', async () => {
    const state = await open();
    const lock = await running(state);
    const old = resourceRecord({ physicalId: 'vpc-old' });
    await state.putResource(old, lock);
    await state.begin(begun(), lock);
    const put = resourceRecord({ physicalId: 'vpc-new' });
    await state.end({ run: 'run-1', intent: 'intent-1', status: 'done', depose: put, put }, lock);
    expect(await state.resources(shop)).toEqual([put, { ...old, generation: 'deposed' }]);
    await state.begin(begun({ intent: 'intent-2', operation: 'delete' }), lock);
    await state.end(
      { run: 'run-1', intent: 'intent-2', status: 'done', remove: { ...old, generation: 'deposed' } },
      lock,
    );
    expect(await state.resources(shop)).toEqual([put]);
  });

  test('two replacements in a row leave two deposed generations', async () => {
    const state = await open();
    const lock = await running(state);
    for (const physicalId of ['vpc-1', 'vpc-2', 'vpc-3']) {
      const put = resourceRecord({ physicalId });
      await state.begin(begun({ intent: physicalId }), lock);
      await state.end({ run: 'run-1', intent: physicalId, status: 'done', depose: put, put }, lock);
    }
    expect((await state.resources(shop)).map((r) => [r.generation, r.physicalId])).toEqual([
      ['current', 'vpc-3'],
      ['deposed', 'vpc-1'],
      ['deposed', 'vpc-2'],
    ]);
  });

  test('removing what a replacement deposed leaves the current one of the same name', async () => {
    const state = await open();
    const lock = await hold(state);
    const current = resourceRecord({ physicalId: 'role' });
    const deposed = resourceRecord({ physicalId: 'role', generation: 'deposed' });
    await state.putResource(current, lock);
    await state.putResource(deposed, lock);
    await state.removeResource(deposed, lock);
    expect(await state.resources(shop)).toEqual([current]);
  });

  test('an outcome that cannot be stored whole is not stored at all', async () => {
    const state = await open();
    const lock = await running(state);
    const old = resourceRecord();
    await state.putResource(old, lock);
    await state.begin(begun(), lock);
    const put = resourceRecord({ stack: 'another', physicalId: 'vpc-2' });
    await expect(
      state.end({ run: 'run-1', intent: 'intent-1', status: 'done', depose: old, put }, lock),
    ).rejects.toMatchObject(refused);
    expect(await state.resources(shop)).toEqual([old]);
    expect(await state.journal('run-1')).toMatchObject([{ status: 'begun' }]);
  });

  test('of two stacks that adopt one thing at the same time one gets it, and the other can end as failed', async () => {
    const state = await open();
    const target = { account: '111111111111', region: 'eu-west-1' };
    const adopt = async (stack: string, changes: object = {}) => {
      await state.putStack(stackRecord({ id: stack, ...changes }));
      const lock = (await state.lock(stack, 'first', aMinute))!;
      const { id: run } = runRecord({ id: `run of ${stack}` });
      await state.beginRun(runRecord({ id: run, stack }), lock);
      await state.begin(begun({ run, operation: 'import' }), lock);
      const put = resourceRecord({ stack, physicalId: 'vpc-1' });
      return {
        lock,
        outcome: { run, intent: begun().intent, status: 'done' as const, put, adoptedIn: target },
      };
    };
    const rivals = [await adopt('a'), await adopt('b')];
    const ends = await Promise.allSettled(rivals.map(({ outcome, lock }) => state.end(outcome, lock)));
    const lost = rivals.filter((_, n) => ends[n]?.status === 'rejected');
    expect(lost).toHaveLength(1);
    expect(ends.find((end) => end.status === 'rejected')).toMatchObject({ reason: { code: 'plan-import' } });
    expect(await state.recordsOf('AWS::EC2::VPC', 'vpc-1', target)).toHaveLength(1);
    const { run, intent } = lost[0]!.outcome;
    await state.end({ run, intent, status: 'failed', error: 'taken' }, lost[0]!.lock);
    // The same id elsewhere is another thing.
    const elsewhere = await adopt('c', { region: 'us-east-1' });
    const adoptedIn = { account: '111111111111', region: 'us-east-1' };
    await state.end({ ...elsewhere.outcome, adoptedIn }, elsewhere.lock);
  });

  test('an intent ends once, however many say so at the same time', async () => {
    const state = await open();
    const lock = await running(state);
    await state.begin(begun(), lock);
    const ends = await Promise.allSettled(
      ['vpc-1', 'vpc-2', 'vpc-3'].map((physicalId) => {
        const put = resourceRecord({ physicalId });
        return state.end({ run: 'run-1', intent: 'intent-1', status: 'done', put }, lock);
      }),
    );
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
    expect(await state.resources(shop)).toHaveLength(1);
  });

  test('the calls of one run end at the same time without losing one', async () => {
    const state = await open();
    const lock = await running(state);
    const names = Array.from({ length: 20 }, (_, index) => `R${index + 10}`);
    await Promise.all(names.map((name) => state.begin(begun({ intent: name, logicalId: name }), lock)));
    await Promise.all([
      ...names.map((name) => {
        const put = resourceRecord({ logicalId: name });
        return state.end({ run: 'run-1', intent: name, status: 'done', put }, lock);
      }),
      state.renew(lock),
    ]);
    expect((await state.resources(shop)).map((r) => r.logicalId)).toEqual(names);
    expect((await state.journal('run-1')).every((entry) => entry.status === 'done')).toBe(true);
  });

  test('a marker with a plaintext beside its fingerprint is refused wherever it is', async () => {
    const state = await open();
    const lock = await hold(state);
    const leaking = { ...seal('hunter2', 'key'), plaintext: 'hunter2' };
    const wrong = { $slipway: 'secret', fingerprint: 'hunter2' };
    const changes = [{ after: { Password: leaking } }] as unknown as Plan['changes'];
    const writes = [
      () => state.putResource(resourceRecord({ properties: { Deep: [{ Password: leaking }] } }), lock),
      () => state.putResource(resourceRecord({ attributes: { Password: wrong } }), lock),
      () => state.putStack(stackRecord({ outputs: { Password: { value: leaking } } })),
      () => state.beginRun(runRecord({ plan: { ...runRecord().plan, changes } }), lock),
    ];
    for (const write of writes) {
      const error = await write().then(
        () => undefined,
        (cause) => cause,
      );
      expect(error).toMatchObject(refused);
      expect(JSON.stringify(error)).not.toContain('hunter2');
    }
    await state.putResource(resourceRecord({ attributes: { Id: unknown } }), lock);
    expect(await state.resources(shop)).toHaveLength(1);
  });

  test('an entry without an end is open once its run has ended, until it ends itself', async () => {
    const state = await open();
    const lock = await running(state);
    await state.begin(begun({ intent: 'a' }), lock);
    await state.begin(begun({ intent: 'b' }), lock);
    await state.end({ run: 'run-1', intent: 'a', status: 'done' }, lock);
    expect(await state.openEntries(shop)).toEqual([]);
    await state.endRun('run-1', 'failed', 'no answer', lock);
    expect(await state.openEntries(shop)).toEqual([{ ...begun({ intent: 'b' }), status: 'begun' }]);
    expect(await state.openEntries('another')).toEqual([]);
    const put = resourceRecord();
    await state.end({ run: 'run-1', intent: 'b', status: 'failed', error: 'half made', put }, lock);
    expect(await state.openEntries(shop)).toEqual([]);
    expect(await state.resources(shop)).toEqual([put]);
  });
}
