import { describe, expect, test } from 'vitest';
import type { ApplyResult, ProgressEvent } from '../../src/apply/apply-plan.ts';
import { type Operation, operationsOf } from '../../src/apply/operations.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { type Progress, renderProgress } from '../../src/review/progress.ts';
import { trackProgress } from '../../src/workflow/track-progress.ts';
import { allCreated, nothing } from '../review/plans.ts';

const startedAt = '2030-01-01T10:00:00.000Z';
const clock = { now: () => new Date('2030-01-01T10:00:05.000Z'), sleep: async () => {} };
const follow = (plan: Plan, approval?: string) =>
  trackProgress({ plan, startedAt, cause: {} }, clock, approval);
const result = (rest: Partial<ApplyResult> = {}): ApplyResult => ({
  status: 'failed',
  done: [],
  failed: [],
  notStarted: [],
  outputs: {},
  ...rest,
});
const operations = (plan: Plan): readonly Operation[] =>
  operationsOf(plan, []).filter((o) => o.logicalId !== 'Vpc');
const event = (status: ProgressEvent['status'], rest: Partial<ProgressEvent> = {}): ProgressEvent => ({
  operation: 'create',
  logicalId: 'Vpc',
  type: 'AWS::EC2::VPC',
  status,
  elapsedMs: 0,
  ...rest,
});

const changesNamed = (...names: readonly string[]): Plan['changes'] =>
  names.map((logicalId) => ({ ...allCreated().changes[0]!, logicalId }));

describe('the progress of a run', () => {
  test('says what a resource waits for until it waits no more', () => {
    const tracker = follow(allCreated());
    const wait = { what: 'vpc-1 to be there', since: '2030-01-01T10:00:02.000Z' };
    tracker.onEvent(event('started'));
    tracker.onEvent(event('waiting', { wait }));
    expect(renderProgress(tracker.running())).toContain('waiting since 10:00:02 UTC for vpc-1 to be there');
    tracker.onEvent(event('working'));
    expect(renderProgress(tracker.running())).not.toContain('for vpc-1');
    tracker.onEvent(event('waiting', { wait }));
    tracker.onEvent(event('failed', { error: 'no' }));
    expect(tracker.running().steps.find((s) => s.logicalId === 'Vpc')).not.toHaveProperty('wait');
  });

  test('that a process left behind tells what that one did, how long it took and what failed', () => {
    const entry = {
      run: 'r',
      intent: 'i',
      operation: 'create',
      beganAt: '2030-01-01T10:00:01.000Z',
    } as const;
    const endedAt = '2030-01-01T10:00:03.500Z';
    const journal = [
      { ...entry, logicalId: 'Vpc', status: 'done', endedAt },
      { ...entry, logicalId: 'Subnet', status: 'failed', error: 'no room', endedAt },
      { ...entry, logicalId: 'Group', status: 'begun' },
    ] as const;
    const plan = { ...allCreated(), changes: changesNamed('Vpc', 'Subnet', 'Group') };
    const tracker = trackProgress({ plan, startedAt, cause: {} }, clock, undefined, journal);
    const told = (progress: Progress) => progress.steps.map((s) => [s.logicalId, s.state, s.ms, s.reason]);
    expect(told(tracker.running())).toEqual([
      ['Vpc', 'done', 2500, undefined],
      ['Subnet', 'failed', 2500, 'no room'],
      ['Group', 'running', 4000, undefined],
    ]);
    tracker.onEvent(event('done', { logicalId: 'Group' }));
    expect(told(tracker.ended(result(), false))).toEqual([
      ['Vpc', 'done', 2500, undefined],
      ['Subnet', 'failed', 2500, 'no room'],
      ['Group', 'done', 4000, undefined],
    ]);
  });

  test('that finished nothing is told from one that did', () => {
    const plan = allCreated();
    const of = (done: readonly Operation[]) => {
      const tracker = follow(plan);
      tracker.onEvent(event('failed', { error: 'no' }));
      return tracker.ended(result({ done, notStarted: operations(plan) }), false);
    };
    expect(of([]).untouched).toBe(true);
    expect(of(operations(plan).slice(0, 1)).untouched).toBeUndefined();
    expect(follow(nothing()).ended(result({ status: 'succeeded' }), false).untouched).toBeUndefined();
  });

  test('that only moves says from where to where', () => {
    const plan = { ...nothing(), movedFrom: 'infra/web.yaml' };
    const text = renderProgress(follow(plan).ended(result({ status: 'succeeded' }), false));
    expect(text).toContain('template moved in');
    expect(text).toContain('moved from `infra/web.yaml` to `infra/shop.yaml`');
    expect(text).not.toContain('nothing to do');
    expect(renderProgress(follow(plan).running())).not.toContain('0 of 0');
  });

  test('says what a renamed resource was called', () => {
    const { changes, ...rest } = allCreated();
    const renamed = changes.map((c) => (c.logicalId === 'Vpc' ? { ...c, movedFrom: 'OldVpc' } : c));
    expect(renderProgress(follow({ ...rest, changes: renamed }).running())).toContain(
      '`Vpc`, until now `OldVpc`',
    );
  });

  test('says who approved it from its begin to its end', () => {
    const tracker = follow(allCreated(), 'Approved by @reviewer, with a-b overridden by @operator');
    const told = 'Approved by `@reviewer`, with a-b overridden by `@operator`';
    expect(renderProgress(tracker.running())).toContain(told);
    expect(renderProgress(tracker.ended(result(), false))).toContain(told);
    expect(renderProgress(follow(allCreated()).running())).not.toContain('pproved');
  });
});
