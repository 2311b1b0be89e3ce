import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSecret, reveal, type Secret, seal, unknown, type Value } from '../../src/base/value.ts';
import { evaluate } from '../../src/stack/evaluate.ts';
import { referencesIn } from '../../src/stack/references-in.ts';
import type { Expression } from '../../src/stack/stack.ts';
import { key, scopeOf } from './facts.ts';

const ref = (name: string) => ({ Ref: name });
const attribute = (name: string, attribute: string) => ({ 'Fn::GetAtt': [name, attribute] });
const joinOf = (delimiter: string, items: Expression) => ({ 'Fn::Join': [delimiter, items] });
const join = (delimiter: string, ...items: Expression[]) => ({ 'Fn::Join': [delimiter, items] });

const known = scopeOf({
  Vpc: 'vpc-1',
  'Vpc.CidrBlock': '10.0.0.0/16',
  'Vpc.Blocks': ['10.0.0.0/16', unknown],
  'Db.Port': 5432,
});
const openAs = (of: string, ...fingerprints: string[]) => ({
  ...unknown,
  of,
  ...(fingerprints.length > 0 ? { secrets: fingerprints } : {}),
});

test.each([
  ['plain values are themselves', { a: [1, 'b', true, null] }, { a: [1, 'b', true, null] }],
  ['Ref and GetAtt', [ref('Vpc'), attribute('Vpc', 'CidrBlock')], ['vpc-1', '10.0.0.0/16']],
  ['a Join of all kinds', join('-', 'a', 1, true, attribute('Db', 'Port')), 'a-1-true-5432'],
  ['Ref of what is not there yet', ref('New'), openAs('${New}')],
  ['GetAtt of what is not there yet', attribute('New', 'Arn'), openAs('${New.Arn}')],
  ['a Join with an unknown', join('-', 'a', ref('Vpc'), ref('New')), openAs('a-vpc-1-${New}')],
  [
    'a Join with a text that only looks like a reference',
    join('', '${Vpc}', ref('New'), '${!New}'),
    openAs('${!Vpc}${New}${!!New}'),
  ],
  ['a Join of an unknown list', joinOf(',', attribute('New', 'Ids')), openAs('${Join(",", New.Ids)}')],
  ['a list keeps its known parts', ['a', ref('New')], ['a', openAs('${New}')]],
  ['a map keeps its known parts', { a: 1, b: { c: ref('New') } }, { a: 1, b: { c: openAs('${New}') } }],
  [
    'Select from an unknown',
    { 'Fn::Select': [0, attribute('New', 'Blocks')] },
    openAs('${Select(0, New.Blocks)}'),
  ],
  [
    'a Sub of a part of an unknown',
    join('', 'a-', { 'Fn::Select': [1, { 'Fn::Split': [':', attribute('New', 'Arn')] }] }),
    openAs('a-${Select(1, Split(":", New.Arn))}'),
  ],
  ['Base64 of an unknown', { 'Fn::Base64': join('', 'id=', ref('New')) }, openAs('id=${New}')],
  [
    'Select of a known item beside an unknown one',
    { 'Fn::Select': [0, attribute('Vpc', 'Blocks')] },
    '10.0.0.0/16',
  ],
  ['Select of the unknown one', { 'Fn::Select': [1, attribute('Vpc', 'Blocks')] }, unknown],
  ['Split of an unknown', { 'Fn::Split': [',', ref('New')] }, openAs('${Split(",", New)}')],
  ['Split', { 'Fn::Split': ['.', attribute('Vpc', 'CidrBlock')] }, ['10', '0', '0', '0/16']],
  ['Length of a list with unknowns', { 'Fn::Length': attribute('Vpc', 'Blocks') }, 2],
  ['Length of an unknown', { 'Fn::Length': ref('New') }, openAs('${Length(New)}')],
  ['Base64', { 'Fn::Base64': join('', 'id=', ref('Vpc')) }, 'aWQ9dnBjLTE='],
  [
    'Cidr of an attribute',
    { 'Fn::Select': [1, { 'Fn::Cidr': [attribute('Vpc', 'CidrBlock'), 2, 8] }] },
    '10.0.1.0/24',
  ],
  ['ToJsonString', { 'Fn::ToJsonString': { vpc: ref('Vpc') } }, '{"vpc":"vpc-1"}'],
  ['ToJsonString with an unknown', { 'Fn::ToJsonString': { vpc: ref('New') } }, openAs('{"vpc":"${New}"}')],
  [
    'markers pass',
    [unknown, { $slipway: 'secret', fingerprint: 'f' }],
    [unknown, { $slipway: 'secret', fingerprint: 'f' }],
  ],
] as [string, Expression, Value][])('%s', (_name, expression, expected) => {
  expect(evaluate(expression, known)).toEqual(expected);
});

test('what the cloud gave and a function cannot take is an error that says so', () => {
  expect(() => evaluate({ 'Fn::Select': [5, attribute('Vpc', 'Blocks')] }, known)).toThrow(
    'Fn::Select has the index 5, but the list has 2 items',
  );
});

const password = { $slipway: 'parameter', name: 'Password' };
const secrets = scopeOf(
  { Vpc: 'vpc-1' },
  { Password: seal('hunter2,x', key), 'vault:a#b': seal('from vault', key) },
);

/** The texts inside sealed values; a plain text shows as it is. */
function opened(value: Value): unknown {
  if (isSecret(value)) return `sealed ${reveal(value as Secret)}`;
  if (Array.isArray(value)) return value.map(opened);
  return value;
}

test.each([
  ['the secret itself', password, 'sealed hunter2,x'],
  ['a Join', join(':', 'admin', password, ref('Vpc')), 'sealed admin:hunter2,x:vpc-1'],
  ['Base64', { 'Fn::Base64': password }, 'sealed aHVudGVyMix4'],
  ['a Split', { 'Fn::Split': [',', password] }, ['sealed hunter2', 'sealed x']],
  ['a Select of a Split', { 'Fn::Select': [0, { 'Fn::Split': [',', password] }] }, 'sealed hunter2'],
  ['a Select of what stands beside it', { 'Fn::Select': [1, [password, 'plain']] }, 'plain'],
  ['ToJsonString', { 'Fn::ToJsonString': { p: password } }, 'sealed {"p":"hunter2,x"}'],
  [
    'a reference whose name a resource completes',
    join('', 'p={{resolve:vault:', { 'Fn::Select': [0, ['a']] }, '#b}}'),
    'sealed p=from vault',
  ],
] as [string, Expression, unknown][])(
  'what is made of a secret is sealed: %s',
  (_name, expression, expected) => {
    expect(opened(evaluate(expression, secrets))).toEqual(expected);
  },
);

test('what a secret and an unknown make together tells the secret only by its fingerprint', () => {
  const made = evaluate(join(':', 'admin', password, ref('New')), secrets);
  expect(made).toEqual(openAs('admin:(secret):${New}', seal('hunter2,x', key).fingerprint));
  const twice = evaluate({ 'Fn::Base64': join('', ref('Else'), made) }, secrets);
  expect(twice).toEqual(openAs('${Else}admin:(secret):${New}', seal('hunter2,x', key).fingerprint));
});

test('a very long text with an unknown in it is cut', () => {
  const made = evaluate(join('', 'x'.repeat(50_000), ref('New')), known) as { of: string };
  expect(made.of).toHaveLength(30_001);
});

test('a text from the cloud can name no secret', () => {
  const scope = scopeOf({ Evil: '{{resolve:vault:a#b}}' }, { 'vault:a#b': seal('from vault', key) });
  expect(evaluate(join('', 'x', ref('Evil')), scope)).toBe('x{{resolve:vault:a#b}}');
});

test('a secret without its plaintext, as state holds it, makes unknown', () => {
  const scope = scopeOf({}, { Password: { $slipway: 'secret', fingerprint: 'f' } });
  expect(evaluate(join('', 'a', password), scope)).toEqual(openAs('a(secret)', 'f'));
  expect(evaluate(password, scope)).toEqual({ $slipway: 'secret', fingerprint: 'f' });
});

test('references are found at any depth, once, sorted', () => {
  expect(referencesIn({ a: [ref('B'), join('', attribute('A', 'Arn'), ref('B'))], c: 'Ref' })).toEqual([
    'A',
    'B',
  ]);
});

const word = fc.string({ maxLength: 6 });
const delimiter = fc.string({ minLength: 1, maxLength: 3 });

test('Join is the join of texts', () => {
  fc.assert(
    fc.property(word, fc.array(word), (by, items) => {
      const scope = scopeOf(Object.fromEntries(items.map((item, i) => [`R${i}`, item])));
      expect(evaluate(join(by, ...items.map((_item, i) => ref(`R${i}`))), scope)).toBe(items.join(by));
    }),
  );
});

test('Split undoes Join where the delimiter is in no item, and Select finds each', () => {
  fc.assert(
    fc.property(delimiter, fc.array(word, { minLength: 1 }), fc.nat(), (by, raw, at) => {
      const items = raw.map((item) => item.replaceAll(by[0]!, ''));
      const scope = scopeOf({ Joined: items.join(by) });
      const split = { 'Fn::Split': [by, ref('Joined')] };
      // A delimiter of a repeated character may also be found where two of them meet.
      fc.pre(items.join(by).split(by).length === items.length);
      expect(evaluate(split, scope)).toEqual(items);
      expect(evaluate({ 'Fn::Select': [at % items.length, split] }, scope)).toBe(items[at % items.length]);
    }),
  );
});

test('with one item unknown, a Join is unknown and nothing else about it matters', () => {
  fc.assert(
    fc.property(word, fc.array(word), fc.array(word), (by, before, after) => {
      expect(evaluate(join(by, ...before, ref('New'), ...after), known)).toMatchObject(unknown);
    }),
  );
});

test('no text made of a secret is ever plain', () => {
  const shape = fc.letrec<{ expression: Expression }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4 },
      fc.constant(password as Expression),
      word.map((text) => text as Expression),
      fc.tuple(word, fc.array(tie('expression'), { maxLength: 3 })).map(([by, items]) => join(by, ...items)),
      tie('expression').map((inner) => ({ 'Fn::Base64': inner })),
      tie('expression').map((inner) => ({ 'Fn::ToJsonString': { inner } })),
    ),
  })).expression;
  fc.assert(
    fc.property(shape, (expression) => {
      const mentions = JSON.stringify(expression).includes('"Password"');
      const value = evaluate(expression, secrets);
      expect(isSecret(value)).toBe(mentions && JSON.stringify(expression).includes(JSON.stringify(password)));
    }),
  );
});
