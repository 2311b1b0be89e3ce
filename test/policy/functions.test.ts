import { describe, expect, test } from 'vitest';
import { seal, unknown, type Value } from '../../src/base/value.ts';
import { cidrContains, cidrPrefixLength, isPublicCidr } from '../../src/policy/functions/cidr.ts';
import { iamStatements } from '../../src/policy/functions/iam.ts';
import { portInRange } from '../../src/policy/functions/ports.ts';
import { hasTag } from '../../src/policy/functions/tags.ts';

const secret = seal('hunter2', 'key');

describe('cidr.contains', () => {
  test.each([
    ['10.0.0.0/8', '10.1.2.0/24', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.2.0/24', '10.0.0.0/8', false],
    ['10.0.0.0/8', '11.0.0.0/24', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['10.0.0.99/8', '10.1.2.3', true],
    ['2001:db8::/32', '2001:db8:1::/48', true],
    ['2001:db8::/32', '2001:db9::/48', false],
    ['::/0', '10.0.0.0/8', false],
    ['64:ff9b::10.0.0.0/104', '64:ff9b::a01:203', true],
  ])('%s holds %s: %s', (outer, inner, expected) => {
    expect(cidrContains(outer, inner)).toBe(expected);
  });
});

describe('a range that cannot be read is an error, not harmless', () => {
  test.each([
    '',
    '10.0.0/8',
    '10.0.0.256/8',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/x',
    '1:2:3',
    '::1::2',
    '::/129',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'sg-1',
    '1.2.3.4:5::',
    '::1.2.3.400',
  ])('%j', (range) => {
    expect(() => cidrPrefixLength(range)).toThrow('is not an address range');
  });
});

test.each([
  ['10.0.1.0/24', 24],
  ['10.0.1.7', 32],
  ['::/0', 0],
  ['::1', 128],
])('the prefix length of %s is %i', (range, expected) => {
  expect(cidrPrefixLength(range)).toBe(expected);
});

describe('isPublicCidr', () => {
  test.each([
    ['0.0.0.0/0', true],
    ['::/0', true],
    ['52.94.7.1/32', true],
    ['10.0.0.0/7', true],
    ['172.32.0.0/16', true],
    ['2600:1f18::/32', true],
    ['::ffff:8.8.8.8', true],
    [null, false],
    ['10.1.0.0/16', false],
    ['172.31.0.0/16', false],
    ['192.168.7.0/24', false],
    ['100.127.0.0/16', false],
    ['169.254.169.254', false],
    ['fd00::/8', false],
    ['fe80::1', false],
    ['::1', false],
    ['::ffff:10.0.0.1', false],
  ])('%s: %s', (range, expected) => {
    expect(isPublicCidr(range)).toBe(expected);
  });
});

describe('portInRange', () => {
  test.each([
    [22, 22, 22, true],
    [20, 25, 22, true],
    ['20', '25', 22, true],
    [23, 25, 22, false],
    [0, 21, 22, false],
    [0, 65535, 22, true],
    [null, null, 22, true],
    [-1, -1, 22, true],
    [22, null, 22, true],
    [null, 22, 22, true],
    [null, 23, 22, false],
  ])('from %s to %s lets %i through: %s', (from, to, port, expected) => {
    expect(portInRange(from, to, port)).toBe(expected);
  });

  test('a port that is no number is an error', () => {
    expect(() => portInRange('ssh', 22, 22)).toThrow("'ssh' is not a port");
  });
});

describe('hasTag', () => {
  const owner = { Key: 'owner', Value: 'shop-team' };
  test.each<[string, Value, boolean]>([
    ['the tag is there', [{ Key: 'Name', Value: 'x' }, owner], true],
    ['a map of tags', { owner: 'shop-team' }, true],
    ['its value is secret', [{ Key: 'owner', Value: secret }], true],
    ['another tag is unknown, this one is there', [unknown, owner], true],
    ['another tag has an unknown value', [{ Key: 'Name', Value: unknown }], false],
    ['no tags', null, false],
    ['an empty list', [], false],
    ['an empty value', [{ Key: 'owner', Value: '' }], false],
    ['no value', [{ Key: 'owner' }], false],
    ['another case', [{ Key: 'Owner', Value: 'x' }], false],
    ['a property of every object', {}, false],
  ])('%s: %s', (_, tags, expected) => {
    expect(hasTag(tags, 'owner')).toBe(expected);
  });

  test('a key that every object inherits is no tag', () => {
    expect(hasTag({}, 'constructor')).toBe(false);
  });

  test.each<[string, Value]>([
    ['a whole tag is unknown', [unknown]],
    ['a key is unknown', [{ Key: unknown, Value: 'x' }]],
    ['the value is unknown', [{ Key: 'owner', Value: unknown }]],
  ])('is undecided where %s', (_, tags) => {
    expect(() => hasTag(tags, 'owner')).toThrow('unknown:');
  });
});

describe('iamStatements', () => {
  const allow = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  const normal = { Effect: 'Allow', Action: ['s3:*'], NotAction: [], Resource: ['*'], NotResource: [] };
  test.each<[string, Value, Value]>([
    ['a document', { Version: '2012-10-17', Statement: [allow] }, [normal]],
    ['a document with a single statement', { Statement: allow }, [normal]],
    ['JSON text', JSON.stringify({ Statement: [allow] }), [normal]],
    ['a list of statements', [allow, allow], [normal, normal]],
    ['a statement', allow, [normal]],
    ['null', null, []],
    ['a statement that is unknown', [unknown, allow], [unknown, normal]],
    ['an action that is unknown', { ...allow, Action: unknown }, [{ ...normal, Action: unknown }]],
    ['other keys', { ...allow, Sid: 'x' }, [{ ...normal, Sid: 'x' }]],
  ])('of %s', (_, document, expected) => {
    expect(iamStatements(document)).toEqual(expected);
  });

  test.each<[string, Value, string]>([
    ['text that is not JSON', '{nonsense', 'is not JSON'],
    ['a number', 7, 'cannot be number'],
    ['a statement that is text', ['Allow'], 'is not a mapping'],
    ['an unknown document', unknown, 'unknown:'],
    ['a secret document', secret, 'secret:'],
  ])('of %s is an error', (_, document, message) => {
    expect(() => iamStatements(document)).toThrow(message);
  });
});
