import { expect, test } from 'vitest';
import { type Properties, seal, unknown, type Value } from '../../src/base/value.ts';
import type { Change, OutputChange, Plan } from '../../src/plan/plan.ts';
import { versionDifference } from '../../src/plan/version-difference.ts';
import { plainChange } from './plain-change.ts';
import { planned, record, ref, thing } from './planned.ts';

const empty = planned({});
const plan = (changes: readonly Change[], outputs: readonly OutputChange[] = []): Plan => ({
  ...empty,
  changes,
  outputs,
});

/** One resource as a plan has it: `A` with a property, what it is made from, and perhaps more. */
const one = (value: Value, desired: Value = value, more: Partial<Change> = {}): Change => ({
  logicalId: 'A',
  type: 'Test::Thing',
  action: 'none',
  after: { P: value },
  desired: { P: desired } as Properties,
  ...plainChange,
  ...more,
});
const secret = (text: string) => seal(text, 'key');
const parameter = { $slipway: 'parameter', name: 'S' };

test.each<[string, Change, Change, object[]]>([
  ['the same value is none', one('x'), one('x'), []],
  ['another value', one('x'), one('y'), [{ path: 'P', before: 'x', after: 'y', replaces: false }]],
  ['an id that was not known then and is now is none', one(unknown, ref('B')), one('b-1', ref('B')), []],
  ['what is referred to was made anew: none', one('b-1', ref('B')), one('b-2', ref('B')), []],
  [
    'another is referred to, and not known yet',
    one('b-1', ref('B')),
    one(unknown, ref('C')),
    [{ path: 'P.Ref', before: 'B', after: 'C', replaces: false }],
  ],
  [
    'a secret of the same reference that has another text',
    one(secret('one'), parameter),
    one(secret('two'), parameter),
    [{ path: 'P', before: secret('one'), after: secret('two'), replaces: false }],
  ],
  ['the same secret is none', one(secret('one'), parameter), one(secret('one'), parameter), []],
  [
    'a policy that touches the state alone',
    one('x'),
    one('x', 'x', { deletionPolicy: 'Retain' }),
    [{ path: 'DeletionPolicy', before: 'Delete', after: 'Retain', replaces: false }],
  ],
])('between two versions: %s', (_, before, after, expected) => {
  const [change] = versionDifference(plan([before]), plan([after])).changes;
  expect(change?.differences ?? []).toEqual(expected);
  expect(change?.action).toBe(expected.length > 0 ? 'update' : undefined);
});

test('what only one of the two has is created or deleted, and what a plan deletes it does not have', () => {
  const gone = planned({ recorded: [record('Gone', { Size: 1 })] });
  const both = planned({ desired: [thing('Kept', { Size: 1 }), thing('New', { Size: 2 })] });
  const kept = planned({ desired: [thing('Kept', { Size: 1 }), thing('Gone', { Size: 1 })] });
  const actions = (from: Plan, to: Plan) =>
    versionDifference(from, to).changes.map((c) => [c.logicalId, c.action]);
  expect(actions(kept, both)).toEqual([
    ['Gone', 'delete'],
    ['New', 'create'],
  ]);
  expect(actions(gone, kept)).toEqual([
    ['Gone', 'create'],
    ['Kept', 'create'],
  ]);
});

test('what has another logical id by now has been renamed, and is compared as itself', () => {
  const [before, after] = [one('x'), one('y', 'y', { logicalId: 'B' })];
  const renamed = versionDifference(plan([before]), plan([after]), new Map([['B', 'A']]));
  expect(renamed.changes).toMatchObject([
    {
      logicalId: 'B',
      movedFrom: 'A',
      action: 'update',
      differences: [{ path: 'P', before: 'x', after: 'y' }],
    },
  ]);
});

test('outputs are compared as resources are, and by the name that they are exported under', () => {
  const output = (name: string, after: Value, desired: Value, exportName?: string): OutputChange => ({
    ...{ name, after, desired },
    ...(exportName === undefined ? {} : { exportName }),
  });
  const from = plan([], [output('Id', unknown, ref('A')), output('N', 1, 1), output('E', 'x', 'x', 'old')]);
  const to = plan([], [output('Id', 'a-1', ref('A')), output('N', 2, 2), output('E', 'x', 'x')]);
  expect(versionDifference(from, to).outputs).toEqual([
    { name: 'E', formerExportName: 'old' },
    { name: 'N', before: 1, after: 2 },
  ]);
});
