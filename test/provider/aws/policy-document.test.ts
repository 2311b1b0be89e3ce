import { expect, test } from 'vitest';
import { unknown, type Value } from '../../../src/base/value.ts';
import { answeredPolicy, canonicalPolicy } from '../../../src/provider/aws/iam/policy-document.ts';

const same: readonly [string, Value, Value][] = [
  [
    'a list of one and the one',
    { Statement: [{ Action: ['s3:Get*'] }] },
    { Statement: { Action: 's3:Get*' } },
  ],
  ['any order', { Statement: [{ Action: ['b', 'a', 'b'] }] }, { Statement: [{ Action: ['a', 'b'] }] }],
  [
    'an account and its root',
    { Statement: [{ Principal: { AWS: ['arn:aws:iam::111111111111:root'] } }] },
    { Statement: [{ Principal: { AWS: '111111111111' } }] },
  ],
  [
    'a boolean of a condition and its text',
    { Statement: [{ Condition: { Bool: { 'aws:SecureTransport': true } } }] },
    { Statement: [{ Condition: { Bool: { 'aws:SecureTransport': ['true'] } } }] },
  ],
  ['text and JSON', '{"Statement":[{"Action":"a"}]}', { Statement: [{ Action: 'a' }] }],
  [
    'an empty name of a statement and none',
    { Statement: [{ Sid: '', Action: 'a' }] },
    { Statement: [{ Action: 'a' }] },
  ],
];

test.each(same)('%s mean the same', (_name, a, b) => {
  expect(canonicalPolicy(a)).toEqual(canonicalPolicy(b));
  expect(canonicalPolicy(canonicalPolicy(a))).toEqual(canonicalPolicy(a));
});

const different: readonly [string, Value, Value][] = [
  [
    'the order of statements',
    { Statement: [{ Sid: 'a' }, { Sid: 'b' }] },
    { Statement: [{ Sid: 'b' }, { Sid: 'a' }] },
  ],
  [
    'a role and its account',
    { Statement: [{ Principal: { AWS: 'arn:aws:iam::111111111111:role/a' } }] },
    { Statement: [{ Principal: { AWS: '111111111111' } }] },
  ],
  [
    'everybody and every AWS principal',
    { Statement: [{ Principal: '*' }] },
    { Statement: [{ Principal: { AWS: '*' } }] },
  ],
];

test.each(different)('%s are told apart', (_name, a, b) => {
  expect(canonicalPolicy(a)).not.toEqual(canonicalPolicy(b));
});

test('what only the cloud can give is left alone, whole or within', () => {
  expect(canonicalPolicy(unknown)).toEqual(unknown);
  const document = { Statement: [{ Resource: unknown, Action: 'a' }, unknown] };
  expect(canonicalPolicy(document)).toEqual(document);
});

test('a text that is no JSON is left for IAM to refuse', () => {
  expect(canonicalPolicy('nonsense')).toBe('nonsense');
});

test('an answer is read through its URL encoding', () => {
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'a b%', Resource: '*' }] };
  expect(answeredPolicy(encodeURIComponent(JSON.stringify(document)))).toEqual(document);
});
