import { expect, test } from 'vitest';
import { unknown, type Value } from '../../../src/base/value.ts';
import {
  allowAllOut,
  canonicalRules,
  liveRules,
  permissionOf,
  ruleChanges,
} from '../../../src/provider/aws/ec2/security-group-rules.ts';

const tcp = (port: number, more: object = {}) => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  CidrIp: '10.0.0.0/8',
  ...more,
});

test.each<[string, Value, Value]>([
  [
    'protocol numbers are names',
    [{ IpProtocol: '6', FromPort: 1, ToPort: 2 }],
    [{ FromPort: 1, IpProtocol: 'tcp', ToPort: 2 }],
  ],
  ['`all` is -1', [{ IpProtocol: 'all', CidrIp: '0.0.0.0/0' }], [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }]],
  ['all protocols have no ports', [{ IpProtocol: '-1', FromPort: 0, ToPort: 65535 }], [{ IpProtocol: '-1' }]],
  ['ESP has no ports', [{ IpProtocol: '50', FromPort: 0, ToPort: 0 }], [{ IpProtocol: '50' }]],
  [
    'ICMP without a type is every type',
    [{ IpProtocol: 'icmp' }],
    [{ FromPort: -1, IpProtocol: 'icmp', ToPort: -1 }],
  ],
  ['networks are their first address', [tcp(22, { CidrIp: '10.1.2.3/8' })], [tcp(22)]],
  ['a rule twice is one', [tcp(22), tcp(22)], [tcp(22)]],
])('%s', (_name, given, wanted) => {
  expect(canonicalRules(given)).toEqual(wanted);
  expect(canonicalRules(canonicalRules(given))).toEqual(canonicalRules(given));
});

test('order means nothing', () => {
  const rules = [tcp(443), tcp(22), { IpProtocol: '-1', SourceSecurityGroupId: 'sg-1' }];
  expect(canonicalRules([...rules].reverse())).toEqual(canonicalRules(rules));
});

test('what only the cloud can give is left alone', () => {
  expect(canonicalRules(unknown)).toBe(unknown);
  expect(canonicalRules([unknown])).toEqual([unknown]);
  expect(canonicalRules([tcp(22, { CidrIp: unknown })])).toEqual([tcp(22, { CidrIp: unknown })]);
});

test('changes are told by everything but the description', () => {
  const before = [tcp(22, { Description: 'office' }), tcp(80), tcp(443)];
  const after = [tcp(22, { Description: 'home' }), tcp(443), tcp(8080)];
  expect(ruleChanges(before, after)).toEqual({
    authorise: [tcp(8080)],
    revoke: [tcp(80)],
    describe: [tcp(22, { Description: 'home' })],
  });
});

test('an answer bundles sources; each is a rule', () => {
  const permissions = [
    {
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'office' }, { CidrIp: '11.0.0.0/8' }],
      UserIdGroupPairs: [{ GroupId: 'sg-1', UserId: '111111111111' }],
      PrefixListIds: [{ PrefixListId: 'pl-1' }],
    },
  ];
  const rules = liveRules({ direction: 'ingress', permissions, account: '111111111111', recorded: [] });
  expect(rules).toEqual(
    canonicalRules([
      tcp(22, { Description: 'office' }),
      tcp(22, { CidrIp: '11.0.0.0/8' }),
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, SourceSecurityGroupId: 'sg-1' },
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, SourcePrefixListId: 'pl-1' },
    ]),
  );
});

test.each([
  ['is left out for the own account', '111111111111', [], false],
  ["stays for another account's group", '222222222222', [], true],
  [
    'stays where the template says it',
    '111111111111',
    [{ IpProtocol: '-1', SourceSecurityGroupId: 'sg-1', SourceSecurityGroupOwnerId: '111111111111' }],
    true,
  ],
])('the owner of a source group %s', (_name, UserId, recorded, stays) => {
  const permissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-1', UserId }] }];
  const [rule] = liveRules({ direction: 'ingress', permissions, account: '111111111111', recorded }) as {
    SourceSecurityGroupOwnerId?: string;
  }[];
  expect(rule?.SourceSecurityGroupOwnerId).toBe(stays ? UserId : undefined);
});

test('the way out for IPv6 that AWS adds in an IPv6 VPC counts as the default, until a template speaks of it', () => {
  const permissions = [
    { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
  ];
  const live = (recorded: Value) => liveRules({ direction: 'egress', permissions, account: '1', recorded });
  expect(live([allowAllOut])).toEqual([allowAllOut]);
  expect(live([allowAllOut, { IpProtocol: '-1', CidrIpv6: '::/0' }])).toHaveLength(2);
});

test('a rule to a group is sent with the group of its own direction', () => {
  const rule = { IpProtocol: '-1', DestinationSecurityGroupId: 'sg-1' };
  expect(permissionOf('egress', rule).UserIdGroupPairs).toMatchObject([{ GroupId: 'sg-1' }]);
  expect(permissionOf('ingress', rule).UserIdGroupPairs).toBeUndefined();
});
