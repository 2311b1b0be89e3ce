import { expect, test } from 'vitest';
import type { Properties } from '../../../src/base/value.ts';
import type { ProviderContext } from '../../../src/provider/provider.ts';
import { audit } from '../../../src/provider/vault/audit.ts';

const context = { vault: { reads: [], writes: ['sys/audit/shop'] } } as unknown as ProviderContext;
const refused = (Options: Properties) =>
  audit.refusals!(context, audit.canonicalise({ Name: 'shop', Type: 'file', Options })).map(
    (one) => one.summary,
  );

test.each<[string, Properties]>([
  ['a log', { file_path: '/var/log/vault/audit.log', mode: '0640', hmac_accessor: 'false' }],
  ['the standard output', { file_path: 'stdout' }],
])('what a template may have: %s', (_, options) => {
  expect(refused(options)).toEqual([]);
});

test.each<[string, Properties, RegExp]>([
  ['the secrets as they are', { file_path: 'stdout', log_raw: 'true' }, /every secret/],
  ['a script', { file_path: '/usr/local/bin/run', prefix: '#!/bin/sh' }, /prefix|no path of a log/],
  ['what can be run', { file_path: '/var/log/audit.log', mode: '0755' }, /can be run/],
  ['what is no log', { file_path: '/etc/cron.d/audit' }, /no path of a log/],
  ['a path that climbs', { file_path: '/var/log/../../etc/audit.log' }, /no path of a log/],
])('what it may not: %s', (_, options, says) => {
  expect(refused(options).length).toBeGreaterThan(0);
  for (const summary of refused(options)) expect(summary).toMatch(says);
});

test('one of a name that the settings do not have', () => {
  const properties = audit.canonicalise({ Name: 'other', Type: 'file', Options: { file_path: 'stdout' } });
  expect(audit.refusals!(context, properties)).toMatchObject([
    { summary: expect.stringContaining('sys/audit/other') },
  ]);
});
