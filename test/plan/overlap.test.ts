import { describe, expect, test } from 'vitest';
import { overlapOf } from '../../src/plan/overlap.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { change, difference, plan } from '../review/plans.ts';

const vpc = 'AWS::EC2::VPC';
const update = (...differences: Change['differences']): Change =>
  change('Vpc', vpc, 'update', {
    differences,
    after: Object.fromEntries(differences.map((d) => [d.path, d.after!])),
  });
const of = (...changes: readonly Change[]): Plan => plan(changes);
const shared = (ours: Change, theirs: Change) => overlapOf(of(ours), of(theirs))?.shared[0];

describe('what two plans for one stack have in common', () => {
  test('is nothing where the other changes nothing', () => {
    expect(overlapOf(of(update(difference('A', 1, 2))), of(change('Vpc', vpc, 'none')))).toBeUndefined();
  });

  test('is no resource where each changes its own', () => {
    const overlap = overlapOf(of(change('A', vpc, 'create')), of(change('B', vpc, 'create')));
    expect(overlap).toEqual({ shared: [], hanging: [], outputs: [] });
  });

  test('a property that both set differently is contested', () => {
    expect(shared(update(difference('A', 1, 2)), update(difference('A', 1, 3)))).toMatchObject({
      contested: [{ path: 'A', ours: 2, theirs: 3 }],
      onlyOurs: [],
      onlyTheirs: [],
      alike: false,
    });
  });

  test('a part of what the other sets as a whole is contested, and a longer name is not', () => {
    const part = update(difference('Tags[owner].Value', 'a', 'b'), difference('TagsX', 1, 2));
    expect(shared(part, update(difference('Tags', 'a', 'b')))).toMatchObject({
      contested: [{ path: 'Tags' }],
      onlyOurs: ['TagsX'],
    });
  });

  test('different properties come together', () => {
    expect(shared(update(difference('A', 1, 2)), update(difference('B', 1, 2)))).toMatchObject({
      contested: [],
      onlyOurs: ['A'],
      onlyTheirs: ['B'],
    });
  });

  test('what both do in the same way is alike', () => {
    expect(shared(update(difference('A', 1, 2)), update(difference('A', 1, 2)))).toMatchObject({
      contested: [],
      alike: true,
    });
    const made = (cidr: string) => change('Vpc', vpc, 'create', { after: { CidrBlock: cidr } });
    expect(shared(made('10.0.0.0/16'), made('10.0.0.0/16'))?.alike).toBe(true);
    expect(shared(made('10.0.0.0/16'), made('10.1.0.0/16'))?.alike).toBe(false);
  });

  test.each(['replace', 'delete'] as const)('what hangs on a resource that the other is to %s', (theirs) => {
    const subnet = change('Subnet', 'AWS::EC2::Subnet', 'create', { dependsOn: ['Vpc'] });
    expect(overlapOf(of(subnet), of(change('Vpc', vpc, theirs)))?.hanging).toEqual([
      { logicalId: 'Subnet', on: 'Vpc', theirs },
    ]);
    expect(overlapOf(of(subnet), of(change('Vpc', vpc, 'update')))?.hanging).toEqual([]);
  });

  test('outputs that both change', () => {
    const outputs = (after: string) => [{ name: 'Id', before: 'a', after }];
    expect(
      overlapOf(plan([], { outputs: outputs('b') }), plan([], { outputs: outputs('c') }))?.outputs,
    ).toEqual(['Id']);
  });
});
