import { expect, test } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import { plannedTemplate } from '../../src/scanner/planned-template.ts';
import { planOf } from './texts.ts';

const unknown = { $slipway: 'unknown' };
const planned = (written: Value, desired: { readonly [key: string]: Value }) => {
  const plan = planOf({ Vpc: 'create' });
  const json = { Outputs: {}, Resources: { Vpc: { Type: 'T', Properties: written }, Off: { Type: 'T' } } };
  const changes = plan.changes.map((change) => ({ ...change, desired }));
  return plannedTemplate(json, { changes });
};
const withProperties = (properties: Value) => ({
  Outputs: {},
  Resources: { Vpc: { Type: 'T', Properties: properties }, Off: { Type: 'T' } },
});

test.each<[string, Value, { readonly [key: string]: Value }, Value]>([
  ['what a parameter gives', { A: { Ref: 'Open' } }, { A: true }, { A: true }],
  ['what a condition leaves', { 'Fn::If': ['X', { A: 1 }, {}] }, { A: 1 }, { A: 1 }],
  ['what only the cloud gives as it is written', { A: { Ref: 'B' } }, { A: unknown }, { A: { Ref: 'B' } }],
  [
    'so in a list',
    { A: [{ K: 'a', V: { Ref: 'B' } }] },
    { A: [{ K: 'a', V: unknown }] },
    { A: [{ K: 'a', V: { Ref: 'B' } }] },
  ],
  [
    'no secret',
    { A: { 'Fn::If': ['X', {}, {}] } },
    { A: { B: { $slipway: 'parameter', name: 'P' }, C: { $slipway: 'resolve', reference: 'ssm-secure:x' } } },
    { A: { B: { Ref: 'P' }, C: '{{resolve:ssm-secure:x}}' } },
  ],
  ['no marker', { 'Fn::If': ['X', {}, {}] }, { A: [unknown] }, { A: [{ Ref: 'Slipway::Unknown' }] }],
])('a rule is given %s', (_, written, desired, expected) => {
  expect(planned(written, desired)).toEqual(withProperties(expected));
});

test('a resource that the plan does not have stays as it is written', () => {
  expect(plannedTemplate(withProperties({ A: 1 }), { changes: [] })).toEqual(withProperties({ A: 1 }));
});

test('a rule is not told to leave a resource out', () => {
  const vpc = { Type: 'T', Metadata: { guard: { SuppressedRules: ['R'] }, cfn_nag: {}, Owner: 'shop' } };
  expect(plannedTemplate({ Resources: { Vpc: vpc } }, { changes: [] })).toEqual({
    Resources: { Vpc: { Type: 'T', Metadata: { Owner: 'shop' } } },
  });
});
