import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseParameters } from '../../src/stack/parameters.ts';

test.each([
  ['a flat map', 'A: x\nB: 2\nC: [a, 1]\nD: yes\n', { A: 'x', B: 2, C: ['a', 1], D: true }],
  ['JSON', '{"A": "x", "B": 012}'.replace('012', '12'), { A: 'x', B: 12 }],
  ["CloudFormation's own list", '[{"ParameterKey": "A", "ParameterValue": "1,2"}]', { A: '1,2' }],
  ['an account id with a leading zero', 'Account: 012345678901', { Account: '012345678901' }],
  ['an empty file', '', {}],
  ['only comments', '# nothing yet\n\n  # here\n', {}],
])('%s', (_name, text, values) => {
  expect(parseParameters(text, 'p.yaml')).toMatchObject({ values, diagnostics: [] });
});

test('each value has its place', () => {
  expect(parseParameters('A: x\nB:\n  - y\n', 'p.yaml').positions.get('B')).toMatchObject({
    file: 'p.yaml',
    line: 3,
    column: 3,
  });
});

test.each([
  [
    'a nested map',
    'A:\n  B: c\n',
    "2:3 template-parameter The value of 'A' must be text, a number or a list of these, not a mapping",
  ],
  [
    'a function',
    'A: !Ref B\n',
    "1:4 template-parameter The value of 'A' must be text, a number or a list of these, not Ref",
  ],
  [
    'nothing',
    'A:\n',
    "1:3 template-parameter The value of 'A' must be text, a number or a list of these, not nothing",
  ],
  ['a value given twice', 'A: 1\nA: 2\n', "2:1 template-duplicate-key The key 'A' is already on line 1"],
  [
    'a value twice in a list',
    '[{ParameterKey: A, ParameterValue: 1}, {ParameterKey: A, ParameterValue: 2}]',
    "1:55 template-duplicate-key The parameter 'A' has two values",
  ],
  [
    'a list of something else',
    '- A\n',
    '1:3 template-parameter An item of a parameter list must have ParameterKey and ParameterValue',
  ],
  [
    'just a text',
    'hello',
    '1:1 template-parameter A parameter file is a mapping of names to values, not text',
  ],
  [
    'the reserved key',
    '$slipway: secret\n',
    "1:1 template-syntax The key '$slipway' is reserved for Slipway itself",
  ],
])('%s is an error at its line', (_name, text, expected) => {
  const { values, diagnostics } = parseParameters(text, 'p.yaml');
  expect(values).toBeUndefined();
  expect(diagnostics.map((d) => `${d.where?.line}:${d.where?.column} ${d.code} ${d.summary}`)).toEqual([
    expected,
  ]);
});

test('any text at all is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { values, diagnostics } = parseParameters(text, 'p.yaml');
      expect(values === undefined).toBe(diagnostics.some((d) => d.severity === 'error'));
    }),
  );
});
