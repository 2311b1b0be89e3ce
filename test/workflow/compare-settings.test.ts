import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/parse.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { compareSettings } from '../../src/workflow/compare-settings.ts';

const base = `templates: ["infra/*.yaml"]
environments:
  dev:
    approvals: [{ from: ["@acme/infra"], count: 1 }]
  prod:
    account: "222222222222"
    after: [dev]
    approvals: [{ from: ["@acme/infra"], count: 2 }]
operators: ["@acme/infra"]
`;

function settings(text: string): Settings {
  const { settings, diagnostics } = parseSettings(text, '.github/slipway.yml');
  expect(diagnostics).toEqual([]);
  return settings!;
}

const today = '2026-11-22';

const alive = [
  { environment: 'dev', file: 'infra/shop.yaml' },
  { environment: 'prod', file: 'infra/shop.yaml' },
];

describe('what other settings would mean', () => {
  test.for([
    { what: 'nothing else', from: 'templates', to: 'templates', lines: [] },
    {
      what: 'a rule more',
      from: 'count: 2 }]',
      to: 'count: 2 }, { from: ["@acme/security"], count: 1 }]',
      lines: ['prod will need 1 of @acme/security besides 2 of @acme/infra (tighter).'],
    },
    {
      what: 'code scanning',
      from: 'operators:',
      to: 'code-scanning: true\noperators:',
      lines: ['Findings will go to GitHub code scanning.'],
    },
    {
      what: 'a word against code scanning, which is off',
      from: 'operators:',
      to: 'code-scanning: false\noperators:',
      lines: [],
    },
    {
      what: 'a smaller count',
      from: 'count: 2',
      to: 'count: 1',
      lines: ['prod will need 1 of @acme/infra instead of 2 of @acme/infra (looser).'],
    },
    {
      what: 'the same people in other letters, of whom more are needed',
      from: '"@acme/infra"], count: 1',
      to: '"@Acme/infra"], count: 3',
      lines: ['dev will need 3 of @Acme/infra instead of 1 of @acme/infra (tighter).'],
    },
    {
      what: 'other people',
      from: '"@acme/infra"], count: 2',
      to: '"@acme/web"], count: 2',
      lines: [
        'prod will need 2 of @acme/web (tighter).',
        'prod will no longer need 2 of @acme/infra (looser).',
      ],
    },
    {
      what: 'a condition',
      from: 'count: 2 }',
      to: `count: 2, when: "changes.size() > 3" }`,
      lines: [
        'prod will need 2 of @acme/infra when changes.size() > 3 (tighter).',
        'prod will no longer need 2 of @acme/infra (looser).',
      ],
    },
    {
      what: 'another account and another order',
      from: 'account: "222222222222"\n    after: [dev]',
      to: 'account: "333333333333"',
      lines: [
        'prod: account changes from 222222222222 to 333333333333.',
        'prod: after changes from dev to none.',
      ],
    },
    {
      what: 'an environment more',
      from: 'operators:',
      to: '  staging:\n    approvals: [{ from: [write] }]\noperators:',
      lines: ['The environment staging is added; it needs 1 of people with write permission.'],
    },
    {
      what: 'other operators',
      from: 'operators: ["@acme/infra"]\n',
      to: '',
      lines: ['Commands: from people with write permission instead of from @acme/infra.'],
    },
    {
      what: 'a price that it had not',
      from: 'operators:',
      to: 'prices: { currency: USD, resources: { Acme::Queue: 3 } }\noperators:',
      lines: ['The prices of Acme::Queue are added.'],
    },
    {
      what: 'templates elsewhere, while there are stacks',
      from: 'infra/*.yaml',
      to: 'stacks/*.yaml',
      lines: [
        'The templates: stacks/*.yaml instead of infra/*.yaml.',
        'No pull request will change these stacks any more, which exist and stay as they are: infra/shop.yaml.',
      ],
    },
  ])('$what', ({ from, to, lines }) => {
    expect(base).toContain(from);
    expect(compareSettings(settings(base), settings(base.replace(from, to)), alive, today)).toEqual(lines);
  });

  test.each([
    ['{ A::B: 3, A::C: 2 }', 'USD', ['The prices of A::B change.']],
    ['{ A::B: 3 }', 'EUR', ['The prices of A::B and A::C change, in EUR.']],
    ['{ A::B: 1, A::C: 2 }', 'EUR', ['The prices change, in EUR.']],
    ['{ A::C: 2, A::B: 1 }', 'USD', []],
  ])('prices that become %s of %s', (resources, currency, lines) => {
    const of = (text: string) => settings(`${base}prices: ${text}`);
    const before = of('{ currency: USD, resources: { A::B: 1, A::C: 2 } }');
    expect(
      compareSettings(before, of(`{ currency: ${currency}, resources: ${resources} }`), [], today),
    ).toEqual(lines);
  });

  test('prices that are taken out', () => {
    const before = settings(`${base}prices: { currency: USD, resources: {} }`);
    expect(compareSettings(before, settings(base), [], today)).toEqual([
      'There will be no prices, and nothing is said of cost.',
    ]);
  });

  test('an environment less: what exists in it stays', () => {
    const less = base.replace(/ {2}prod:[\s\S]*?(?=operators)/, '');
    expect(compareSettings(settings(base), settings(less), alive, today)).toEqual([
      'The environment prod is removed. What exists in it stays as it is, unseen: infra/shop.yaml.',
    ]);
  });

  const exempting = (...lines: readonly string[]) =>
    settings(base.replace('operators:', `${lines.map((line) => `    ${line}\n`).join('')}operators:`));
  const allow = (until: string) =>
    `allow: [{ policy: a-b, resource: Web, template: infra/shop.yaml, until: ${until}, reason: "it is old", by: the shop team }]`;
  const lift = (policies: string, from = '@acme/infra') =>
    `overrides: [{ policies: [${policies}], from: ["${from}"] }]`;

  test.each<readonly [string, readonly string[], readonly string[], readonly string[]]>([
    [
      'an exception',
      [],
      [allow('2026-12-31')],
      [
        'prod: the exception of Web in infra/shop.yaml from a-b is added, until 2026-12-31 (looser). the shop team: it is old',
      ],
    ],
    [
      'an exception that is over before it begins',
      [],
      [allow('2026-11-21')],
      [
        'prod: the exception of Web in infra/shop.yaml from a-b is added, until 2026-11-21 (over). Warning: that day is over already, so it lets nothing through. the shop team: it is old',
      ],
    ],
    [
      'an exception on its last day',
      [],
      [allow('2026-11-22')],
      [
        'prod: the exception of Web in infra/shop.yaml from a-b is added, until 2026-11-22 (looser). the shop team: it is old',
      ],
    ],
    [
      'an exception that is prolonged',
      [allow('2026-11-01')],
      [allow('2027-01-31')],
      [
        'prod: the exception of Web in infra/shop.yaml from a-b is until 2027-01-31 instead of 2026-11-01 (looser). the shop team: it is old',
      ],
    ],
    [
      'another reason for an exception',
      [allow('2026-12-31').replace('it is old', 'it is busy')],
      [allow('2026-12-31')],
      [
        'prod: the exception of Web in infra/shop.yaml from a-b stays until 2026-12-31 (changed). the shop team: it is old',
      ],
    ],
    [
      'an exception less',
      [allow('2026-12-31')],
      [],
      ['prod: the exception of Web in infra/shop.yaml from a-b is taken out (tighter).'],
    ],
    [
      'people who may override',
      [],
      [lift('a-b, c-d')],
      ['prod: findings of a-b and c-d can be overridden by @acme/infra (looser).'],
    ],
    [
      'nobody who may override any more',
      [lift('a-b')],
      [],
      ['prod: findings of a-b can no longer be overridden; now they can by @acme/infra (tighter).'],
    ],
    [
      'others who may override one of two',
      [lift('a-b, c-d')],
      [lift('a-b', '@acme/security'), lift('c-d')].slice(0, 1),
      [
        'prod: findings of a-b can be overridden by @acme/security; now they can by @acme/infra (changed).',
        'prod: findings of c-d can no longer be overridden; now they can by @acme/infra (tighter).',
      ],
    ],
    [
      'values for policies',
      ['policy-parameters: { a-b: { most: 3 } }'],
      ['policy-parameters: { a-b: { most: 5, regions: [eu-west-1, eu-north-1] } }'],
      [
        'prod: most of the policy a-b is 5 instead of 3.',
        "prod: regions of the policy a-b is eu-west-1, eu-north-1 instead of the policy's own.",
      ],
    ],
    [
      'an approval after the merge',
      [],
      ['approve: after-merge'],
      ['prod: a merge will not wait for approval any more, which is asked for after it (looser).'],
    ],
  ])('%s', (_what, before, after, lines) => {
    expect(compareSettings(exempting(...before), exempting(...after), alive, today)).toEqual(lines);
  });

  test('an environment more says what it lets through', () => {
    const staging = `  staging:\n    approvals: [{ from: [write] }]\n    ${lift('a-b')}\n    ${allow('2026-12-31')}\noperators:`;
    expect(
      compareSettings(settings(base), settings(base.replace('operators:', staging)), alive, today),
    ).toEqual([
      'The environment staging is added; it needs 1 of people with write permission.',
      'staging: findings of a-b can be overridden by @acme/infra (looser).',
      'staging: the exception of Web in infra/shop.yaml from a-b is added, until 2026-12-31 (looser). the shop team: it is old',
    ]);
  });
});
