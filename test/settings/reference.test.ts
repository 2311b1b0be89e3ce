import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { settingsJsonSchema, settingsReference } from '../../src/settings/reference.ts';

const validate = new Ajv2020({ strict: false, formats: { date: true } }).compile(settingsJsonSchema());

describe('the JSON Schema', () => {
  test.each([
    ['nothing', {}, true],
    ['an environment', { environments: { dev: { region: 'eu-west-1' } } }, true],
    ['an unknown key', { polices: [] }, false],
    ['an unknown key of an environment', { environments: { dev: { regoin: 'eu-west-1' } } }, false],
    ['an account as a number', { environments: { dev: { account: 111111111111 } } }, false],
    ['prices', { prices: { currency: 'USD', resources: { 'AWS::EC2::NatGateway': 35 } } }, true],
    [
      'a price as a text',
      { prices: { currency: 'USD', resources: { 'AWS::EC2::NatGateway': '35' } } },
      false,
    ],
    ['a count of none', { environments: { dev: { approvals: [{ from: ['write'], count: 0 }] } } }, false],
  ])('on %s', (_, data, expected) => {
    expect(validate(data)).toBe(expected);
  });
});

describe('the reference', () => {
  const rows = settingsReference().trim().split('\n').slice(2);

  test('has every key once, each with what it takes, its default and its meaning', () => {
    const keys = rows.map((row) => /^\| `([^`]+)` \|/.exec(row)?.[1]);
    expect(keys).toEqual([
      'templates',
      'environments',
      'environments.NAME.region',
      'environments.NAME.account',
      'environments.NAME.role',
      'environments.NAME.external-id',
      'environments.NAME.secrets',
      'environments.NAME.vault',
      'environments.NAME.credentials',
      'environments.NAME.credentials.plan',
      'environments.NAME.credentials.apply',
      'environments.NAME.vault-writes',
      'environments.NAME.hand-over',
      'environments.NAME.hand-over.vault',
      'environments.NAME.hand-over.github',
      'environments.NAME.hand-over.github.environment',
      'environments.NAME.hand-over.github.names',
      'environments.NAME.after',
      'environments.NAME.approvals',
      'environments.NAME.approvals[].from',
      'environments.NAME.approvals[].count',
      'environments.NAME.approvals[].when',
      'environments.NAME.approve',
      'environments.NAME.overrides',
      'environments.NAME.overrides[].policies',
      'environments.NAME.overrides[].from',
      'environments.NAME.allow',
      'environments.NAME.allow[].policy',
      'environments.NAME.allow[].resource',
      'environments.NAME.allow[].template',
      'environments.NAME.allow[].until',
      'environments.NAME.allow[].reason',
      'environments.NAME.allow[].by',
      'environments.NAME.policy-parameters',
      'operators',
      'policies',
      'code-scanning',
      'prices',
      'prices.currency',
      'prices.resources',
    ]);
    for (const row of rows) expect(row).toMatch(/^\| [^|]+ \| [^|]+ \| [^|]+ \| [A-Z][^|]+\. \|$/);
  });

  test('says what is required', () => {
    const required = rows.filter((row) => row.includes('| required |'));
    expect(required.map((row) => /`([^`]+)`/.exec(row)?.[1])).toEqual([
      'environments.NAME.credentials.plan',
      'environments.NAME.credentials.apply',
      'environments.NAME.hand-over.github.environment',
      'environments.NAME.hand-over.github.names',
      'environments.NAME.approvals[].from',
      'environments.NAME.overrides[].policies',
      'environments.NAME.overrides[].from',
      'environments.NAME.allow[].policy',
      'environments.NAME.allow[].resource',
      'environments.NAME.allow[].until',
      'environments.NAME.allow[].reason',
      'environments.NAME.allow[].by',
      'prices.currency',
      'prices.resources',
    ]);
  });
});
