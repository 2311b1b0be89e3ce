import { expect, test } from 'vitest';
import { seal, unknown, type Value } from '../../src/base/value.ts';
import { coerce } from '../../src/provider/coerce.ts';
import type { TypeSchema } from '../../src/template/type-schema.ts';

const schema: TypeSchema = {
  type: 'Acme::Test::Thing',
  properties: {
    Text: { type: 'string' },
    Count: { type: 'integer' },
    Share: { type: 'double' },
    On: { type: 'boolean' },
    Anything: { type: 'json' },
    Ports: { type: 'list', items: { type: 'integer' } },
    Labels: { type: 'map', items: { type: 'string' } },
    Rules: { type: 'list', items: { type: { ref: 'Rule' } } },
  },
  required: [],
  attributes: [],
  createOnly: [],
  conditionalCreateOnly: [],
  definitions: { Rule: { properties: { Port: { type: 'integer' } }, required: [] } },
};
const secret = seal('text', 'key');

test.each<[string, Value, Value]>([
  ['Text', 42, '42'],
  ['Text', true, 'true'],
  ['Count', '42', 42],
  ['Count', '-1', -1],
  ['Count', 'many', 'many'],
  ['Share', '0.5', 0.5],
  ['On', 'true', true],
  ['On', 'false', false],
  ['On', 'maybe', 'maybe'],
  ['Anything', { a: '1' }, { a: '1' }],
  ['Ports', ['22', 80], [22, 80]],
  ['Ports', '22', '22'],
  ['Labels', { a: 1 }, { a: '1' }],
  ['Rules', [{ Port: '22', Other: '1' }], [{ Port: 22, Other: '1' }]],
  ['Rules', [unknown, { Port: secret }], [unknown, { Port: secret }]],
  ['Count', unknown, unknown],
  ['Text', secret, secret],
  ['Nobody', '42', '42'],
])('%s: %j becomes %j', (name, given, wanted) => {
  const result = coerce(schema, { [name]: given });
  expect(result).toEqual({ [name]: wanted });
  expect(coerce(schema, result)).toEqual(result);
});

test('a secret stays the very object, whose plaintext could not be found otherwise', () => {
  expect(coerce(schema, { Text: secret }).Text).toBe(secret);
});

test('null is no value', () => {
  expect(coerce(schema, { Text: null, Rules: [{ Port: null }] })).toEqual({ Rules: [{}] });
});

test('without a schema everything stays', () => {
  expect(coerce(undefined, { Count: '42' })).toEqual({ Count: '42' });
});
