/** What AWS's own answers hold and the emulator's do not: it is read as what was asked for. */
import { expect, test } from 'vitest';
import type { Value } from '../../../../src/base/value.ts';
import { canonicalActions } from '../../../../src/provider/aws/elbv2/actions.ts';
import { canonicalConditions } from '../../../../src/provider/aws/elbv2/conditions.ts';

const arn = (name: string) => `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/1`;
const group = (name: string, Weight?: number) => ({
  TargetGroupArn: arn(name),
  ...(Weight === undefined ? {} : { Weight }),
});

test.each<[string, Value, Value]>([
  [
    'a forward to one group comes back in both forms',
    [{ Type: 'forward', TargetGroupArn: arn('a') }],
    [
      {
        Type: 'forward',
        Order: 1,
        TargetGroupArn: arn('a'),
        ForwardConfig: {
          TargetGroups: [group('a', 1)],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ],
  ],
  [
    'groups come back with the weight that they have without one',
    [{ Type: 'forward', ForwardConfig: { TargetGroups: [group('b'), group('a')] } }],
    [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [group('a', 1), group('b', 1)],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ],
  ],
  [
    'a redirect comes back with all that it keeps',
    [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
    [
      {
        Type: 'redirect',
        Order: 1,
        RedirectConfig: {
          Protocol: 'HTTPS',
          Port: '443',
          Host: '#{host}',
          Path: '/#{path}',
          Query: '#{query}',
          StatusCode: 'HTTP_301',
        },
      },
    ],
  ],
  [
    'several actions come back in their order',
    [
      { Type: 'forward', Order: 2, TargetGroupArn: arn('a') },
      { Type: 'authenticate-cognito', Order: 1 },
    ],
    [
      { Type: 'authenticate-cognito', Order: 1 },
      { Type: 'forward', Order: 2, ForwardConfig: { TargetGroups: [group('a')] } },
    ],
  ],
])('actions: %s', (_name, given, answered) => {
  expect(canonicalActions(given)).toEqual(canonicalActions(answered));
  expect(canonicalActions(canonicalActions(given))).toEqual(canonicalActions(given));
});

test('other weights, and sessions that stick, are differences', () => {
  const forward = (ForwardConfig: Value) => canonicalActions([{ Type: 'forward', ForwardConfig }]);
  const even = forward({ TargetGroups: [group('a', 1), group('b', 1)] });
  expect(forward({ TargetGroups: [group('a', 9), group('b', 1)] })).not.toEqual(even);
  const stickiness = { Enabled: true, DurationSeconds: 60 };
  expect(
    forward({ TargetGroups: [group('a'), group('b')], TargetGroupStickinessConfig: stickiness }),
  ).not.toEqual(even);
});

test.each<[string, Value, Value]>([
  [
    'a path comes back in both forms',
    [{ Field: 'path-pattern', Values: ['/b', '/a'] }],
    [{ Field: 'path-pattern', Values: ['/a', '/b'], PathPatternConfig: { Values: ['/a', '/b'] } }],
  ],
  [
    'hosts come back in any order',
    [{ Field: 'host-header', HostHeaderConfig: { Values: ['b', 'a'] } }],
    [{ Field: 'host-header', Values: ['a', 'b'], HostHeaderConfig: { Values: ['a', 'b'] } }],
  ],
  [
    'conditions come back in any order',
    [
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
      { Field: 'path-pattern', Values: ['/a'] },
    ],
    [
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/a'] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
    ],
  ],
])('conditions: %s', (_name, given, answered) => {
  expect(canonicalConditions(given)).toEqual(canonicalConditions(answered));
});
