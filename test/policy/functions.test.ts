import { describe, expect, test } from 'vitest';
import { seal, unknown, type Value } from '../../src/base/value.ts';
import { parseArn } from '../../src/policy/functions/arn.ts';
import {
  cidrContains,
  cidrOverlaps,
  cidrPrefixLength,
  cidrSize,
  isPublicCidr,
  isWideCidr,
} from '../../src/policy/functions/cidr.ts';
import { opensPorts } from '../../src/policy/functions/open-ports.ts';
import { allowsPort, portInRange } from '../../src/policy/functions/ports.ts';
import { hasTag, tagValue } from '../../src/policy/functions/tags.ts';
import { compareVersions } from '../../src/policy/functions/versions.ts';

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

test.each([
  ['10.0.0.0/8', '10.1.0.0/16', true],
  ['10.1.0.0/16', '10.0.0.0/8', true],
  ['10.1.0.0/16', '10.2.0.0/16', false],
  ['::/0', '0.0.0.0/0', false],
])('%s overlaps %s: %s', (a, b, expected) => {
  expect(cidrOverlaps(a, b)).toBe(expected);
});

test.each([
  ['10.0.1.0/24', 256],
  ['10.0.1.7', 1],
  ['0.0.0.0/0', 2 ** 32],
  ['::/0', 2 ** 128],
])('%s has %d addresses', (range, expected) => {
  expect(cidrSize(range)).toBe(expected);
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

describe('isWideCidr', () => {
  test.each([
    ['0.0.0.0/0', true],
    ['128.0.0.0/1', true],
    ['52.0.0.0/13', true],
    ['52.0.0.0/14', false],
    ['10.0.0.0/8', false],
    ['10.0.0.0/7', true],
    ['::/0', true],
    ['2600::/16', true],
    ['2600::/17', false],
    ['fc00::/7', false],
    ['::ffff:0.0.0.0/96', true],
    ['::ffff:52.0.0.0/109', true],
    ['::ffff:52.0.0.0/110', false],
    [null, false],
  ])('%s: %s', (range, expected) => {
    expect(isWideCidr(range)).toBe(expected);
  });
});

describe('opensPorts', () => {
  const rule = (FromPort: Value, ToPort: Value, more = {}) => {
    return { IpProtocol: 'tcp', FromPort, ToPort, CidrIp: '0.0.0.0/0', ...more };
  };
  test.each<[string, Value, number, boolean]>([
    ['one rule', rule(1, 100), 99, true],
    ['one rule with just as many', rule(1, 100), 100, false],
    ['two ranges', [rule(1, 50), rule(61, 110)], 99, true],
    ['ranges that overlap, each port once', [rule(1, 80), rule('40', '100')], 100, false],
    ['one range in another', [rule(1, 100), rule(40, 50)], 100, false],
    ['TCP and UDP, each for itself', [rule(1, 80), rule(101, 180, { IpProtocol: 17 })], 80, false],
    ['every protocol, on every port', rule(443, 443, { IpProtocol: '-1' }), 65_535, true],
    ['no ports written, which are all', [rule(null, null)], 65_535, true],
    ['a range the wrong way round', [rule(100, 1)], 0, false],
    ['ping', rule(-1, -1, { IpProtocol: 'icmp' }), 0, false],
    ['a network', rule(1, 100, { CidrIp: '52.94.7.0/24' }), 0, false],
    ['a security group', rule(1, 100, { CidrIp: null, SourceSecurityGroupId: unknown }), 0, false],
    ['IPv6', rule(1, 100, { CidrIp: null, CidrIpv6: '2000::/4' }), 99, true],
    ['lists in a list, and nothing', [[rule(1, 50)], null, [rule(51, 100)]], 99, true],
    ['no list', null, 0, false],
    ['what is not known and does not matter', [rule(1, 100), rule(5, 5, { CidrIp: unknown })], 101, false],
    ['enough without what is not known', [rule(1, 100), rule(unknown, 5)], 99, true],
  ])('%s', (_, rules, most, expected) => {
    expect(opensPorts(rules, most)).toBe(expected);
  });

  test.each<[string, Value]>([
    ['the addresses', [rule(1, 50), rule(51, 100, { CidrIp: unknown })]],
    ['a port', [rule(1, 50), rule(51, unknown)]],
    ['the protocol', [rule(1, 50), rule(51, 100, { IpProtocol: unknown })]],
    ['a rule', [rule(1, 50), unknown]],
  ])('hangs on %s where that decides', (_, rules) => {
    expect(() => opensPorts(rules, 99)).toThrow('a part of the rules');
  });

  test('hangs on a secret', () => {
    expect(() => opensPorts(rule(1, secret), 99)).toThrow('a part of the rule');
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

describe('allowsPort', () => {
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
  test.each<[string, Value, boolean]>([
    ['just the port', ssh, true],
    ['another protocol', { ...ssh, IpProtocol: 'udp' }, false],
    ['the protocol in capitals', { ...ssh, IpProtocol: 'TCP' }, true],
    ['the protocol by number', { ...ssh, IpProtocol: 6 }, true],
    ['a range of texts', { IpProtocol: '6', FromPort: '20', ToPort: '30' }, true],
    ['another range', { IpProtocol: 'tcp', FromPort: 23, ToPort: 30 }, false],
    ['every protocol, whatever ports are written', { IpProtocol: '-1', FromPort: 80, ToPort: 80 }, true],
    ['no protocol', { FromPort: 80, ToPort: 80 }, true],
    ['no ports', { IpProtocol: 'tcp' }, true],
    ['ICMP', { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, false],
    ["a network ACL's rule", { Protocol: 6, PortRange: { From: 0, To: 65535 } }, true],
    ["a network ACL's rule for another port", { Protocol: 6, PortRange: { From: 80, To: 80 } }, false],
    ["a network ACL's rule for all", { Protocol: -1 }, true],
    ['an unknown port under another protocol', { IpProtocol: 'udp', FromPort: unknown, ToPort: 22 }, false],
    [
      'a range that ends too early, from where ever',
      { IpProtocol: 'tcp', FromPort: unknown, ToPort: 21 },
      false,
    ],
    ['a range that begins too late', { IpProtocol: 'tcp', FromPort: 23, ToPort: unknown }, false],
    ['no rule', null, false],
  ])('%s', (_, rule, expected) => {
    expect(allowsPort(rule, 'tcp', 22)).toBe(expected);
  });

  test.each<[string, Value, string]>([
    ['a port that matters is unknown', { ...ssh, FromPort: unknown }, 'unknown:'],
    ['the protocol is unknown', { ...ssh, IpProtocol: unknown, FromPort: 80, ToPort: 80 }, 'unknown:'],
    ['the range is unknown', { Protocol: 6, PortRange: unknown }, 'unknown:'],
    ['a port is secret', { ...ssh, ToPort: secret }, 'secret:'],
    ['the protocol is none', { ...ssh, IpProtocol: 'ssh' }, "'ssh' is not a protocol"],
    ['the rule is none', 'tcp', 'a rule is a mapping'],
  ])('leaves where %s', (_, rule, message) => {
    expect(() => allowsPort(rule, 'tcp', 22)).toThrow(message);
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

describe('tag', () => {
  const tags = [
    { Key: 'owner', Value: 'shop-team' },
    { Key: 'later', Value: unknown },
    { Key: 'hidden', Value: secret },
  ];
  test.each<[string, Value, string, Value]>([
    ['a list', tags, 'owner', 'shop-team'],
    ['a map', { owner: 'shop-team' }, 'owner', 'shop-team'],
    ['a key that is not there', tags, 'Owner', null],
    ['nothing', null, 'owner', null],
  ])('of %s', (_, from, key, expected) => {
    expect(tagValue(from, key)).toBe(expected);
  });

  test('leaves where it is not known or secret', () => {
    expect(() => tagValue(tags, 'later')).toThrow('unknown:');
    expect(() => tagValue([unknown], 'owner')).toThrow('unknown:');
    expect(() => tagValue(tags, 'hidden')).toThrow('secret:');
  });
});

describe('arn.parse', () => {
  const role = {
    partition: 'aws',
    service: 'iam',
    region: null,
    account: '111111111111',
    resource: 'role/app/web',
    resourceType: 'role',
    resourceId: 'app/web',
  };
  const group = {
    service: 'logs',
    region: 'eu-west-1',
    resource: 'log-group:/app',
    resourceType: 'log-group',
  };
  const bucket = { service: 's3', account: null, resource: 'shop', resourceType: null, resourceId: 'shop' };
  test.each<[string | null, Value]>([
    ['arn:aws:iam::111111111111:role/app/web', role],
    ['arn:aws:logs:eu-west-1:111111111111:log-group:/app', { ...role, ...group, resourceId: '/app' }],
    ['arn:aws:s3:::shop', { ...role, ...bucket }],
    ['*', null],
    [null, null],
  ])('%s', (text, expected) => {
    expect(parseArn(text)).toEqual(expected);
  });

  test('one that is cut short is an error', () => {
    expect(() => parseArn('arn:aws:iam::111111111111')).toThrow('is not a whole ARN');
  });
});

describe('version.compare', () => {
  // The order of section 11 of Semantic Versioning 2.0.0, and what services call versions.
  const ascending = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
  ].concat(['1.0.0-rc.1', 'v1', '1.9', '1.31', '8.0.35', '8.0.35.1', '2024.11.1']);
  test.each(ascending.slice(1).map((version, i) => [ascending[i]!, version] as const))(
    '%s is before %s',
    (a, b) => {
      expect([compareVersions(a, b), compareVersions(b, a), compareVersions(a, a)]).toEqual([-1, 1, 0]);
    },
  );

  test.each([
    ['1.0.0', '1'],
    ['v1.2', '1.2.0+build.7'],
    [8, '8.0'],
  ])('%s is %s', (a, b) => {
    expect(compareVersions(a, b)).toBe(0);
  });

  test.each([
    ['latest', "'latest' is not a version"],
    [null, "'null' is not a version"],
    [1.3, 'write it in quotes'],
  ])('%s is an error', (version, message) => {
    expect(() => compareVersions(version, '1')).toThrow(message);
  });
});
