import { describe, expect, test } from 'vitest';
import type { Properties, Value } from '../../src/base/value.ts';
import { unknown } from '../../src/base/value.ts';
import { type Cost, costOf, type Prices, whyUnpriced } from '../../src/plan/cost.ts';
import type { Change } from '../../src/plan/plan.ts';
import { change, difference } from '../review/plans.ts';

const prices: Prices = {
  currency: 'USD',
  resources: {
    'AWS::EC2::NatGateway': 35,
    'AWS::EC2::Instance': { by: 'InstanceType', values: { 't3.micro': 8, 'm5.large': 70 } },
    'AWS::EC2::Volume': { by: 'VolumeType', per: 'Size', values: { gp3: 0.08, io2: 0.125 } },
    'Acme::Queue': { by: 'Durable', values: { true: 3, false: 1 } },
  },
};

const nat = (action: Change['action'], rest: Partial<Change> = {}) =>
  change('Nat', 'AWS::EC2::NatGateway', action, rest);

/** An instance of one type until now and of another one then; undefined: not there. */
function web(
  action: Change['action'],
  was: Value | undefined,
  is: Value | undefined,
  rest: Partial<Change> = {},
): Change {
  const of = (type: Value | undefined) => (type === undefined ? undefined : { InstanceType: type });
  return ofProperties('Web', 'AWS::EC2::Instance', action, of(was), of(is), rest);
}

const disk = (action: Change['action'], was: Properties | undefined, is: Properties | undefined) =>
  ofProperties('Disk', 'AWS::EC2::Volume', action, was, is);

function ofProperties(
  logicalId: string,
  type: string,
  action: Change['action'],
  before: Properties | undefined,
  after: Properties | undefined,
  rest: Partial<Change> = {},
): Change {
  const names = before && after ? Object.keys({ ...before, ...after }) : [];
  return change(logicalId, type, action, {
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    differences: names
      .filter((name) => before?.[name] !== after?.[name])
      .map((name) => difference(name, before?.[name], after?.[name])),
    ...rest,
  });
}

const secret: Value = { $slipway: 'secret', fingerprint: 'f'.repeat(32) };

describe('what a plan costs', () => {
  test.each<[string, readonly Change[], number, number]>([
    ['nothing', [], 0, 0],
    ['a type that the list does not name', [change('Vpc', 'AWS::EC2::VPC', 'create')], 0, 0],
    ['a create', [nat('create')], 0, 35],
    ['a create of a type by its property', [web('create', undefined, 'm5.large')], 0, 70],
    ['a delete', [web('delete', 'm5.large', undefined)], 70, 0],
    ['what stays', [web('none', 't3.micro', 't3.micro')], 8, 8],
    ['a replace of what costs always the same', [nat('replace')], 35, 35],
    ['a replace by another type', [web('replace', 't3.micro', 'm5.large')], 8, 70],
    [
      'a replace that keeps the old one',
      [web('replace', 't3.micro', 'm5.large', { updateReplacePolicy: 'Retain' })],
      8,
      78,
    ],
    [
      'a replace that leaves a snapshot',
      [web('replace', 't3.micro', 'm5.large', { updateReplacePolicy: 'Snapshot' })],
      8,
      70,
    ],
    ['an update of the type', [web('update', 'm5.large', 't3.micro')], 70, 8],
    [
      'an update of something else, where the template leaves the type to the cloud',
      [
        ofProperties(
          'Web',
          'AWS::EC2::Instance',
          'update',
          { InstanceType: 't3.micro' },
          {},
          {
            differences: [difference('Tags[Name].Value', 'a', 'b')],
          },
        ),
      ],
      8,
      8,
    ],
    ['an import', [web('import', 't3.micro', 't3.micro')], 8, 8],
    ['an import that is made larger: in full', [web('import', secret, 'm5.large')], 0, 70],
    ['what is let go of', [web('forget', 'm5.large', undefined)], 70, 70],
    ['what is let go of, and is not there', [web('forget', 'm5.large', undefined, { vanished: true })], 0, 0],
    ['a size', [disk('create', undefined, { VolumeType: 'gp3', Size: 100 })], 0, 8],
    ['a size as text', [disk('create', undefined, { VolumeType: 'gp3', Size: '100' })], 0, 8],
    [
      'a larger size',
      [disk('update', { VolumeType: 'gp3', Size: 100 }, { VolumeType: 'gp3', Size: 101 })],
      8,
      8.08,
    ],
    [
      'fractions',
      [
        disk('create', undefined, { VolumeType: 'io2', Size: 1 }),
        disk('create', undefined, { VolumeType: 'gp3', Size: 3 }),
      ],
      0,
      0.365,
    ],
    [
      'a property that is no text',
      [ofProperties('Q', 'Acme::Queue', 'create', undefined, { Durable: true })],
      0,
      3,
    ],
    ['several', [nat('create'), web('delete', 'm5.large', undefined)], 70, 35],
  ])('%s', (_, changes, before, after) => {
    expect(costOf(changes, prices)).toEqual({
      currency: 'USD',
      before,
      after,
      change: Math.round((after - before) * 1e6) / 1e6,
      unpriced: [],
    });
  });

  test('fractions add up to what a person expects, so that a rule is not met by a hair', () => {
    const tenths: Prices = { currency: 'USD', resources: { A: 0.1, B: 0.2 } };
    expect(costOf([change('A', 'A', 'create'), change('B', 'B', 'create')], tenths).change).toBe(0.3);
  });
});

describe('what has no price', () => {
  const missing = 'no price for m7i.48xlarge (Web)';
  test.each<[string, Change, string]>([
    ['a value that is not in the list', web('create', undefined, 'm7i.48xlarge'), missing],
    ['one that is replaced', web('replace', 'm7i.48xlarge', 't3.micro'), missing],
    ['one that it becomes', web('update', 't3.micro', 'm7i.48xlarge'), missing],
    ['one that is deleted', web('delete', 'm7i.48xlarge', undefined), missing],
    [
      'the name of what every object has',
      web('create', undefined, 'constructor'),
      'no price for constructor (Web)',
    ],
    ['a value that is not there', disk('create', undefined, { Size: 9 }), 'VolumeType of Disk is not set'],
    [
      'a value that is unknown',
      web('update', 't3.micro', unknown),
      'InstanceType of Web is known only after the apply',
    ],
    ['a secret', web('create', undefined, secret), 'InstanceType of Web is secret'],
    ['a list', web('create', undefined, ['t3.micro']), 'InstanceType of Web is neither a text nor a number'],
    ['no size', disk('create', undefined, { VolumeType: 'gp3' }), 'Size of Disk is not set'],
    [
      'a size below nothing, which would hide what others cost',
      disk('create', undefined, { VolumeType: 'gp3', Size: -100000 }),
      'Size of Disk is no number',
    ],
    [
      'a size without end',
      disk('create', undefined, { VolumeType: 'gp3', Size: Number.POSITIVE_INFINITY }),
      'Size of Disk is no number',
    ],
  ])('%s', (_, unpriced, why) => {
    expect(costOf([nat('create'), unpriced], prices)).toEqual({ currency: 'USD', unpriced: [why] });
  });

  test('of what stays leaves the change known, and is named after what changes', () => {
    const stays = web('none', 'm7i.48xlarge', 'm7i.48xlarge');
    const tagged = { ...web('update', 'x', 'x'), differences: [difference('Tags', undefined, [])] };
    expect(costOf([stays, tagged, nat('create')], prices)).toEqual({
      currency: 'USD',
      change: 35,
      unpriced: [missing, 'no price for x (Web)'],
    });
    const grown = disk('create', undefined, { VolumeType: 'gp3' });
    expect(costOf([stays, grown], prices).unpriced).toEqual(['Size of Disk is not set', missing]);
  });

  test.each<[readonly string[], string | undefined]>([
    [[], undefined],
    [['a'], 'a'],
    [['a', 'b', 'c'], 'a, and 2 more'],
  ])('%o is told as %s', (unpriced, words) => {
    const cost: Cost = { currency: 'USD', unpriced };
    expect(whyUnpriced(cost)).toBe(words);
  });
});
