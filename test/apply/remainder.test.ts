import { describe, expect, test } from 'vitest';
import { isRemainder } from '../../src/apply/remainder.ts';
import { type Properties, unknown } from '../../src/base/value.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import { plainChange } from '../plan/plain-change.ts';
import { parameter, planned, record, ref, thing } from '../plan/planned.ts';

const change = (
  logicalId: string,
  action: Change['action'],
  after?: Properties,
  more: Partial<Change> = {},
): Change => ({
  logicalId,
  type: 'AWS::EC2::VPC',
  action,
  ...(after ? { after } : {}),
  ...plainChange,
  ...more,
});

const plan = (changes: readonly Change[], more: Partial<Plan> = {}): Plan => ({
  format: 1,
  stack: 'acme/shop:a.yaml@dev',
  environment: 'dev',
  account: '111111111111',
  region: 'eu-west-1',
  file: 'a.yaml',
  changes,
  deposed: [],
  outputs: [],
  digest: '',
  ...more,
});

const id = (physicalId: string) => ({ physicalId });
const block = { CidrBlock: '10.0.0.0/16' };
const deposed = (physicalId: string) => ({
  deposed: [{ logicalId: 'B', type: 'AWS::EC2::VPC', physicalId, dependsOn: [] }],
});

const hidden = { $slipway: 'secret', fingerprint: 'f'.repeat(32) };
const whole = plan([
  change('A', 'create', { ...block, DhcpOptionsId: unknown }),
  change('B', 'replace', block, id('vpc-b')),
  change('C', 'update', block, id('vpc-c')),
  change('D', 'delete', undefined, id('vpc-d')),
  change('E', 'none', block, id('vpc-e')),
  change('G', 'create', { DhcpOptionsId: hidden }),
]);

describe('what a failed apply left of a plan', () => {
  test.for([
    { what: 'all of it, when nothing was done', left: whole, is: true },
    { what: 'nothing, when all was', left: plan([change('A', 'none', block)]), is: true },
    {
      what: 'what was unknown may be known by now',
      left: plan([change('A', 'create', { ...block, DhcpOptionsId: 'dopt-1' })]),
      is: true,
    },
    {
      what: 'what was half made lacks the other half',
      left: plan([change('A', 'update', { ...block, DhcpOptionsId: 'dopt-1' }, id('vpc-a'))]),
      is: true,
    },
    {
      what: 'a replaced one of which the old generation is still there',
      left: plan([change('B', 'none', block, id('vpc-new'))], deposed('vpc-b')),
      is: true,
    },
    {
      what: 'what was hidden until something was imported may be plain by now',
      left: plan([change('G', 'create', { DhcpOptionsId: 'dopt-1' })]),
      is: true,
    },
    {
      what: 'an export that the plan did not take',
      left: plan([], { importChanges: { added: ['net'], removed: [] } }),
      is: false,
    },
    { what: 'something old that the plan did not speak of', left: plan([], deposed('vpc-x')), is: false },
    {
      what: 'a value that came out differently',
      left: plan([change('A', 'create', { CidrBlock: '10.9.0.0/16', DhcpOptionsId: 'dopt-1' })]),
      is: false,
    },
    {
      what: 'a change of what was to stay as it is',
      left: plan([change('E', 'update', block, id('vpc-e'))]),
      is: false,
    },
    { what: 'a resource that the plan does not know', left: plan([change('F', 'create', block)]), is: false },
    {
      what: 'the end of what was to be made',
      left: plan([change('A', 'delete', undefined, id('vpc-a'))]),
      is: false,
    },
    {
      what: 'the end of another thing than the one that was to end',
      left: plan([change('D', 'delete', undefined, id('vpc-other'))]),
      is: false,
    },
    { what: 'the same in another account', left: { ...whole, account: '222222222222' }, is: false },
    { what: 'the same in another region', left: { ...whole, region: 'eu-west-2' }, is: false },
  ])('$what: $is', ({ left, is }) => {
    expect(isRemainder(left, whole)).toBe(is);
  });
});

describe('what it gives out', () => {
  const desired = { 'Fn::GetAtt': ['A', 'Url'] };
  const url = { name: 'Url', exportName: 'url', after: unknown, desired };
  const zone = { name: 'Zone', after: 'eu-west-1a', before: 'eu-west-1b', desired: 'eu-west-1a' };
  const gone = { name: 'Gone', before: 'x' };
  const whole = plan([], { outputs: [gone, url, zone] });
  test.for([
    {
      what: 'all as planned, with what was unknown',
      left: [gone, { ...url, after: 'https://a' }, zone],
      is: true,
    },
    { what: 'what is given out already', left: [{ ...zone, before: zone.after }], is: true },
    { what: 'what stays as it was', left: [{ name: 'More', before: 'x', after: 'x' }], is: true },
    {
      what: 'another value, which an SSM parameter has by now',
      left: [{ ...zone, after: 'eu-west-1c', desired: 'eu-west-1c' }],
      is: false,
    },
    {
      what: 'a value of something else',
      left: [{ ...url, after: 'https://b', desired: 'https://b' }],
      is: false,
    },
    { what: 'the same as an export', left: [{ ...zone, exportName: 'zone' }], is: false },
    { what: 'one more', left: [{ name: 'More', after: 'x', desired: 'x' }], is: false },
    { what: 'one less', left: [{ name: 'Zone', before: 'eu-west-1b' }], is: false },
  ])('$what: $is', ({ left, is }) => {
    expect(isRemainder(plan([], { outputs: left }), whole)).toBe(is);
  });
});

test('a secret that goes into a text with what was unknown is still the one that was planned', () => {
  const url = { 'Fn::Join': ['@', [parameter('Password'), ref('Door')]] };
  const desired = [thing('Door'), thing('Url', { Note: url }, { dependsOn: ['Door'] })];
  const whole = planned({ desired, secrets: { Password: 'horse' } });
  const left = (Password: string) => planned({ desired, recorded: [record('Door')], secrets: { Password } });
  expect([isRemainder(left('horse'), whole), isRemainder(left('mule'), whole)]).toEqual([true, false]);
});

test('of hand-overs nothing may be left but what was planned, to the very place', () => {
  const give = (name: string) =>
    ({ action: 'give', output: 'Url', to: { kind: 'variable', environment: 'shop', name } }) as const;
  const whole = plan([], { handOvers: [give('SHOP_URL'), give('SHOP_OTHER')] });
  const left = (name: string) => plan([], { handOvers: [give(name)] });
  expect(isRemainder(left('SHOP_URL'), whole)).toBe(true);
  expect(isRemainder(left('SHOP_URLS'), whole)).toBe(false);
  expect(isRemainder(left('SHOP_URL'), plan([]))).toBe(false);
});
