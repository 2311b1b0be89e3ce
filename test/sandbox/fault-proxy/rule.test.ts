import { describe, expect, test } from 'vitest';
import { type Call, readCall } from '../../../src/sandbox/fault-proxy/call.ts';
import { seededRandom } from '../../../src/sandbox/fault-proxy/random.ts';
import { type Match, matcher } from '../../../src/sandbox/fault-proxy/rule.ts';

function call(action: string, service = 'ec2'): Call {
  return readCall({
    method: 'POST',
    path: '/',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-1/${service}/aws4_request, Signature=x`,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    },
    body: Buffer.from(`Action=${action}&Version=2016-11-15`),
  });
}

const CASES: readonly { title: string; match: Match; calls: string; hits: string }[] = [
  { title: 'every call of its action', match: { action: 'A' }, calls: 'ABAA', hits: 'x.xx' },
  { title: 'one of several actions', match: { action: ['A', 'B'] }, calls: 'ABC', hits: 'xx.' },
  { title: 'any action by a star', match: { action: '*' }, calls: 'ABC', hits: 'xxx' },
  { title: 'the n-th alone', match: { action: 'A', nth: 2 }, calls: 'ABAA', hits: '..x.' },
  {
    title: 'from the n-th on, as often as said',
    match: { action: 'A', nth: 2, times: 2 },
    calls: 'AAAA',
    hits: '.xx.',
  },
  { title: 'the first few', match: { action: 'A', times: 2 }, calls: 'ABAA', hits: 'x.x.' },
  { title: 'another service, never', match: { action: 'A', service: 'iam' }, calls: 'AA', hits: '..' },
  { title: 'with chance 0, never', match: { action: 'A', chance: 0 }, calls: 'AAA', hits: '...' },
  { title: 'with chance 1, always', match: { action: 'A', chance: 1 }, calls: 'AAA', hits: 'xxx' },
];

describe('a rule', () => {
  test.each(CASES)('hits $title', ({ match, calls, hits }) => {
    const matches = matcher(match, seededRandom(1));
    expect([...calls].map((action) => (matches(call(action)) ? 'x' : '.')).join('')).toBe(hits);
  });

  test('hits every action that begins as said', () => {
    const matches = matcher({ action: 'Describe*' }, seededRandom(1));
    expect(['DescribeVpcs', 'CreateVpc', 'DescribeSubnets'].map((a) => matches(call(a)))).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('with a chance hits about as often, and the same calls for the same seed', () => {
    const hits = (seed: number) => {
      const matches = matcher({ action: 'A', chance: 0.3 }, seededRandom(seed));
      return Array.from({ length: 1000 }, () => matches(call('A')));
    };
    expect(hits(7)).toEqual(hits(7));
    expect(hits(7)).not.toEqual(hits(8));
    const often = hits(7).filter(Boolean).length;
    expect(often).toBeGreaterThan(240);
    expect(often).toBeLessThan(360);
  });
});

describe('a call is read', () => {
  test('from the query protocol, with service, region and account key from its signature', () => {
    expect(call('RunInstances')).toMatchObject({
      service: 'ec2',
      action: 'RunInstances',
      region: 'eu-west-1',
      accessKeyId: 'testing',
      protocol: 'ec2',
      parameters: {},
    });
    expect(call('CreateRole', 'iam').protocol).toBe('query');
  });

  test('from the JSON protocol', () => {
    const headers = {
      'x-amz-target': 'AmazonSSM.GetParameter',
      'content-type': 'application/x-amz-json-1.1',
    };
    const read = readCall({ method: 'POST', path: '/', headers, body: Buffer.from('{}') });
    expect(read).toMatchObject({ action: 'GetParameter', protocol: 'json' });
  });

  test('as method and path where a service has no action names', () => {
    const read = readCall({ method: 'GET', path: '/bucket/key?x=1', headers: {}, body: Buffer.alloc(0) });
    expect(read).toMatchObject({ action: 'GET /bucket/key', protocol: 'rest' });
  });
});
