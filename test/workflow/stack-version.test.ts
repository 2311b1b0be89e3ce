import { describe, expect, test } from 'vitest';
import { createMasker } from '../../src/secret/masker.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import { keptVersion } from '../../src/workflow/stack-version.ts';

const secret = 'correct-horse-battery';
const file = 'infra/shop.yaml';

function kept(text: string, parameters: Readonly<Record<string, string>> = {}) {
  const { template, diagnostics } = parseTemplate(text, file);
  expect(diagnostics).toEqual([]);
  const masker = createMasker();
  masker.add(secret);
  return keptVersion({
    text,
    template: template!,
    parameters,
    ssmParameters: new Map([['/ami', 'ami-1']]),
    mask: masker.mask,
  });
}

const resources = 'Resources: { Topic: { Type: AWS::EC2::InternetGateway } }\n';

describe('what is kept of a version', () => {
  test('is its text, its values and what SSM held', () => {
    const text = `Parameters: { Size: { Type: Number } }\n${resources}`;
    expect(kept(text, { Size: '2' })).toEqual({
      file,
      text,
      parameters: { Size: '2' },
      secretParameters: [],
      ssmParameters: { '/ami': 'ami-1' },
    });
  });

  test('without the values of NoEcho parameters, which are named', () => {
    const text = `Parameters: { A: { Type: String, NoEcho: true }, B: { Type: String } }\n${resources}`;
    const version = kept(text, { A: secret, B: 'b' });
    expect(version).toMatchObject({ parameters: { B: 'b' }, secretParameters: ['A'] });
  });

  test.each([
    ['plain', `Parameters:\n  A:\n    Type: String\n    Default: ${secret}\n    NoEcho: true\n`],
    [
      'quoted, with a comment',
      `Parameters:\n  A: { Type: String, NoEcho: true, Default: '${secret}' } # a\n`,
    ],
    [
      'a block of text',
      `Parameters:\n  A:\n    NoEcho: true\n    Default: |-\n      ${secret}\n    Type: String\n`,
    ],
    [
      'a folded block at the end',
      `Parameters:\n  A:\n    Type: String\n    NoEcho: true\n    Default: >\n      ${secret}\n      and more\n\n`,
    ],
    ['JSON', `{"Parameters": {"A": {"Type": "String", "NoEcho": "true", "Default": "${secret}"}},\n`],
    [
      'with escapes',
      `Parameters:\n  A: { Type: String, NoEcho: true, Default: "corr\\x65ct-horse-battery" }\n`,
    ],
    [
      'two of them',
      `Parameters:\n  A: { Type: String, NoEcho: true, Default: ${secret} }\n  B: { NoEcho: true, Type: String, Default: ${secret}x }\n`,
    ],
  ])('without the default of one: %s', (_, parameters) => {
    const text = parameters.startsWith('{')
      ? `${parameters}"Resources": {"Topic": {"Type": "AWS::EC2::InternetGateway"}}}`
      : parameters + resources;
    const version = kept(text);
    expect(version?.text).not.toMatch(/horse|and more/);
    const { template, diagnostics } = parseTemplate(version!.text, file);
    expect(diagnostics).toEqual([]);
    expect([...template!.resources.keys()]).toEqual(['Topic']);
    for (const { default: standard } of template!.parameters.values()) {
      expect(standard).toMatchObject({ value: 'secret-not-kept' });
    }
    expect(version?.secretParameters).toContain('A');
  });

  test('with the name under which SSM has a secret, which is none', () => {
    const type = 'AWS::SSM::Parameter::Value<String>';
    const text = `Parameters: { A: { Type: '${type}', NoEcho: true, Default: /a } }\n${resources}`;
    expect(kept(text, { A: '/b' })).toMatchObject({ text, parameters: { A: '/b' }, secretParameters: [] });
  });

  test.each([
    ['in the text besides', `Description: ${secret}\n${resources}`, {}],
    [
      'among the allowed values',
      `Parameters: { A: { Type: String, NoEcho: true, AllowedValues: [${secret}] } }\n${resources}`,
      {},
    ],
    [
      'in the value of another parameter',
      `Parameters: { A: { Type: String } }\n${resources}`,
      { A: `x${secret}` },
    ],
  ])('is nothing where a secret stands %s', (_, text, parameters) => {
    expect(kept(text, parameters)).toBeUndefined();
  });
});
