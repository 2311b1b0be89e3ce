import { describe, expect, test } from 'vitest';
import { type Properties, unknown } from '../../src/base/value.ts';
import { hasChanges } from '../../src/plan/plan.ts';
import { att, changeOf, parameter, planned, record, ref, sealed, thing, where } from './planned.ts';

/** The one change of a resource that is recorded and live. */
function change(was: Properties, wanted: Properties, live?: Properties) {
  const plan = planned({
    desired: [thing('A', wanted)],
    recorded: [record('A', was)],
    ...(live ? { live: { A: live } } : {}),
  });
  return changeOf(plan, 'A');
}

describe('comparing what is wanted with what is there', () => {
  const cases: Record<
    string,
    { was: Properties; wanted: Properties; live?: Properties; paths: string[]; drift?: string[] }
  > = {
    'nothing differs': { was: { Note: 'a' }, wanted: { Note: 'a' }, paths: [] },
    'a value is another': { was: { Note: 'a' }, wanted: { Note: 'b' }, paths: ['Note'] },
    'a property is added': { was: {}, wanted: { Note: 'a' }, paths: ['Note'] },
    'a property is removed': { was: { Note: 'a' }, wanted: {}, paths: ['Note'] },
    'a removed property is gone from the cloud already': {
      was: { Note: 'a' },
      wanted: {},
      live: {},
      paths: [],
      drift: ['Note'],
    },
    'maps are entered, sorted by path': {
      was: { Map: { z: 1, same: 1, deep: { a: 1 } } },
      wanted: { Map: { same: 1, deep: { a: 2 }, a: 1 } },
      paths: ['Map.a', 'Map.deep.a', 'Map.z'],
    },
    'lists are one value': { was: { List: [1, 2] }, wanted: { List: [1, 3] }, paths: ['List'] },
    'the order of keys says nothing': {
      was: { List: [{ a: 1, b: 2 }] },
      wanted: { List: [{ b: 2, a: 1 }] },
      paths: [],
    },
    'what the cloud filled in is nobody’s difference': {
      was: { Note: 'a', Map: { a: 1 } },
      wanted: { Note: 'a', Map: { a: 1 } },
      live: { Note: 'a', Zone: 'z1', Map: { a: 1, filled: true, deep: { b: 1 } } },
      paths: [],
    },
    'what the cloud had filled in is not drift when the template begins to speak of it': {
      was: { Note: 'a' },
      wanted: { Note: 'a', Zone: 'z2' },
      live: { Note: 'a', Zone: 'z1' },
      paths: ['Zone'],
    },
    'somebody changed it': {
      was: { Note: 'a' },
      wanted: { Note: 'a' },
      live: { Note: 'c' },
      paths: ['Note'],
      drift: ['Note'],
    },
    'somebody changed it to what is wanted now': {
      was: { Note: 'a' },
      wanted: { Note: 'c' },
      live: { Note: 'c' },
      paths: [],
      drift: ['Note'],
    },
    'a key that we set in a map and the template dropped': {
      was: { Map: { a: 1, b: 1 } },
      wanted: { Map: { a: 1 } },
      paths: ['Map.b'],
    },
    'a write-only property is compared with the record': {
      was: { Password: 'a' },
      wanted: { Password: 'a' },
      live: {},
      paths: [],
    },
    'a write-only property changes': {
      was: { Password: 'a' },
      wanted: { Password: 'b' },
      live: {},
      paths: ['Password'],
    },
    'a write-only property of which nobody knows how it was left is set again': {
      was: { Password: unknown },
      wanted: { Password: 'a' },
      live: {},
      paths: ['Password'],
    },
  };
  test.each(Object.entries(cases))('%s', (_title, { was, wanted, live, paths, drift = [] }) => {
    const found = change(was, wanted, live);
    expect(found.differences.map((d) => d.path)).toEqual(paths);
    expect(found.drift.map((d) => d.path)).toEqual(drift);
    expect(found.action).toBe(paths.length > 0 ? 'update' : 'none');
  });

  test('a difference has what was and what will be, and stands where the template says it, or its parent', () => {
    const positions = new Map([['Map', { ...where, line: 9 }]]);
    const plan = planned({
      desired: [thing('A', { Map: { a: 2 }, Note: 'new' }, { positions })],
      recorded: [record('A', { Map: { a: 1 }, Gone: 'old' })],
    });
    expect(changeOf(plan, 'A').differences).toEqual([
      { path: 'Gone', before: 'old', replaces: false },
      { path: 'Map.a', before: 1, after: 2, replaces: false, where: { ...where, line: 9 } },
      { path: 'Note', after: 'new', replaces: false },
    ]);
  });

  test.each([
    [['A'], true],
    [['B'], undefined],
  ])(
    "what is otherwise than recorded is a failed apply's doing only where it was at it: of %s",
    (ids, attempted) => {
      const plan = planned({
        desired: [thing('A')],
        recorded: [record('A', { Note: 'as it was' })],
        attempted: ids,
      });
      expect(changeOf(plan, 'A').attempted).toBe(attempted);
    },
  );

  test('live attributes that are not the recorded ones come with the change', () => {
    const world = { desired: [thing('A')], recorded: [record('A', {}, { attributes: { Ip: '10.0.0.1' } })] };
    expect(changeOf(planned(world), 'A').attributes).toBeUndefined();
    const moved = planned({ ...world, attributes: { A: { Ip: '10.0.0.2' } } });
    expect(changeOf(moved, 'A')).toMatchObject({ action: 'none', attributes: { Ip: '10.0.0.2' } });
  });
});

describe('secrets', () => {
  const secret = parameter('Password');
  const texts = { secrets: { Password: 'correct horse' } };

  const lives: Record<string, { was: Properties; wanted: Properties; live: Properties; action: string }> = {
    'a property as it was': {
      was: { Note: sealed('correct horse') },
      wanted: { Note: secret },
      live: { Note: 'correct horse' },
      action: 'none',
    },
    'a property that somebody changed': {
      was: { Note: sealed('correct horse') },
      wanted: { Note: secret },
      live: { Note: 'correct horses' },
      action: 'update',
    },
    'a property that is no secret any more': {
      was: { Note: sealed('correct horse') },
      wanted: { Note: 'plain' },
      live: { Note: 'correct horse' },
      action: 'update',
    },
    'deep in a map': {
      was: { Map: { deep: { key: sealed('correct horse') } } },
      wanted: { Map: { deep: { key: secret } } },
      live: { Map: { deep: { key: 'correct horse', more: 1 } } },
      action: 'none',
    },
    'in a list as it was': {
      was: { List: [{ Name: 'a' }, { Name: 'b', Value: sealed('correct horse') }] },
      wanted: { List: [{ Name: 'a' }, { Name: 'b', Value: secret }] },
      live: { List: [{ Name: 'a' }, { Name: 'b', Value: 'correct horse' }] },
      action: 'none',
    },
    'in a list that somebody shifted, as long as before': {
      was: { List: [{ Name: 'a', Value: sealed('correct horse') }, { Name: 'b' }] },
      wanted: { List: [{ Name: 'a', Value: secret }, { Name: 'b' }] },
      live: { List: [{ Name: '0' }, { Name: 'a', Value: 'correct horse' }] },
      action: 'update',
    },
    'in a list that somebody made longer': {
      was: { List: [sealed('correct horse')] },
      wanted: { List: [secret] },
      live: { List: ['correct horse', 'battery'] },
      action: 'update',
    },
    'in a map, under another name': {
      was: { Map: { old: sealed('correct horse') } },
      wanted: { Map: { old: secret } },
      live: { Map: { other: 'correct horse' } },
      action: 'update',
    },
    'where a map was expected': {
      was: { Note: sealed('{}') },
      wanted: { Note: secret },
      live: { Note: { text: 'correct horse' } },
      action: 'update',
    },
    'in a map that was a list': {
      was: { Note: [sealed('correct horse')] },
      wanted: { Note: [secret] },
      live: { Note: { text: 'correct horse' } },
      action: 'update',
    },
  };
  test.each(Object.entries(lives))('%s', (_title, { was, wanted, live, action }) => {
    const plan = planned({
      ...texts,
      desired: [thing('A', wanted)],
      recorded: [record('A', was)],
      live: { A: live },
    });
    expect(changeOf(plan, 'A').action).toBe(action);
    expect(JSON.stringify(plan)).not.toMatch(/horse|battery/);
    const gone = planned({ ...texts, desired: [], recorded: [record('A', was)], live: { A: live } });
    expect(JSON.stringify(gone)).not.toMatch(/horse|battery/);
  });

  test('what is made from one, an output too, is one', () => {
    const joined = { 'Fn::Join': ['', ['user:', secret]] };
    const plan = planned({
      ...texts,
      desired: [thing('A', { Note: joined })],
      outputs: { Url: { value: joined }, Attribute: { value: att('A', 'Note') } },
    });
    expect(changeOf(plan, 'A').after).toEqual({ Note: sealed('user:correct horse') });
    expect(plan.outputs.map((o) => o.after)).toEqual([
      sealed('user:correct horse'),
      sealed('user:correct horse'),
    ]);
    expect(JSON.stringify(plan)).not.toContain('horse');
  });

  test('an attribute that is a secret property’s namesake is as secret, also of what stays as it is', () => {
    const plan = planned({
      ...texts,
      desired: [thing('A', { Note: secret }), thing('B', { Note: att('A', 'Note') }, { dependsOn: ['A'] })],
      recorded: [
        record('A', { Note: sealed('correct horse') }, { attributes: { Note: sealed('correct horse') } }),
      ],
      live: { A: { Note: 'correct horse' } },
      attributes: { A: { Note: 'correct horse' } },
      outputs: { Note: { value: att('A', 'Note') } },
    });
    expect(changeOf(plan, 'A')).toMatchObject({ action: 'none' });
    expect(changeOf(plan, 'B').after).toEqual({ Note: sealed('correct horse') });
    expect(JSON.stringify(plan)).not.toContain('horse');
  });
});

describe('replacing', () => {
  test('names the properties that force it, and no other', () => {
    const found = change({ Size: 1, Note: 'a', Name: 'x' }, { Size: 2, Note: 'b', Name: 'y' });
    expect(found).toMatchObject({ action: 'replace', replaceBecause: ['Name', 'Size'] });
    expect(found.differences.map((d) => [d.path, d.replaces])).toEqual([
      ['Name', true],
      ['Note', false],
      ['Size', true],
    ]);
  });

  test('the type decides what the schema leaves open, and not what it says', () => {
    const asked: string[] = [];
    const replaces = (property: string) => {
      asked.push(property);
      return property === 'Maybe';
    };
    const world = { recorded: [record('A', { Maybe: 1, Note: 1, Size: 1 })], type: { replaces } };
    const maybe = planned({ ...world, desired: [thing('A', { Maybe: 2, Note: 2, Size: 2 })] });
    expect(changeOf(maybe, 'A').replaceBecause).toEqual(['Maybe', 'Size']);
    expect(asked.sort()).toEqual(['Maybe', 'Note']);
  });

  test('what refers to it is changed with it, and replaced where that property replaces', () => {
    const plan = planned({
      desired: [
        thing('Parent', { Size: 2 }),
        thing('Child', { Parent: ref('Parent') }, { dependsOn: ['Parent'] }),
        thing('Friend', { Refs: [ref('Parent')] }, { dependsOn: ['Parent'] }),
      ],
      recorded: [
        record('Parent', { Size: 1 }),
        record('Child', { Parent: 'parent-1' }, { dependsOn: ['Parent'] }),
        record('Friend', { Refs: ['parent-1'] }, { dependsOn: ['Parent'] }),
      ],
    });
    expect(plan.changes.map((c) => [c.logicalId, c.action])).toEqual([
      ['Child', 'replace'],
      ['Friend', 'update'],
      ['Parent', 'replace'],
    ]);
    expect(changeOf(plan, 'Child').after).toEqual({ Parent: { ...unknown, of: '${Parent}' } });
  });
});

describe('what goes before its successor comes', () => {
  test('the old generation of one name, and what hangs on it and goes too', () => {
    const parent = { Parent: ref('Named') };
    const plan = planned({
      desired: [
        thing('Named', { Name: 'n', Size: 2 }),
        thing('Replaced', parent, { dependsOn: ['Named'] }),
        thing('Updated', { Refs: [ref('Named')] }, { dependsOn: ['Named'] }),
        thing('Other', { Size: 2 }),
      ],
      recorded: [
        record('Named', { Name: 'n', Size: 1 }),
        record('Replaced', { Parent: 'named-1' }, { dependsOn: ['Named'] }),
        record('Updated', { Refs: ['named-1'] }, { dependsOn: ['Named'] }),
        record('Deleted', { Parent: 'replaced-1' }, { dependsOn: ['Replaced'] }),
        record('Other', { Size: 1 }),
      ],
    });
    expect(Object.fromEntries(plan.changes.map((c) => [`${c.action} ${c.logicalId}`, c.order]))).toEqual({
      'replace Named': 'delete-before-create',
      'replace Replaced': 'delete-before-create',
      'delete Deleted': 'delete-before-create',
      'replace Other': 'create-before-delete',
      'update Updated': undefined,
    });
  });

  test('a name that moves from one logical id to another', () => {
    const plan = planned({
      desired: [thing('New', { Name: 'n' }), thing('Else', { Name: 'm' })],
      recorded: [record('Old', { Name: 'n' }), record('Unrelated', { Name: 'o' })],
    });
    expect(changeOf(plan, 'New').takesOverFrom).toEqual(['Old']);
    expect(changeOf(plan, 'Else').takesOverFrom).toBeUndefined();
    expect(changeOf(plan, 'Old').order).toBe('delete-before-create');
    expect(changeOf(plan, 'Unrelated').order).toBeUndefined();
  });

  test('two names that change places', () => {
    const plan = planned({
      desired: [thing('A', { Name: 'b' }), thing('B', { Name: 'a' })],
      recorded: [record('A', { Name: 'a' }), record('B', { Name: 'b' })],
    });
    expect(plan.changes.map((c) => [c.takesOverFrom, c.order])).toEqual([
      [['B'], 'delete-before-create'],
      [['A'], 'delete-before-create'],
    ]);
  });

  test('not a name that stays with what is retained: that cannot be had', () => {
    const plan = planned({
      desired: [thing('New', { Name: 'n' })],
      recorded: [record('Old', { Name: 'n' }, { deletionPolicy: 'Retain' })],
    });
    expect(plan.changes.map((c) => [c.action, c.takesOverFrom])).toEqual([
      ['create', undefined],
      ['forget', undefined],
    ]);
  });
});

describe('what is not in the template any more', () => {
  const cases = [
    ['Delete', {}, 'delete'],
    ['Retain', {}, 'forget'],
    ['RetainExceptOnCreate', {}, 'forget'],
    ['Snapshot', {}, 'forget'],
    ['Delete', null, 'forget'],
    ['Retain', null, 'forget'],
  ] as const;
  test.each(cases)('with the policy %s and %j in the cloud: %s to %s', (deletionPolicy, live, action) => {
    for (const desired of [undefined, []]) {
      const plan = planned({
        ...(desired ? { desired } : {}),
        recorded: [record('A', { Note: 'a' }, { deletionPolicy, dependsOn: ['B'] })],
        live: { A: live },
      });
      expect(plan.changes).toMatchObject([{ action, physicalId: 'a-1', dependsOn: ['B'] }]);
      expect(plan.changes[0]?.vanished).toBe(live === null ? true : undefined);
    }
  });

  test('leftovers of earlier replacements are listed whatever the template says', () => {
    const old = record('A', {}, { generation: 'deposed', physicalId: 'a-0', dependsOn: ['B'] });
    const leftover = { logicalId: 'A', type: 'Test::Thing', physicalId: 'a-0', dependsOn: ['B'] };
    const plan = planned({ desired: [thing('A')], recorded: [record('A'), old] });
    expect(plan.deposed).toEqual([leftover]);
    expect(hasChanges(plan)).toBe(true);
    expect(planned({ recorded: [old] }).deposed).toEqual([leftover]);
  });
});

describe('what has vanished', () => {
  test('is made again, and what refers to it follows', () => {
    const plan = planned({
      desired: [thing('A', { Note: 'a' }), thing('B', { Refs: [ref('A')] }, { dependsOn: ['A'] })],
      recorded: [record('A', { Note: 'a' }), record('B', { Refs: ['a-1'] })],
      live: { A: null },
    });
    expect(changeOf(plan, 'A')).toMatchObject({ action: 'create', vanished: true });
    expect(changeOf(plan, 'A')).not.toHaveProperty('physicalId');
    expect(changeOf(plan, 'B')).toMatchObject({ action: 'update', after: { Refs: [unknown] } });
  });
});

describe('policies', () => {
  test('a changed one is an update of the state alone', () => {
    const plan = planned({
      desired: [thing('A', {}, { deletionPolicy: 'Retain', updateReplacePolicy: 'Retain' })],
      recorded: [record('A')],
    });
    expect(changeOf(plan, 'A')).toMatchObject({
      action: 'update',
      differences: [
        { path: 'DeletionPolicy', before: 'Delete', after: 'Retain', replaces: false, where },
        { path: 'UpdateReplacePolicy', before: 'Delete', after: 'Retain', replaces: false, where },
      ],
    });
  });
});

describe('what no plan can do', () => {
  test('is said all at once, with its lines', () => {
    const world = {
      desired: [
        thing('Changed', {}, { type: 'Test::Other' }),
        thing('Kept', {}, { deletionPolicy: 'Snapshot', updateReplacePolicy: 'Snapshot' }),
      ],
      recorded: [record('Changed')],
    };
    const error = (() => {
      try {
        return planned(world);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({
      code: 'plan-unsupported',
      problem: {
        diagnostics: [
          { summary: 'Changed changes its type from Test::Thing to Test::Other', where },
          {
            summary: 'Test::Thing cannot be snapshotted, and Kept asks for it',
            remedy: /^Use DeletionPolicy:/,
          },
          { remedy: expect.stringMatching(/^Use UpdateReplacePolicy:/) },
        ].map((d) =>
          expect.objectContaining({
            ...d,
            ...(d.remedy instanceof RegExp ? { remedy: expect.stringMatching(d.remedy) } : {}),
          }),
        ),
      },
    });
  });
});

describe('outputs', () => {
  test('are compared with the recorded ones', () => {
    const plan = planned({
      desired: [thing('A')],
      recorded: [record('A')],
      outputs: {
        Same: { value: ref('A') },
        Other: { value: 'new' },
        Added: { value: 'x', exportName: 'shop-x' },
        Exported: { value: 'y', exportName: 'shop-y' },
      },
      recordedOutputs: {
        Same: { value: 'a-1' },
        Other: { value: 'old' },
        Gone: { value: 'z' },
        Exported: { value: 'y' },
      },
    });
    expect(plan.outputs.map(({ desired: _, ...o }) => o)).toEqual([
      { name: 'Added', after: 'x', exportName: 'shop-x' },
      { name: 'Exported', before: 'y', after: 'y', exportName: 'shop-y', formerExportName: null },
      { name: 'Gone', before: 'z' },
      { name: 'Other', before: 'old', after: 'new' },
      { name: 'Same', before: 'a-1', after: 'a-1' },
    ]);
  });

  const single: Record<string, { outputs: object; recorded: object; changes: boolean }> = {
    'the same': { outputs: { A: { value: 'x' } }, recorded: { A: { value: 'x' } }, changes: false },
    'the same, its keys in another order': {
      outputs: { A: { value: { a: 1, b: 2 } } },
      recorded: { A: { value: { b: 2, a: 1 } } },
      changes: false,
    },
    'a new one': { outputs: { A: { value: 'x' } }, recorded: {}, changes: true },
    'one that is gone': { outputs: {}, recorded: { A: { value: 'x' } }, changes: true },
    'one that is exported from now on': {
      outputs: { A: { value: 'x', exportName: 'e' } },
      recorded: { A: { value: 'x' } },
      changes: true,
    },
    'one that is not exported any more': {
      outputs: { A: { value: 'x' } },
      recorded: { A: { value: 'x', exportName: 'e' } },
      changes: true,
    },
  };
  test.each(Object.entries(single))('%s', (_title, { outputs, recorded, changes }) => {
    const plan = planned({ desired: [], outputs: outputs as never, recordedOutputs: recorded as never });
    expect(hasChanges(plan)).toBe(changes);
  });
});

describe('exports of other stacks', () => {
  const desired = [thing('A', { Note: 'vpc-1' })];
  const recorded = [record('A', { Note: 'vpc-1' })];

  test.each([
    ['one more', { net: 'vpc-1' }, [], { added: ['net'], removed: [] }],
    ['one less', {}, ['net'], { added: [], removed: ['net'] }],
    ['another', { net: 'vpc-1' }, ['old'], { added: ['net'], removed: ['old'] }],
  ])('%s is a change, where nothing else is', (_title, imports, recordedImports, importChanges) => {
    const plan = planned({ desired, recorded, imports, recordedImports });
    expect(plan.changes.map((c) => c.action)).toEqual(['none']);
    expect(plan.importChanges).toEqual(importChanges);
    expect(hasChanges(plan)).toBe(true);
  });

  test('the same as before are no change, whatever their values', () => {
    const plan = planned({ desired, recorded, imports: { net: 'vpc-1' }, recordedImports: ['net'] });
    expect(plan).not.toHaveProperty('importChanges');
    expect(hasChanges(plan)).toBe(false);
  });
});
