import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { parseSettings } from '../../src/settings/parse.ts';
import { defaultSettings, findEnvironment } from '../../src/settings/settings.ts';
import { threadTime } from '../thread-time.ts';

const file = '.github/slipway.yml';

const whole = `templates: ["infra/*.yaml"]
environments:
  prod:    { region: eu-west-1, account: "222222222222", role: arn:aws:iam::222222222222:role/slipway-prod,
             after: [dev],
             approvals: [{ from: ["@acme/infra"], count: 1 },
                         { from: ["@acme/security"], count: 1, when: "findings.exists(f, f.severity in ['high','critical'])" }] }
  dev:     { region: eu-west-1, account: "111111111111", role: arn:aws:iam::111111111111:role/slipway-dev }
operators: ["@acme/infra"]
policies: [default]
`;

describe('a settings file that is right', () => {
  test('gives what it says, environments in the order in which they are applied', () => {
    const { settings, diagnostics } = parseSettings(whole, file);
    expect(diagnostics).toEqual([]);
    expect(settings).toMatchObject({
      templates: ['infra/*.yaml'],
      operators: ['@acme/infra'],
      policies: ['default'],
    });
    expect(settings?.environments.map((e) => e.name)).toEqual(['dev', 'prod']);
    expect(settings && findEnvironment(settings, 'prod')).toMatchObject({
      account: '222222222222',
      after: ['dev'],
      approvals: [
        { from: ['@acme/infra'], count: 1 },
        { from: ['@acme/security'], when: expect.any(String) },
      ],
    });
  });

  test('without approvals asks for one person with write permission', () => {
    const { settings } = parseSettings(whole, file);
    expect(settings && findEnvironment(settings, 'dev')?.approvals).toEqual([{ from: ['write'], count: 1 }]);
  });

  test.each([
    ['empty', ''],
    ['only a comment', '# nothing yet\n'],
    ['an empty mapping', '{}'],
  ])('%s gives the defaults', (_, text) => {
    expect(parseSettings(text, file)).toEqual({ settings: defaultSettings, diagnostics: [] });
  });

  test('with prices gives them, and conditions over cost can be used', () => {
    const resources = {
      'AWS::EC2::NatGateway': 35,
      'AWS::EC2::Volume': { by: 'VolumeType', per: 'Size', values: { gp3: 0.08 } },
      'Acme::DNS::Record': 0.5,
    };
    const prices = { currency: 'EUR', resources };
    const approvals = [{ from: ['write'], when: 'cost.change > 100' }];
    const text = JSON.stringify({ environments: { dev: { approvals } }, prices });
    const { settings, diagnostics } = parseSettings(text, file);
    expect(diagnostics).toEqual([]);
    expect(settings?.prices).toEqual(prices);
  });

  test('as JSON is read as well', () => {
    expect(
      parseSettings('{"environments": {"dev": {"region": "us-east-1"}}}', file).settings?.environments,
    ).toHaveLength(1);
  });
});

/** Text, and each diagnostic as a terminal shows it, without the file. */
const wrong: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'an unknown key, with the one that was meant',
    'polices: [default]',
    ['1:1: error: Unknown key polices (settings-invalid)\n  Did you mean policies?'],
  ],
  [
    'an unknown key that is like no other, with those that there are',
    'frobnicate: 1',
    [
      '1:1: error: Unknown key frobnicate (settings-invalid)\n  The keys here are templates, environments, operators, policies, code-scanning, prices',
    ],
  ],
  [
    'every mistake in one pass, in the order of the lines',
    'environments:\n  dev:\n    regoin: eu-west-1\n    approvals:\n      - from: ["@acme/infra"]\n        count: 0\n        whn: "true"\ntemplate: x',
    [
      '3:5: error: Unknown key environments.dev.regoin (settings-invalid)\n  Did you mean region?',
      '6:16: error: environments.dev.approvals[0].count must be at least 1 (settings-invalid)',
      '7:9: error: Unknown key environments.dev.approvals[0].whn (settings-invalid)\n  Did you mean when?',
      '8:1: error: Unknown key template (settings-invalid)\n  Did you mean templates?',
    ],
  ],
  [
    'operators that only a template can have',
    'operators: [codeowners]',
    ['1:13: error: operators[0] must be @user, @organisation/team or write (settings-invalid)'],
  ],
  [
    'overrides of everything, by nobody',
    'environments: { dev: { overrides: [{ policies: ["*"], from: [] }] } }',
    [
      '1:49: error: environments.dev.overrides[0].policies[0] must be the id of a policy (settings-invalid)',
      '1:61: error: environments.dev.overrides[0].from must not be empty (settings-invalid)\n  Leave the key out to get the default',
    ],
  ],
  [
    'an exception without an end or a reason',
    'environments: { dev: { allow: [{ policy: small-disks, resource: Disk, until: some day, reason: "", by: ops }] } }',
    [
      '1:78: error: environments.dev.allow[0].until must be a day such as 2026-12-31 (settings-invalid)',
      '1:96: error: environments.dev.allow[0].reason must not be empty (settings-invalid)',
    ],
  ],
  [
    'a parameter of a policy that is a mapping',
    'environments: { dev: { policy-parameters: { allowed-regions: { regions: { a: 1 } } } } }',
    [
      '1:73: error: environments.dev.policy-parameters.allowed-regions.regions must be a text, a number, true, false or a list of texts (settings-invalid)',
    ],
  ],
  [
    'a condition over what nobody knows',
    'environments: { dev: { approvals: [{ from: [write], when: "budget > 100" }] } }',
    [
      '1:59: error: The condition of an approval rule of dev cannot be used: There is no name budget; there are changes, findings, author, labels, paths, environment, stack, template, cost (settings-invalid)',
    ],
  ],
  [
    'a condition over the cost where there are no prices',
    'environments: { dev: { approvals: [{ from: [write], when: "cost.change > 100" }] } }',
    [
      '1:59: error: The condition of an approval rule of dev asks what the plan costs, and there are no prices (settings-invalid)\n  Say under prices what resources cost a month',
    ],
  ],
  [
    'prices of types and properties that there are not, which would cost nothing',
    `prices:
  currency: USD
  resources:
    AWS::EC2::NatGatway: 35
    Aws::EC2::EIP: 4
    AWS::EC2::Instance: { by: InstanceTyp, values: {} }
    AWS::EC2::Volume: { by: VolumeType, per: Sise, values: {} }`,
    [
      '4:5: error: There is no type AWS::EC2::NatGatway (settings-invalid)\n  Did you mean AWS::EC2::NatGateway?',
      '5:5: error: There is no type Aws::EC2::EIP (settings-invalid)\n  Did you mean AWS::EC2::EIP?',
      '6:31: error: AWS::EC2::Instance has no property InstanceTyp (settings-invalid)\n  Did you mean InstanceType?',
      '7:46: error: AWS::EC2::Volume has no property Sise (settings-invalid)\n  Did you mean Size?',
    ],
  ],
  [
    'prices that are none, each in its place',
    `prices:
  currency: dollars
  resources:
    AWS::EC2::NatGateway: -35
    AWS::EC2::EIP: "4"
    AWS::EC2::Instance: { by: InstanceType, value: { t3.micro: 8 }, values: { m5.large: "70" } }
    AWS::EC2::Volume: { per: Size, values: { gp3: -0.08 } }
    NatGateway: 35`,
    [
      '2:13: error: prices.currency must be three letters such as USD (settings-invalid)',
      '4:27: error: prices.resources.AWS::EC2::NatGateway must be at least 0 (settings-invalid)',
      '5:20: error: prices.resources.AWS::EC2::EIP must be a number, or a mapping with by and values (settings-invalid)',
      '6:45: error: Unknown key prices.resources.AWS::EC2::Instance.value (settings-invalid)\n  Did you mean values?',
      '6:89: error: prices.resources.AWS::EC2::Instance.values.m5.large must be a number (settings-invalid)',
      '7:23: error: prices.resources.AWS::EC2::Volume.by is missing (settings-invalid)',
      '7:51: error: prices.resources.AWS::EC2::Volume.values.gp3 must be at least 0 (settings-invalid)',
      '8:5: error: prices.resources.NatGateway must be a type such as AWS::EC2::Instance (settings-invalid)',
    ],
  ],
  [
    'prices without a currency',
    'prices: { resources: {} }',
    ['1:9: error: prices.currency is missing (settings-invalid)'],
  ],
  [
    'an account that YAML takes for a number',
    'environments: { dev: { account: 111111111111 } }',
    ['1:33: error: environments.dev.account must be text (settings-invalid)\n  Write it in quotes'],
  ],
  [
    'an account of eleven digits',
    'environments: { dev: { account: "11111111111" } }',
    ['1:33: error: environments.dev.account must be twelve digits (settings-invalid)'],
  ],
  [
    'a role in another account',
    'environments: { dev: { account: "111111111111", role: "arn:aws:iam::222222222222:role/x" } }',
    [
      '1:55: error: The role of dev is in account 222222222222, and the environment in 111111111111 (settings-invalid)\n  Give both the same account',
    ],
  ],
  [
    'an external id without a role',
    'environments: { dev: { external-id: acme } }',
    [
      '1:37: error: dev has an external id and no role that would ask for it (settings-invalid)\n  Name the role, or take it out',
    ],
  ],
  [
    'a region that is none',
    'environments: { dev: { region: Ireland } }',
    ['1:32: error: environments.dev.region must be a region such as eu-west-1 (settings-invalid)'],
  ],
  [
    'an approver without an @',
    'environments: { dev: { approvals: [{ from: [reviewer] }] } }',
    [
      '1:45: error: environments.dev.approvals[0].from[0] must be @user, @organisation/team, write or codeowners (settings-invalid)',
    ],
  ],
  [
    'a rule from nobody',
    'environments: { dev: { approvals: [{ from: [] }] } }',
    [
      '1:44: error: environments.dev.approvals[0].from must not be empty (settings-invalid)\n  Leave the key out to get the default',
    ],
  ],
  [
    'no rule at all, which would open the gate',
    'environments: { dev: { approvals: [] } }',
    [
      '1:35: error: environments.dev.approvals must not be empty (settings-invalid)\n  Leave the key out to get the default',
    ],
  ],
  [
    'more approvals than people who could give them',
    'environments: { dev: { approvals: [{ from: ["@a", "@A"], count: 2 }] } }',
    [
      '1:65: error: dev asks for 2 approvals from one person (settings-invalid)\n  Name more people, or lower count to 1',
    ],
  ],
  [
    'a condition that is no CEL',
    'environments: { dev: { approvals: [{ from: [write], when: "changes.exists(" }] } }',
    [
      '1:59: error: The condition of an approval rule of dev cannot be used: at 1:8: found . but expecting end of input (settings-invalid)',
    ],
  ],
  [
    'a condition over a field that changes have not',
    `environments: { dev: { approvals: [{ from: [write], when: "changes.exists(c, c.acton == 'delete')" }] } }`,
    [
      '1:59: error: The condition of an approval rule of dev cannot be used: There is no field acton; did you mean action? (settings-invalid)',
    ],
  ],
  [
    'an environment after one that is not there',
    'environments: { test: {}, prod: { after: [tset] } }',
    [
      '1:43: error: prod comes after tset, and there is no such environment (settings-environment)\n  Did you mean test?',
    ],
  ],
  [
    'an environment after itself',
    'environments: { dev: { after: [dev] } }',
    [
      '1:31: error: Environments wait for one another: dev after dev (settings-environment)\n  Take one of them out of after',
    ],
  ],
  [
    'environments in a circle, told once',
    'environments:\n  a: { after: [b] }\n  b: { after: [c] }\n  c: { after: [a] }\n  d: { after: [a] }',
    [
      '2:15: error: Environments wait for one another: a after b after c after a (settings-environment)\n  Take one of them out of after',
    ],
  ],
  [
    'no environment',
    'environments: {}',
    [
      '1:15: error: There is no environment (settings-invalid)\n  Name one, or leave the key out to get one called default',
    ],
  ],
  [
    'a name that could not stand in a stack id',
    'environments: { "a b": {} }',
    [
      '1:17: error: environments.a b must be letters, digits, - and _, at most 63, and begin with a letter or digit (settings-invalid)',
    ],
  ],
  ['a list', '- 1', ['1:1: error: The settings file must be a mapping (settings-invalid)']],
  [
    'an environment without anything behind the colon',
    'environments:\n  dev:\n',
    ['2:7: error: environments.dev must be a mapping (settings-invalid)'],
  ],
  [
    'YAML that breaks off',
    'templates: [',
    [
      '1:13: error: Flow sequence in block collection must be sufficiently indented and end with a ] (settings-invalid)',
    ],
  ],
  ['a key twice', 'policies: []\npolicies: []', ['2:1: error: Map keys must be unique (settings-invalid)']],
  [
    'an alias bomb',
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]',
    ['1:1: error: Excessive alias count indicates a resource exhaustion attack (settings-invalid)'],
  ],
  [
    '300 KB',
    `# ${'x'.repeat(300_000)}`,
    ['1:1: error: The settings file is larger than 256 KiB (settings-invalid)'],
  ],
];

describe('a settings file that is wrong', () => {
  test.each(wrong)('%s', (_, text, expected) => {
    const { settings, diagnostics } = parseSettings(text, file);
    expect(diagnostics.map((d) => formatDiagnostic(d).replace(`${file}:`, ''))).toEqual(expected);
    expect(settings, 'half-understood settings must not guard a gate').toBeUndefined();
  });

  test('of thousands of mistakes the first are told, and nobody waits for it', () => {
    const keys = Array.from({ length: 5_000 }, (_, i) => `k${i}: 1`).join('\n');
    const start = threadTime();
    expect(parseSettings(keys, file).diagnostics).toHaveLength(50);
    expect(threadTime() - start).toBeLessThan(3_000);
  });

  test('a prototype is no key', () => {
    const { diagnostics } = parseSettings('__proto__: { templates: [x] }\nconstructor: 1', file);
    expect(diagnostics.map((d) => d.summary)).toEqual(['Unknown key __proto__', 'Unknown key constructor']);
  });
});
