import { describe, expect, test } from 'vitest';
import { diagnosticsOf } from '../../src/base/error.ts';
import { hasChanges } from '../../src/plan/plan.ts';
import { changeOf, planned, record, ref, sealed, thing, type World } from './planned.ts';

const renamed = (id: string, old: string, properties = {}, more = {}) =>
  thing(id, properties, { metadata: { Slipway: { RenamedFrom: old } }, ...more });

function problemsOf(world: World) {
  try {
    planned(world);
  } catch (error) {
    return diagnosticsOf(error).map(({ code, summary, where }) => `${code} ${where?.line}: ${summary}`);
  }
  return [];
}

describe('a resource that gets another logical id', () => {
  test('is updated and not recreated, and nothing is deleted', () => {
    const plan = planned({
      desired: [renamed('New', 'Old', { Name: 'a' })],
      recorded: [record('Old', { Name: 'a' })],
    });
    expect(plan.changes).toMatchObject([
      { logicalId: 'New', action: 'update', movedFrom: 'Old', physicalId: 'old-1', differences: [] },
    ]);
    expect(hasChanges(plan)).toBe(true);
  });

  test('may be changed at the same time', () => {
    const plan = planned({
      desired: [renamed('New', 'Old', { Note: 'b' })],
      recorded: [record('Old', { Note: 'a' })],
    });
    expect(changeOf(plan, 'New')).toMatchObject({
      action: 'update',
      movedFrom: 'Old',
      differences: [{ path: 'Note', before: 'a', after: 'b' }],
    });
  });

  test('keeps what refers to it as it is', () => {
    const plan = planned({
      desired: [
        renamed('New', 'Old', { Name: 'a' }),
        thing('User', { Uses: ref('New') }, { dependsOn: ['New'] }),
      ],
      recorded: [record('Old', { Name: 'a' }), record('User', { Uses: 'old-1' }, { dependsOn: ['Old'] })],
    });
    expect(changeOf(plan, 'User')).toMatchObject({ action: 'none', formerDependsOn: ['New'] });
  });

  test('is still what others hang on, whatever their records call it', () => {
    const plan = planned({
      desired: [renamed('New', 'Old')],
      recorded: [record('New'), record('Gone', {}, { dependsOn: ['Old'] })],
    });
    expect(changeOf(plan, 'Gone')).toMatchObject({ action: 'delete', dependsOn: ['New'] });
  });

  test('is another plan than the one without the rename, or with another one', () => {
    const recorded = [record('Old', { Name: 'a' }), record('Older', { Name: 'a' })];
    const [one, other] = ['Old', 'Older'].map((old) =>
      planned({
        desired: [renamed('New', old, { Name: 'a' })],
        recorded: recorded.filter((r) => r.logicalId === old).map((r) => ({ ...r, physicalId: 'same' })),
      }),
    );
    expect(one!.digest).not.toBe(other!.digest);
  });

  test('is created anew where it is gone from the cloud', () => {
    const plan = planned({
      desired: [renamed('New', 'Old')],
      recorded: [record('Old')],
      live: { Old: null },
    });
    expect(plan.changes).toMatchObject([{ logicalId: 'New', action: 'create', vanished: true }]);
  });

  test.each<[string, World]>([
    ['it has been renamed', { desired: [renamed('New', 'Old')], recorded: [record('New')] }],
    [
      'a run has failed half way, and neither is there',
      { desired: [renamed('New', 'Old'), thing('Other')], recorded: [record('Other')], attempted: ['New'] },
    ],
    ['nothing has been made yet', { desired: [renamed('New', 'Old')] }],
    [
      'the old name is another one by now',
      { desired: [renamed('New', 'Old'), thing('Old')], recorded: [record('New'), record('Old')] },
    ],
  ])('says nothing any more when %s', (_, world) => {
    const plan = planned(world);
    expect(plan.changes.every((c) => c.movedFrom === undefined)).toBe(true);
    expect(plan.changes.map((c) => c.action)).not.toContain('delete');
  });
});

test.each<[string, World, string[]]>([
  [
    'the old one is still in the template',
    { desired: [renamed('New', 'Old'), thing('Old')], recorded: [record('Old')] },
    ['plan-rename 3: New is renamed from Old, which is still in the template'],
  ],
  [
    'the old one never was',
    { desired: [renamed('New', 'Ald')], recorded: [record('Old')] },
    ['plan-rename 3: New is renamed from Ald, which this stack does not have'],
  ],
  [
    'two come from one',
    { desired: [renamed('A', 'Old'), renamed('B', 'Old')], recorded: [record('Old')] },
    ['plan-rename 3: B and A are both renamed from Old'],
  ],
  [
    'the type is another',
    { desired: [renamed('New', 'Old')], recorded: [record('Old', {}, { type: 'Test::Other' })] },
    ['plan-rename 3: New is Test::Thing and renamed from Old, which is Test::Other'],
  ],
  [
    'both are there',
    { desired: [renamed('New', 'Old')], recorded: [record('New'), record('Old')] },
    ['plan-rename 3: New is renamed from Old, and both are there'],
  ],
  [
    'it is renamed from itself',
    { desired: [renamed('New', 'New')] },
    ['plan-rename 3: New is renamed from itself'],
  ],
  [
    'the key is misspelt',
    { desired: [thing('New', {}, { metadata: { Slipway: { RenameFrom: 'Old' } } })] },
    ['plan-metadata 3: The Slipway metadata of New has no RenameFrom'],
  ],
  [
    'it is imported as well',
    { desired: [thing('New', {}, { metadata: { Slipway: { RenamedFrom: 'Old', Import: 'x' } } })] },
    ['plan-metadata 3: New is both imported and renamed'],
  ],
  [
    'it is no text',
    { desired: [thing('New', {}, { metadata: { Slipway: { RenamedFrom: 3 } } })] },
    ['plan-metadata 3: RenamedFrom of New is no logical id'],
  ],
])('a rename is refused when %s', (_, world, problems) => {
  expect(problemsOf(world)).toEqual(problems);
});

describe('a resource that is imported', () => {
  const live = (properties: object, physicalId = 'thing-9') => ({
    physicalId,
    properties: properties as never,
    attributes: { Arn: 'arn:9' },
  });

  test('shows that the template would change it, and nothing of what it is but what the template says', () => {
    const plan = planned({
      desired: [thing('A', { Name: 'a', Note: 'new', Deep: { A: 1, B: 2 }, Password: 'p' })],
      adopted: { A: live({ Name: 'a', Note: 'an old one', Deep: { A: 1, B: 417, C: 418 }, Colour: 'red' }) },
    });
    expect(plan.changes).toMatchObject([
      {
        action: 'import',
        physicalId: 'thing-9',
        before: { Name: 'a', Note: sealed('an old one'), Deep: { A: 1, B: sealed('417') }, Password: 'p' },
        differences: [
          { path: 'Deep.B', before: sealed('417'), after: 2 },
          { path: 'Note', before: sealed('an old one'), after: 'new' },
        ],
      },
    ]);
    expect(JSON.stringify(plan)).not.toMatch(/an old one|:41[78]|"red"/);
  });

  test('gives its id and, sealed, its attributes to those that refer to it', () => {
    const plan = planned({
      desired: [
        thing('A', { Name: 'a' }),
        thing('B', { Uses: ref('A'), Arn: { 'Fn::GetAtt': ['A', 'Arn'] } }, { dependsOn: ['A'] }),
      ],
      adopted: { A: live({ Name: 'a' }) },
    });
    expect(changeOf(plan, 'B').after).toEqual({ Uses: 'thing-9', Arn: sealed('arn:9') });
  });

  test.each([
    ['is refused while the template does not say what becomes of it in the end', {}, {}, 1],
    ['may say so', { deletionPolicyIsDefault: false }, {}, 0],
    ['need not say so once it is imported', {}, { recorded: [record('A', { Name: 'a' })] }, 0],
  ])('%s', (_, said, world, problems) => {
    const metadata = { Slipway: { Import: 'thing-9' } };
    const resource = thing('A', { Name: 'a' }, { metadata, deletionPolicyIsDefault: true, ...said });
    expect(problemsOf({ desired: [resource], adopted: { A: live({ Name: 'a' }) }, ...world })).toEqual(
      ['plan-metadata 3: A is imported and has no DeletionPolicy'].slice(0, problems),
    );
  });

  test('is refused when a difference would replace it, with all such differences', () => {
    const world: World = {
      desired: [thing('Other'), thing('A', { Name: 'a', Size: ref('Other') }, { dependsOn: ['Other'] })],
      adopted: { A: live({ Name: 'b', Size: 2 }) },
    };
    expect(problemsOf(world)).toEqual([
      'plan-import 3: A cannot become thing-9: Name is another in the cloud and "a" in the template, and changing it would replace it',
      'plan-import 3: A cannot become thing-9: Size is another in the cloud and something that is not there yet in the template, and changing it would replace it',
    ]);
  });
});
