import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { scan } from '../../src/policy/scan.ts';
import { change, plan } from '../review/plans.ts';

const fixOf = (policy: string, type: string, after: Parameters<typeof change>[3]) => {
  const text = readFileSync(new URL(`../../policies/default/${policy}.yaml`, import.meta.url), 'utf8');
  const { policy: read } = parsePolicy(text, `policies/default/${policy}.yaml`);
  const found = plan([change('It', type, 'create', after)]);
  return scan([read!], found, {
    stack: found.stack,
    environment: 'dev',
    now: '2026-07-15T12:00:00Z',
    positions: () => undefined,
  }).map((f) => [f.path, f.fix]);
};
const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };

test.each<[string, string, string, Record<string, never> | object, unknown]>([
  [
    'a value',
    'imdsv2-required',
    'AWS::EC2::Instance',
    { MetadataOptions: { HttpTokens: 'optional' } },
    [['MetadataOptions.HttpTokens', 'required']],
  ],
  [
    'a missing value',
    'imdsv2-required',
    'AWS::EC2::Instance',
    {},
    [['MetadataOptions.HttpTokens', 'required']],
  ],
  [
    'a range of addresses',
    'no-public-remote-access',
    'AWS::EC2::SecurityGroupIngress',
    { ...ssh, CidrIp: '0.0.0.0/0' },
    [['CidrIp', '10.0.0.0/8']],
  ],
  [
    'the element of a list that is meant',
    'no-public-remote-access',
    'AWS::EC2::SecurityGroup',
    {
      SecurityGroupIngress: [
        { ...ssh, CidrIp: '10.0.0.0/8' },
        { ...ssh, CidrIp: '0.0.0.0/0' },
      ],
    },
    [['SecurityGroupIngress[1].CidrIp', '10.0.0.0/8']],
  ],
  [
    'a tag that is missing, with those that are there',
    'required-tags-owner',
    'AWS::EC2::VPC',
    { Tags: [{ Key: 'Name', Value: 'shop' }] },
    [['Tags', { add: { Key: 'owner', Value: 'acme/shop' } }]],
  ],
  [
    'the first tag',
    'required-tags-owner',
    'AWS::EC2::VPC',
    {},
    [['Tags', { add: { Key: 'owner', Value: 'acme/shop' } }]],
  ],
  [
    'nothing where another property is at fault',
    'no-public-remote-access',
    'AWS::EC2::SecurityGroupIngress',
    { ...ssh, CidrIpv6: '::/0' },
    [['CidrIp', undefined]],
  ],
])('a fix is offered for %s', (_, policy, type, after, found) => {
  expect(fixOf(policy, type, { after: after as never })).toEqual(found);
});

test('a fix whose expression is not valid is refused', () => {
  const url = new URL('../../policies/default/required-tags-owner.yaml', import.meta.url);
  const { diagnostics } = parsePolicy(
    readFileSync(url, 'utf8').replace('stack.split', 'stak.split'),
    'p.yaml',
  );
  expect(diagnostics.map((d) => d.summary)).toEqual([expect.stringContaining('The expression in fix')]);
});

test('a fix without the property that it is for is refused', () => {
  const text = readFileSync(new URL('../../policies/default/imdsv2-required.yaml', import.meta.url), 'utf8');
  const { diagnostics } = parsePolicy(text.replace(/^property: .*\n/m, ''), 'p.yaml');
  expect(diagnostics.map((d) => d.summary)).toEqual([expect.stringContaining('name the property')]);
});
