import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSlipway } from './run-slipway.ts';

const shop = `
Parameters:
  Size: { Type: String, AllowedValues: [small, large] }
  Count: { Type: Number, Default: 1, MaxValue: 3 }
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.1.0.0/16, Tags: [{ Key: Size, Value: !Ref Size }, { Key: Count, Value: !Ref Count }] }
`;

let cwd: string;
const put = (path: string, text: string) => writeFile(join(cwd, path), text);
const validate = (...args: string[]) => runSlipway(cwd, {}, 'validate', ...args);
const told = async (...args: string[]) => (await validate(...args)).err.trimEnd().split(/\n(?! )/);

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'slipway-validate-'));
  await mkdir(join(cwd, 'infra'));
  await put('infra/shop.yaml', shop);
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

test('a template without parameter files is valid, whatever values it will need', async () => {
  expect(await validate('infra/shop.yaml')).toMatchObject({ code: 0, out: 'infra/shop.yaml is valid.\n' });
});

test('every parameter file beside the template is checked against it, and its own template is not another one', async () => {
  await put('infra/shop.dev.params.yaml', 'Size: small\n');
  await put('infra/shop.prod.params.json', '{ "Size": "large", "Count": 2 }');
  await put('infra/shopping.dev.params.yaml', 'Nothing: of this\n');
  expect(await validate('infra/shop.yaml')).toMatchObject({
    code: 0,
    err: '',
    out: 'infra/shop.yaml is valid, with infra/shop.dev.params.yaml, infra/shop.prod.params.json.\n',
  });

  await put('infra/shop.dev.params.yaml', 'Sise: small\nCount: 7\n');
  const wrong = await told('infra/shop.yaml');
  expect(wrong).toHaveLength(3);
  expect(wrong.join('\n')).toMatch(
    /^infra\/shop\.dev\.params\.yaml:1:.*no parameter 'Sise'.*\n {2}Did you mean Size\?$/m,
  );
  expect(wrong.join('\n')).toMatch(/^infra\/shop\.dev\.params\.yaml:2:.*'Count' /m);
  expect(wrong.join('\n')).toMatch(
    /^infra\/shop\.yaml:3:.*'Size' has no value.*\n {2}Give it one in infra\/shop\.dev\.params\.yaml, or a Default$/m,
  );
  await put('infra/shop.dev.params.yaml', 'Size: middling\n');
  expect(await told('infra/shop.yaml')).toMatchObject([expect.stringMatching(/params\.yaml:1:.*'Size' /)]);
});

test('a file that is named is checked instead of them', async () => {
  await put('values.yaml', 'Size: tiny\n');
  expect((await told('infra/shop.yaml', '--parameters', 'values.yaml'))[0]).toMatch(/^values\.yaml:1:/);
  await put('values.yaml', 'Size: small\n');
  expect((await validate('infra/shop.yaml', '--parameters', 'values.yaml')).code).toBe(0);
});

test('faults of one kind do not hide those of another', async () => {
  await put(
    'infra/bad.yaml',
    shop
      .replace('Parameters:', 'Paramters: {}\nParameters:')
      .replace('!Ref Size', '!Ref Sizes')
      .replace('CidrBlock', 'CidrBlok'),
  );
  await put('infra/bad.dev.params.yaml', 'Size: middling\n');
  const text = (await told('infra/bad.yaml')).join('\n');
  for (const words of ['Paramters', 'Did you mean Size?', 'Did you mean CidrBlock?', "'Size' "]) {
    expect(text).toContain(words);
  }
});

test('in every environment of the settings, with a file or without; one that none of them reads is told of', async () => {
  await mkdir(join(cwd, '.github'));
  await put('.github/slipway.yml', 'environments: { dev: {}, prod: {}, test: {} }\n');
  await put('infra/shop.dev.params.yaml', 'Size: small\n');
  await put('infra/shop.tset.params.yaml', 'Size: small\n');
  expect(await told('infra/shop.yaml')).toEqual([
    "infra/shop.yaml:3:3: error: The parameter 'Size' has no value (template-parameter)\n  Give it one in infra/shop.test.params.yaml, or a Default",
    'warning: No environment of the settings reads infra/shop.tset.params.yaml (settings-environment)\n  Did you mean infra/shop.test.params.yaml?',
  ]);
  // Faults of the settings are said too, and hide none of the template.
  await put('.github/slipway.yml', 'enviroments: {}\n');
  const both = await told('infra/bad.yaml');
  expect(both[0]).toMatch(/^\.github\/slipway\.yml:1:1: .*\n {2}.*environments/);
  expect(both.join('\n')).toContain('Did you mean CidrBlock?');
});
