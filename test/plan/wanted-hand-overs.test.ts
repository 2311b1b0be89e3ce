import { describe, expect, test } from 'vitest';
import { destinationAt, destinationText, placeOf, refusedHandOvers } from '../../src/plan/hand-overs.ts';
import { wantedHandOvers } from '../../src/plan/wanted-hand-overs.ts';
import { parseTemplate } from '../../src/template/parse.ts';

const settings = {
  'hand-over': {
    vault: 'secret/data/shop/dev',
    github: { environment: 'shop: blue', names: ['SHOP_*'] },
  },
};

function read(handOver: unknown, given: Parameters<typeof wantedHandOvers>[1] = settings) {
  const text = JSON.stringify({
    Metadata: { Slipway: { HandOver: handOver } },
    Resources: { Thing: { Type: 'AWS::EC2::VPC' } },
    Outputs: { Url: { Value: 'x' }, Password: { Value: 'y' } },
  });
  return wantedHandOvers(parseTemplate(text, 'a.yaml').template!, given);
}

test('one output may go to several places, each in the room that the settings give', () => {
  const { wanted, diagnostics } = read({
    Url: { Vault: 'web/main#url', Variable: 'SHOP_URL' },
    Password: { Secret: 'SHOP_PASSWORD', Wrapped: 'PT15M' },
  });
  expect(diagnostics).toEqual([]);
  expect(wanted.map(({ to }) => destinationText(to))).toEqual([
    'secret/data/shop/dev/web/main#url in Vault',
    'the variable SHOP_URL of the GitHub environment shop: blue',
    'the secret SHOP_PASSWORD of the GitHub environment shop: blue',
  ]);
  expect(wanted.map(({ wrapSeconds }) => wrapSeconds)).toEqual([undefined, undefined, 900]);
  // What is kept of a place is enough to take it back from there.
  for (const { to } of wanted) expect(destinationAt(placeOf(to, 'acme/shop'))).toEqual(to);
});

describe('a template cannot have outputs go', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'to a name that the settings do not let',
      { Url: { Variable: 'DEPLOY_URL' } },
      /do not let .* DEPLOY_URL/,
    ],
    [
      'to a name of its own making',
      { Url: { Variable: 'SHOP_URL,DEPLOY' } },
      /is no name of a GitHub variable/,
    ],
    ['to names that are GitHub’s own', { Url: { Secret: 'GITHUB_TOKEN' } }, /is no name of a GitHub secret/],
    [
      'out of the folder of the settings',
      { Url: { Vault: '../prod/web#url' } },
      /is not of the form PATH#KEY/,
    ],
    [
      'out of it by a path that is another in a URL',
      { Url: { Vault: '%2e%2e/web#url' } },
      /is not of the form/,
    ],
    ['to a path that a function makes', { Url: { Vault: { Ref: 'AWS::StackName' } } }, /is no plain text/],
    ['to a key that is none', { Url: { Vault: 'web#' } }, /is not of the form PATH#KEY/],
    ['where no output is', { Uri: { Variable: 'SHOP_URL' } }, /no output Uri/],
    ['nowhere', { Url: {} }, /names no place/],
    ['somewhere unknown', { Url: { Vaults: 'web#url' } }, /has no Vaults/],
    [
      'wrapped to where who may read needs no token',
      { Url: { Vault: 'a#b', Wrapped: 'PT5M' } },
      /as a Secret/,
    ],
    ['wrapped for a month', { Url: { Secret: 'SHOP_URL', Wrapped: 'P30D' } }, /between a minute and a day/],
    ['to one place twice', { Url: { Vault: 'web#it' }, Password: { Vault: 'web#it' } }, /both go to/],
    ['by a list', [{ Url: 'SHOP_URL' }], /HandOver is not a map/],
  ])('%s', (_, handOver, problem) => {
    const { diagnostics } = read(handOver);
    expect(diagnostics.map(({ summary }) => summary).join()).toMatch(problem);
    expect(diagnostics[0]).toMatchObject({ severity: 'error', where: { file: 'a.yaml', line: 1 } });
  });

  test.each(['Vault', 'Variable', 'Secret'])('to %s, where the settings say nothing of it', (kind) => {
    const { wanted, diagnostics } = read({ Url: { [kind]: kind === 'Vault' ? 'web#url' : 'SHOP_URL' } }, {});
    expect(wanted).toEqual([]);
    expect(diagnostics[0]?.summary).toMatch(/do not let this environment hand over/);
  });
});

describe('a variable is for everybody to read, so it takes no', () => {
  const secret = { $slipway: 'secret', fingerprint: 'f'.repeat(32) } as const;
  test.each([
    ['secret', { after: secret }],
    ['text that a secret will go into', { after: { $slipway: 'unknown' } as const, secrets: { x: secret } }],
    ['list', { after: ['a', 'b'] }],
  ])('%s', (_, output) => {
    const { wanted } = read({ Url: { Variable: 'SHOP_URL' } });
    expect(refusedHandOvers(wanted, [{ name: 'Url', ...output }])).toHaveLength(1);
  });
});
